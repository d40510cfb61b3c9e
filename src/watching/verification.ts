import { setTimeout as delay } from "node:timers/promises";
import { silentIn } from "../analysis/evidence.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { KeptInstance } from "./kept-instance.ts";

/** Rounds of verification: quick ones first, since a killed primary's replicas notice within some 10 ms, then every 200 ms, and calmer when the state has stood for long. */
const ROUNDS_MS = [15, 30, 60, 100] as const;
const ROUND_LATER_MS = 200;
const LONG_MS = 30_000;
const CALM_MS = 1_000;
/** A replica that hangs too does not hold the rounds up: its probe goes on, and counts when it ends. */
const ROUND_MS = 250;

interface VerificationDeps {
	/** After how many heartbeats in a row that it has missed a receiver is silent. */
	readonly silentPeriods: () => number;
	readonly deadlineMs: () => number;
	readonly clusterOf: (name: InstanceName) => ClusterWatch | undefined;
	readonly isStopped: () => boolean;
	readonly nowMs: () => number;
	readonly log: { info(text: string): void };
}

/**
 * Looks into sources that were lost: a fresh look at the suspect and probes of its replicas, round by round, until it answers or
 * is no longer a source. The look is not waited for: a hung server answers only by missing its deadline, its replicas answer at once.
 */
export const createVerification = (deps: VerificationDeps) => {
	const suspects = new Set<InstanceName>();
	/** Clusters in which a verification runs, with how many. */
	const busy = new Map<ClusterWatch, number>();

	const count = (cluster: ClusterWatch, change: 1 | -1): void => {
		const left = (busy.get(cluster) ?? 0) + change;
		if (left === 0) busy.delete(cluster);
		else busy.set(cluster, left);
	};

	/** @returns whether there is something left to verify */
	const round = async (
		cluster: ClusterWatch,
		suspect: KeptInstance,
	): Promise<boolean> => {
		const deadlineMs = deps.deadlineMs();
		void suspect.probe({ connectMs: deadlineMs, queryMs: deadlineMs });
		const replicas = cluster.replicasOf(suspect.name);
		const late = new AbortController();
		await Promise.race([
			Promise.all(
				replicas.map((each) =>
					each.probe({ connectMs: deadlineMs, queryMs: 2_000 }),
				),
			),
			delay(ROUND_MS, undefined, { signal: late.signal }).catch(
				() => undefined,
			),
		]);
		late.abort();
		return (
			!isLastCheckValid(suspect.latest) &&
			replicas.length > 0 &&
			deps.clusterOf(suspect.name) === cluster
		);
	};

	/** Until the next replica has been silent for long enough to say so, milliseconds; it is looked at in that moment. */
	const untilSilent = (replicas: readonly KeptInstance[]): number => {
		const nowMs = deps.nowMs();
		const all = replicas.flatMap(({ latest }) => {
			const inMs = silentIn(latest, deps.silentPeriods());
			return inMs === undefined ? [] : [inMs + latest.check.seenAtMs - nowMs];
		});
		return Math.min(...all.filter((each) => each > 0)) + 1;
	};

	const verify = async (
		cluster: ClusterWatch,
		suspect: KeptInstance,
	): Promise<void> => {
		suspects.add(suspect.name);
		count(cluster, 1);
		const startedMs = deps.nowMs();
		cluster.grounds.noticedAt(suspect.name, startedMs);
		deps.log.info(`${suspect.name} is suspect: ${suspect.latest.check.error}`);
		try {
			for (
				let index = 0;
				!deps.isStopped() && (await round(cluster, suspect));
				index++
			) {
				const isLong = deps.nowMs() - startedMs > LONG_MS;
				// Servers and clients have better things to do once the failure has its name.
				const isQuick = !cluster.grounds.isDeclared(suspect.name);
				const shortMs = (isQuick && ROUNDS_MS[index]) || ROUND_LATER_MS;
				await delay(
					isLong
						? CALM_MS
						: Math.min(shortMs, untilSilent(cluster.replicasOf(suspect.name))),
				);
			}
		} finally {
			suspects.delete(suspect.name);
			count(cluster, -1);
			cluster.grounds.noLongerSuspect(suspect.name);
			if (isLastCheckValid(suspect.latest))
				deps.log.info(`${suspect.name} answers again`);
		}
	};

	return {
		begin: (cluster: ClusterWatch, suspect: KeptInstance): void => {
			if (!suspects.has(suspect.name)) void verify(cluster, suspect);
		},
		isSuspect: (name: InstanceName): boolean => suspects.has(name),
		/** Every check of such a cluster is analysed at once. */
		isBusy: (cluster: ClusterWatch): boolean => busy.has(cluster),
	};
};
