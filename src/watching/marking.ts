import { errorText } from "../errors.ts";
import { ServerFault } from "../mysql/driver-error.ts";
import type { Servers } from "../mysql/servers.ts";
import { writeMarker } from "../mysql/write-marker.ts";
import type { Store } from "../store/contract.ts";
import { isLastCheckValid, isReplica } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { LOST_IN_RECOVERY } from "../topology/snapshot.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { Roster } from "./roster.ts";
import type { Writer } from "./writer.ts";

interface MarkingDeps {
	readonly roster: Pick<Roster, "clusters">;
	readonly servers: Pick<Servers, "open">;
	readonly store: Pick<Store, "clusters">;
	readonly writer: Pick<Writer, "later">;
	/** AutoPseudoGTID. */
	readonly isWanted: () => boolean;
	readonly isFenced: (name: InstanceName) => boolean;
	readonly isStopped: () => boolean;
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void; info(text: string): void };
}

/** Between two markers of a cluster, and after the server has refused one. Milliseconds. */
const EVERY_MS = 5_000;
const REFUSED_MS = 60_000;
/** The cluster counts as marked for an hour: that it is need not be written each time. */
const NOTE_MS = 60_000;
/** Servers that hang hold up no others, and no others are asked beside so many. */
const MOST_AT_ONCE = 200;

interface Marked {
	dueMs: number;
	isPending: boolean;
	/** What was told of it; empty for nothing. */
	trouble: string;
	notedMs: number;
}

/** Only where it is beyond doubt: a marker on a server that was replaced would be a transaction of its own. */
const isToBeMarked = (
	cluster: ClusterWatch,
	isFenced: MarkingDeps["isFenced"],
	nowMs: number,
): boolean => {
	const { role, heldBy, downtimes } = cluster.view;
	const kept = role && cluster.members.get(role.primary);
	if (role === undefined || kept === undefined) return false;
	const latest = cluster.instance(kept);
	return (
		heldBy === undefined &&
		isLastCheckValid(latest) &&
		latest.logBin &&
		!latest.readOnly &&
		(!isReplica(latest) || latest.isCoMaster) &&
		!isFenced(role.primary) &&
		!downtimes.some(
			({ instance, reason, endsAtMs }) =>
				instance === role.primary &&
				reason === LOST_IN_RECOVERY &&
				endsAtMs > nowMs,
		)
	);
};

/** Pseudo-GTID markers on the recorded primaries of a watcher's clusters (AutoPseudoGTID). Nothing waits for them. */
export const createMarking = (deps: MarkingDeps) => {
	const { roster, servers, store, writer, nowMs, log } = deps;
	const all = new Map<string, Marked>();

	const mayMark = (cluster: ClusterWatch): boolean =>
		!deps.isStopped() &&
		deps.isWanted() &&
		isToBeMarked(cluster, deps.isFenced, nowMs());

	const note = ({ identity, view }: ClusterWatch, marked: Marked): void => {
		const atMs = nowMs();
		if (atMs - marked.notedMs < NOTE_MS) return;
		marked.notedMs = atMs;
		writer.later(`that ${identity} has markers`, () =>
			store.clusters.setMarked(view.clusterName, atMs),
		);
	};

	/** Told once, until it is over: nobody wants to read of it every few seconds. */
	const failed = (name: InstanceName, marked: Marked, error: unknown): void => {
		// One that cannot be reached is found out about by the watch.
		if (error instanceof ServerFault && error.outcome !== "refused-by-server")
			return;
		marked.dueMs = nowMs() + REFUSED_MS;
		const says = errorText(error);
		if (marked.trouble !== says)
			log.warn(
				`no Pseudo-GTID marker can be written on ${name} (AutoPseudoGTID), so that its replicas cannot be matched: ${says}; its account needs DROP on \`_pseudo_gtid_\`.*`,
			);
		marked.trouble = says;
	};

	const mark = async (cluster: ClusterWatch, marked: Marked): Promise<void> => {
		const { role } = cluster.view;
		if (role === undefined) return;
		const { primary, server } = role;
		marked.dueMs = nowMs() + EVERY_MS;
		marked.isPending = true;
		try {
			const isWritten = await writeMarker(servers, primary, server, {
				nowMs,
				mayWrite: () =>
					cluster.view.role?.primary === primary && mayMark(cluster),
			});
			if (!isWritten) return;
			if (marked.trouble !== "")
				log.info(`Pseudo-GTID markers are written on ${primary} again`);
			marked.trouble = "";
			note(cluster, marked);
		} catch (error) {
			failed(primary, marked, error);
		} finally {
			marked.isPending = false;
		}
	};

	const of = (identity: string): Marked => {
		const known = all.get(identity);
		if (known !== undefined) return known;
		const marked = { dueMs: 0, isPending: false, trouble: "", notedMs: 0 };
		all.set(identity, marked);
		return marked;
	};

	return {
		/** Begins what is due. */
		round: (): void => {
			if (!deps.isWanted()) return;
			const clusters = [...roster.clusters()];
			const present = new Set(clusters.map(({ identity }) => identity));
			for (const identity of all.keys())
				if (!present.has(identity)) all.delete(identity);
			let room =
				MOST_AT_ONCE -
				[...all.values()].filter(({ isPending }) => isPending).length;
			for (const cluster of clusters) {
				const marked = of(cluster.identity);
				if (marked.isPending || marked.dueMs > nowMs()) continue;
				if (room === 0) return;
				if (!mayMark(cluster)) continue;
				room -= 1;
				void mark(cluster, marked);
			}
		},
	};
};
