import { replacedPrimaryClosed } from "../audit/changes.ts";
import { errorText } from "../errors.ts";
import type { Fence } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { createFencePlaces } from "./fence-places.ts";
import { createFenceWatch } from "./fences.ts";
import type { createRoster } from "./roster.ts";
import { createShutting } from "./shutting.ts";
import type { WatcherDeps } from "./watcher.ts";
import type { Writer } from "./writer.ts";

interface WatchedFencesDeps
	extends Pick<
		WatcherDeps,
		"tellReturned" | "servers" | "store" | "log" | "nowMs" | "audit"
	> {
	readonly roster: ReturnType<typeof createRoster>;
	readonly writer: Pick<Writer, "later">;
	readonly limits: () => {
		readonly connectMs: number;
		readonly queryMs: number;
	};
}

/** Told once: nothing is done about it. */
const createStrangers = (log: WatchedFencesDeps["log"]) => {
	const told = new Set<string>();
	return ({ instance, sinceMs }: Fence, now: Instance): void => {
		const of = `${instance} ${sinceMs} ${now.serverUuid} ${now.serverId}`;
		if (told.has(of)) return;
		told.add(of);
		log.warn(
			`${instance} was replaced, and another server than that one answers at its address now: it is left as it is`,
		);
	};
};

/** The fences of what a watcher has in view. */
export const createWatchedFences = (deps: WatchedFencesDeps) => {
	const { roster, nowMs, log } = deps;
	const latest = (name: InstanceName): Instance | undefined =>
		roster.clusterOf(name)?.members.get(name)?.latest;
	return createFenceWatch({
		tellReturned: deps.tellReturned,
		shut: createShutting({
			...deps,
			onShut: (name) => {
				const atMs = nowMs();
				deps.writer.later(`the closing of ${name}`, () =>
					deps.audit({
						atMs,
						clusterName: "",
						...replacedPrimaryClosed(name),
					}),
				);
			},
		}),
		onStranger: createStrangers(log),
		identityOf: roster.identityOf,
		layAt: createFencePlaces({
			store: deps.store,
			identityOf: roster.identityOf,
			latest,
			log,
		}),
		look: async (name) =>
			roster.clusterOf(name)?.members.get(name)?.probe(deps.limits()),
		isFollowed: (name) => roster.clusterOf(name)?.isSource(name) === true,
		latest,
		nowMs,
		onFailed: (name, error) =>
			log.warn(
				`blind: nothing can be done about the return of ${name}: ${errorText(error)}`,
			),
	});
};
