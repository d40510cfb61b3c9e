import { setTimeout as delay } from "node:timers/promises";
import type { AnalysisSettings } from "../analysis/facts.ts";
import type { AnalysisChange } from "../analysis/finding.ts";
import { errorText } from "../errors.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Store } from "../store/contract.ts";
import {
	isLastCheckValid,
	sourceOf,
	unknownInstance,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { ClusterWatch } from "./cluster-watch.ts";
import { KeptInstance, type PingLimits } from "./kept-instance.ts";
import { createWriter } from "./writer.ts";

export interface WatchSettings extends AnalysisSettings {
	readonly connectMs: number;
	readonly ping: PingLimits;
	/** DiscoveryIgnore*HostnameFilters: whom not to follow. */
	readonly ignores: (
		name: InstanceName,
		as: "any" | "replica" | "source",
	) => boolean;
	/** RecoveryIgnoreHostnameFilters: hosts whose findings are neither told nor acted on. */
	readonly isSetAside: (host: string) => boolean;
	readonly candidateExpiryMs: number;
}

export interface WatcherDeps {
	readonly servers: Servers;
	readonly store: Store;
	readonly settings: () => WatchSettings;
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void; info(text: string): void };
	/** Tells the cluster's entity. May fail: it is told again. */
	readonly tell: (identity: string, change: AnalysisChange) => Promise<void>;
	/** A deposed primary is back. */
	readonly tellReturned: (
		identity: string,
		instance: InstanceName,
	) => Promise<void>;
	/** Every server of the cluster has been checked once: from now on its analysis counts. */
	readonly onComplete: (identity: string) => void;
	/** The inventory changed in the store. */
	readonly onStored: () => void;
	/** Whether this watcher's group has the cluster. */
	readonly isMine: (identity: string) => boolean;
}

/** Rounds of verification: quick ones first, since a killed primary's replicas notice within some 10 ms (lab.md), then every 200 ms (architecture.md §4.2), and calmer when the state has stood for long. */
const ROUNDS_MS = [15, 30, 60, 100, 200] as const;
const LONG_MS = 30_000;
const CALM_MS = 1_000;
const REFRESH_MS = 1_000;
const FENCE_POLL_MS = 500;

export interface Watcher {
	/** Watches until the signal says stop. */
	run(signal: AbortSignal): Promise<void>;
}

export const createWatcher = (deps: WatcherDeps): Watcher => {
	const clusters = new Map<string, ClusterWatch>();
	const suspects = new Set<InstanceName>();
	/** Fences by state: instance → identity of its cluster. */
	const waiting = new Map<InstanceName, string>();
	const fenced = new Map<InstanceName, string>();
	const toldBack = new Map<InstanceName, number>();
	const complete = new Set<string>();
	const nextPoll = new Map<InstanceName, number>();
	const writer = createWriter(deps);
	let stopped = false;

	const clusterOf = (name: InstanceName): ClusterWatch | undefined =>
		[...clusters.values()].find((each) => each.members.has(name));

	const limits = () => ({
		connectMs: deps.settings().connectMs,
		queryMs: 10_000,
	});

	const analyse = (cluster: ClusterWatch): void => {
		const change = cluster.change(deps.settings(), deps.nowMs());
		if (change === undefined) return;
		deps.tell(cluster.identity, change).catch((error: unknown) => {
			cluster.notTold();
			deps.log.warn(
				`blind: the finding on ${cluster.identity} could not be handed to Temporal: ${errorText(error)}`,
			);
		});
	};

	const onChecked = (kept: KeptInstance): void => {
		const cluster = clusterOf(kept.name);
		if (cluster === undefined) return;
		const isBad = !isLastCheckValid(kept.latest);
		// Many checks of one event change one picture: it is written as it is when the writer comes to it.
		writer.changed(cluster, kept.name);
		if (isBad && !suspects.has(kept.name) && cluster.isSource(kept.name))
			void verify(cluster, kept);
		if (!isBad)
			void follow(cluster, kept).catch((error: unknown) =>
				deps.log.warn(`following ${kept.name}: ${errorText(error)}`),
			);
		if (!isBad && isUnfenced(kept)) tellBack(kept.name);
		if (cluster.isComplete && !complete.has(cluster.identity)) {
			complete.add(cluster.identity);
			deps.onComplete(cluster.identity);
		}
		analyse(cluster);
	};

	/** A deposed primary that is back, or one that was fenced and takes writes again. */
	const isUnfenced = (kept: KeptInstance): boolean =>
		waiting.has(kept.name) || (fenced.has(kept.name) && !kept.latest.readOnly);

	const tellBack = (name: InstanceName): void => {
		const identity = waiting.get(name) ?? fenced.get(name);
		const nowMs = deps.nowMs();
		if (identity === undefined || nowMs - (toldBack.get(name) ?? 0) < 5_000)
			return;
		toldBack.set(name, nowMs);
		deps.tellReturned(identity, name).catch((error: unknown) => {
			toldBack.delete(name);
			deps.log.warn(
				`blind: the return of ${name} could not be handed to Temporal: ${errorText(error)}`,
			);
		});
	};

	/**
	 * A source that was lost: a fresh look at it and probes of its replicas, round by round, until it answers or is no longer a
	 * source. The look is not waited for: a hung server answers only by missing its deadline, its replicas answer at once.
	 */
	const verify = async (
		cluster: ClusterWatch,
		suspect: KeptInstance,
	): Promise<void> => {
		suspects.add(suspect.name);
		const startedMs = deps.nowMs();
		cluster.noticedAt(suspect.name, startedMs);
		deps.log.info(`${suspect.name} is suspect: ${suspect.latest.check.error}`);
		const { deadlineMs } = deps.settings().ping;
		try {
			for (let round = 0; !stopped; round++) {
				void suspect.probe({ connectMs: deadlineMs, queryMs: deadlineMs });
				const replicas = cluster.replicasOf(suspect.name);
				await Promise.all(
					replicas.map((each) =>
						each.probe({ connectMs: deadlineMs, queryMs: 2_000 }),
					),
				);
				if (
					isLastCheckValid(suspect.latest) ||
					replicas.length === 0 ||
					clusterOf(suspect.name) !== cluster
				)
					return;
				const isLong = deps.nowMs() - startedMs > LONG_MS;
				await delay(isLong ? CALM_MS : (ROUNDS_MS[round] ?? 200));
			}
		} finally {
			suspects.delete(suspect.name);
			cluster.noLongerSuspect(suspect.name);
			if (isLastCheckValid(suspect.latest))
				deps.log.info(`${suspect.name} answers again`);
		}
	};

	const watch = (cluster: ClusterWatch, name: InstanceName): void => {
		if (cluster.members.has(name)) return;
		const { host, port } = splitName(name);
		const kept = new KeptInstance(unknownInstance(host, port), {
			servers: deps.servers,
			nowMs: deps.nowMs,
			onChecked,
			// Only the silence of receivers that their server does not date begins with our look at them.
			onSlow: (source) => {
				for (const replica of cluster.replicasOf(source.name))
					if (replica.isDatedHere) void replica.probe(limits());
			},
			onLost: (lost, fault) => {
				if (stopped) return;
				nextPoll.set(lost.name, deps.nowMs());
				if (cluster.isSource(lost.name) && !suspects.has(lost.name))
					void verify(cluster, lost);
				else if (!suspects.has(lost.name)) void lost.probe(limits());
				deps.log.info(`lost the connection to ${lost.name}: ${fault.message}`);
			},
		});
		cluster.members.set(name, kept);
		nextPoll.set(name, 0);
	};

	/** New replicas and sources are adopted and watched at once. */
	const follow = async (
		cluster: ClusterWatch,
		kept: KeptInstance,
	): Promise<void> => {
		const { ignores } = deps.settings();
		const source = sourceOf(kept.latest);
		const found = [
			...kept.latest.replicas.filter((name) => !ignores(name, "replica")),
			...(source === undefined || ignores(source, "source") ? [] : [source]),
		].filter(
			(name) =>
				!ignores(name, "any") &&
				!cluster.members.has(name) &&
				!writer.isForgotten(name),
		);
		if (found.length === 0) return;
		await deps.store.clusters.adopt(cluster.view.clusterName, [
			...cluster.members.keys(),
			...found,
		]);
		await deps.store.inventory.save(
			found.map((name) =>
				unknownInstance(splitName(name).host, splitName(name).port),
			),
		);
		for (const name of found) watch(cluster, name);
		deps.log.info(`found ${found.join(", ")} through ${kept.name}`);
	};

	const refresh = async (): Promise<void> => {
		const nowMs = deps.nowMs();
		const [known, members, downtimes, rules, fences] = await Promise.all([
			deps.store.clusters.all(),
			deps.store.clusters.members(),
			deps.store.downtimes.active(nowMs),
			deps.store.candidates.since(nowMs - deps.settings().candidateExpiryMs),
			deps.store.fences.open(),
		]);
		const ruleOf = new Map(rules.map((each) => [each.instance, each.rule]));
		const present = new Set<InstanceName>();
		for (const record of known) {
			if (!deps.isMine(record.identity)) continue;
			const view = {
				clusterName: record.clusterName,
				alias: record.alias,
				domain: record.domain,
				downtimes,
				rules: ruleOf,
			};
			const cluster =
				clusters.get(record.identity) ??
				new ClusterWatch(record.identity, view);
			cluster.view = view;
			clusters.set(record.identity, cluster);
			for (const member of members) {
				if (member.identity !== record.identity) continue;
				present.add(member.instance);
				watch(cluster, member.instance);
			}
			await writer.settle(cluster);
		}
		for (const cluster of clusters.values())
			for (const [name, kept] of cluster.members)
				if (!present.has(name)) {
					kept.close();
					cluster.members.delete(name);
					writer.forget(name);
				}
		waiting.clear();
		fenced.clear();
		for (const fence of fences)
			(fence.state === "waiting" ? waiting : fenced).set(
				fence.instance,
				fence.identity,
			);
	};

	/** Starts what is due. Nothing here waits for a server. */
	const tick = (): void => {
		const nowMs = deps.nowMs();
		const { pollSeconds } = deps.settings();
		for (const cluster of clusters.values())
			for (const kept of cluster.members.values()) {
				if ((nextPoll.get(kept.name) ?? 0) > nowMs) continue;
				// Spread over the period, so that a thousand servers are not probed in the same moment.
				const jitter = kept.isKnown ? 0.9 + Math.random() * 0.1 : 1;
				nextPoll.set(
					kept.name,
					nowMs +
						(waiting.has(kept.name) || fenced.has(kept.name)
							? FENCE_POLL_MS
							: pollSeconds * 1000 * jitter),
				);
				if (!suspects.has(kept.name)) void kept.probe(limits());
			}
	};

	const pingSources = (): void => {
		for (const cluster of clusters.values())
			for (const kept of cluster.members.values())
				if (cluster.isSource(kept.name)) void kept.ping(deps.settings().ping);
	};

	const every = async (
		signal: AbortSignal,
		ms: () => number,
		work: () => unknown,
	): Promise<void> => {
		while (!signal.aborted) {
			try {
				await work();
			} catch (error) {
				deps.log.warn(
					`watching goes on although the store or a server failed: ${errorText(error)}`,
				);
			}
			await delay(ms(), undefined, { signal }).catch(() => undefined);
		}
	};

	return {
		run: async (signal) => {
			try {
				await Promise.all([
					every(signal, () => REFRESH_MS, refresh),
					every(signal, () => 50, tick),
					every(signal, () => deps.settings().ping.everyMs, pingSources),
					every(
						signal,
						() => 100,
						() => writer.flush(),
					),
				]);
			} finally {
				stopped = true;
				for (const cluster of clusters.values())
					for (const kept of cluster.members.values()) kept.close();
			}
		},
	};
};
