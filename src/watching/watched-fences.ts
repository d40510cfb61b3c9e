import { replacedPrimaryClosed } from "../audit/changes.ts";
import { errorText } from "../errors.ts";
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

/** The fences of what a watcher has in view. */
export const createWatchedFences = (deps: WatchedFencesDeps) => {
	const { roster, nowMs, log } = deps;
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
		look: async (name) =>
			roster.clusterOf(name)?.members.get(name)?.probe(deps.limits()),
		latest: (name) => roster.clusterOf(name)?.members.get(name)?.latest,
		nowMs,
		onFailed: (name, error) =>
			log.warn(
				`blind: nothing can be done about the return of ${name}: ${errorText(error)}`,
			),
	});
};
