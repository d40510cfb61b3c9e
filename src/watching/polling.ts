import { createProbeSlots } from "../discovery/probe-slots.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { KeptInstance, PingLimits } from "./kept-instance.ts";
import type { Roster } from "./roster.ts";

const FENCE_POLL_MS = 500;
/** A primary whose commits may wait for acknowledgements is looked at each second. */
const WAITING_POLL_MS = 1_000;

interface PollingDeps {
	readonly settings: () => {
		readonly pollSeconds: number;
		readonly ping: PingLimits;
		readonly mostPolls: number;
		readonly mostWaiting: number;
	};
	readonly limits: () => Parameters<KeptInstance["probe"]>[0];
	readonly nowMs: () => number;
	readonly roster: Pick<Roster, "clusters">;
	/** Verification rounds look at it. */
	readonly isSuspect: (name: InstanceName) => boolean;
	/** A deposed primary whose return is waited for. */
	readonly isFenced: (name: InstanceName) => boolean;
}

/** When each server is looked at. Nothing here waits for one. */
export const createPolling = ({
	settings,
	limits,
	nowMs,
	roster,
	isSuspect,
	isFenced,
}: PollingDeps) => {
	const slots = createProbeSlots({
		most: () => settings().mostPolls,
		capacity: () => settings().mostWaiting,
	});

	const periodOf = (cluster: ClusterWatch, kept: KeptInstance): number => {
		const pollMs = settings().pollSeconds * 1000;
		if (isFenced(kept.name)) return FENCE_POLL_MS;
		if (cluster.standing.has(kept.name))
			return Math.min(pollMs, WAITING_POLL_MS);
		// The first period is cut at random, so that a thousand servers are not probed in the same moment ever after.
		if (kept.isSpread || !kept.isKnown) return pollMs;
		kept.isSpread = true;
		return pollMs * (0.2 + 0.8 * Math.random());
	};

	return {
		/** Starts what is due, as far as there is room. */
		tick: (): void => {
			const now = nowMs();
			for (const cluster of roster.clusters())
				for (const kept of cluster.members.values()) {
					if (kept.nextPollMs > now) continue;
					const isLookedAt = kept.isProbing || isSuspect(kept.name);
					if (!isLookedAt && !slots.take(() => kept.probe(limits()))) return;
					kept.nextPollMs = now + periodOf(cluster, kept);
				}
		},
		pingSources: (): void => {
			for (const cluster of roster.clusters())
				for (const kept of cluster.membership.sources())
					void kept.ping(settings().ping);
		},
	};
};
