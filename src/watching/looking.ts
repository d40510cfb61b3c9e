import { takesLonger } from "../mysql/deadline.ts";
import { ServerFault } from "../mysql/driver-error.ts";
import { failedCheck } from "../mysql/servers.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { KeptInstance } from "./kept-instance.ts";

/** A picture of a server that is so young is as good as a new one. Milliseconds. */
const YOUNG_MS = 200;

/** A server that has not answered by then is told as one that does not. Milliseconds. */
const WITHIN_MS = 1_000;
/** The same for one that did not answer when it was checked last: this look only has to find out that it is back. */
const SILENT_WITHIN_MS = 400;

interface LookingDeps {
	readonly clusterOf: (identity: string) => ClusterWatch | undefined;
	/** Verification rounds look at it: what they found last stands. */
	readonly isSuspect: (name: InstanceName) => boolean;
	readonly nowMs: () => number;
}

/** A look at a cluster over the connections that its watcher keeps: no handshakes, and no second look at what was just seen. */
export const createLooking = (deps: LookingDeps) => {
	/** A probe that is under way may have begun too early. */
	const probe = async (
		kept: KeptInstance,
		notBeforeMs: number,
	): Promise<void> => {
		for (let nth = 0; nth < 2 && kept.seenFromMs < notBeforeMs; nth++)
			await kept.probe({ connectMs: WITHIN_MS, queryMs: WITHIN_MS });
	};

	/** @returns it as it is when it does not answer in time */
	const look = async (
		kept: KeptInstance,
		notBeforeMs: number,
	): Promise<Instance | undefined> => {
		if (deps.isSuspect(kept.name)) return undefined;
		// One that was never seen is not known to be silent.
		const isSilent =
			kept.latest.check.seenAtMs > 0 && !isLastCheckValid(kept.latest);
		const withinMs = isSilent ? SILENT_WITHIN_MS : WITHIN_MS;
		const isLate = await takesLonger(withinMs, probe(kept, notBeforeMs));
		return isLate
			? failedCheck(
					kept.latest,
					new ServerFault("timeout", `no answer within ${withinMs} ms`),
					deps.nowMs(),
				)
			: undefined;
	};

	/**
	 * What a replica has of its own is known when its source was looked at after it: whoever wants the servers as they are now asks once
	 * more where that decides.
	 */
	const decide = async (cluster: ClusterWatch): Promise<void> => {
		// What was in doubt before first, then what was just seen.
		cluster.compareGtids();
		const sources = cluster.sourcesInQuestion();
		if (sources.length === 0) return;
		const nowMs = deps.nowMs();
		await Promise.all(sources.map((each) => look(each, nowMs)));
		cluster.compareGtids();
	};

	/**
	 * The cluster as it is now; undefined when it is not watched here, or not yet seen whole.
	 * @param askedMs a picture of a server that was begun then, or later, is as good as a new one; left out, what was just seen is
	 */
	return async (
		identity: string,
		askedMs?: number,
	): Promise<Snapshot | undefined> => {
		const notBeforeMs = askedMs ?? deps.nowMs() - YOUNG_MS;
		const cluster = deps.clusterOf(identity);
		if (cluster?.isComplete !== true) return undefined;
		const silent = new Map(
			(
				await Promise.all(
					[...cluster.members.values()].map((kept) => look(kept, notBeforeMs)),
				)
			).flatMap((each) =>
				each === undefined ? [] : [[each.name, each] as const],
			),
		);
		cluster.compareGtids();
		if (askedMs !== undefined) await decide(cluster);
		const snapshot = cluster.snapshot(deps.nowMs());
		return {
			...snapshot,
			instances: snapshot.instances.map((each) => {
				const { check } = silent.get(each.name) ?? each;
				return check === each.check ? each : { ...each, check };
			}),
		};
	};
};
