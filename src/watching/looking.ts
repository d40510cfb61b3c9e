import { setTimeout as delay } from "node:timers/promises";
import { ServerFault } from "../mysql/driver-error.ts";
import { failedCheck } from "../mysql/servers.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { KeptInstance } from "./kept-instance.ts";

/** A picture of a server that is so young is as good as a new one. Milliseconds. */
const YOUNG_MS = 200;

/** A server that has not answered by then is told as one that does not. Milliseconds. */
const WITHIN_MS = 1_000;

interface LookingDeps {
	readonly clusterOf: (identity: string) => ClusterWatch | undefined;
	/** Verification rounds look at it: what they found last stands. */
	readonly isSuspect: (name: InstanceName) => boolean;
	readonly nowMs: () => number;
}

/** A look at a cluster over the connections that its watcher keeps: no handshakes, and no second look at what was just seen. */
export const createLooking = (deps: LookingDeps) => {
	const isYoung = ({ latest }: KeptInstance): boolean =>
		deps.nowMs() - latest.check.checkedAtMs <= YOUNG_MS;

	/** @returns it as it is when it does not answer in time */
	const look = async (kept: KeptInstance): Promise<Instance | undefined> => {
		if (deps.isSuspect(kept.name) || isYoung(kept)) return undefined;
		const late = new AbortController();
		const isLate = await Promise.race([
			kept
				.probe({ connectMs: WITHIN_MS, queryMs: WITHIN_MS })
				.then(() => false),
			delay(WITHIN_MS, true, { signal: late.signal }).catch(() => false),
		]);
		late.abort();
		return isLate
			? failedCheck(
					kept.latest,
					new ServerFault("timeout", `no answer within ${WITHIN_MS} ms`),
					deps.nowMs(),
				)
			: undefined;
	};

	/** The cluster as it is now; undefined when it is not watched here, or not yet seen whole. */
	return async (identity: string): Promise<Snapshot | undefined> => {
		const cluster = deps.clusterOf(identity);
		if (cluster?.isComplete !== true) return undefined;
		const silent = new Map(
			(await Promise.all([...cluster.members.values()].map(look))).flatMap(
				(each) => (each === undefined ? [] : [[each.name, each] as const]),
			),
		);
		cluster.compareGtids();
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
