import type { ServerFault } from "../mysql/driver-error.ts";
import { isLastCheckValid } from "../topology/instance.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { createFenceWatch } from "./fences.ts";
import type { createFollower } from "./follower.ts";
import type { createIsolation } from "./isolation.ts";
import type { KeptDeps, KeptInstance } from "./kept-instance.ts";
import type { Roster } from "./roster.ts";
import type { createStrangers } from "./strangers.ts";
import type { createVerification } from "./verification.ts";
import type { WatcherDeps } from "./watcher.ts";
import type { Writer } from "./writer.ts";

interface SightingsDeps
	extends Pick<WatcherDeps, "onComplete" | "log" | "nowMs"> {
	readonly roster: Pick<Roster, "clusterOf">;
	readonly writer: Pick<Writer, "changed">;
	readonly verification: ReturnType<typeof createVerification>;
	readonly strangers: Pick<ReturnType<typeof createStrangers>, "checked">;
	readonly follower: Pick<
		ReturnType<typeof createFollower>,
		"follow" | "settleName"
	>;
	readonly fences: Pick<ReturnType<typeof createFenceWatch>, "checked">;
	readonly isolated: ReturnType<typeof createIsolation>;
	readonly analyseSoon: (cluster: ClusterWatch) => void;
	readonly limits: () => Parameters<KeptInstance["probe"]>[0];
	readonly isStopped: () => boolean;
}

/** What follows at once when the connection to a server has shown how that is, or is lost. */
export const createSightings = (
	deps: SightingsDeps,
): Pick<KeptDeps, "onChecked" | "onHanging" | "onSlow" | "onLost"> => {
	const { roster, writer, verification, log } = deps;
	const complete = new Set<string>();

	/** From now on its analysis counts. */
	const tellComplete = (cluster: ClusterWatch): void => {
		const { identity, members, view } = cluster;
		if (complete.has(identity) || !cluster.isComplete) return;
		complete.add(identity);
		deps.onComplete(identity, members.size, view.alias);
	};

	return {
		onChecked: (kept) => {
			const cluster = roster.clusterOf(kept.name);
			if (cluster === undefined) return;
			writer.changed(cluster, kept);
			if (isLastCheckValid(kept.latest)) {
				deps.isolated(`following what ${kept.name} names`, () => {
					deps.strangers.checked(cluster, kept);
					deps.follower.follow(cluster, kept);
					deps.follower.settleName(cluster, kept);
				});
			} else if (cluster.isSource(kept.name)) verification.begin(cluster, kept);
			deps.fences.checked(kept);
			tellComplete(cluster);
			if (cluster.membership.hasNews || verification.isBusy(cluster))
				deps.analyseSoon(cluster);
		},
		onHanging: (kept) => {
			const cluster = roster.clusterOf(kept.name);
			if (cluster !== undefined) writer.changed(cluster, kept);
		},
		// Only the silence of receivers that their server does not date begins with our look at them.
		onSlow: (source) => {
			const replicas =
				roster.clusterOf(source.name)?.replicasOf(source.name) ?? [];
			for (const replica of replicas)
				if (replica.isDatedHere) void replica.probe(deps.limits());
		},
		onLost: (kept: KeptInstance, fault: ServerFault): void => {
			const cluster = roster.clusterOf(kept.name);
			if (deps.isStopped() || cluster === undefined) return;
			kept.nextPollMs = deps.nowMs();
			if (verification.isSuspect(kept.name)) {
				// Its next round looks.
			} else if (cluster.isSource(kept.name)) verification.begin(cluster, kept);
			else void kept.probe(deps.limits());
			log.info(`lost the connection to ${kept.name}: ${fault.message}`);
		},
	};
};
