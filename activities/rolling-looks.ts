import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { planSettings } from "../src/config/promotion-settings.ts";
import type { PlanSettings } from "../src/planning/plan.ts";
import {
	nextServer,
	planRolling,
	type RollingPlan,
	type RollingStep,
	type Turns,
} from "../src/rolling/next-server.ts";
import { primaryIn, type Stray, strayFrom } from "../src/rolling/primary.ts";
import { whyNotBack } from "../src/rolling/standing.ts";
import { isLastCheckValid } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { findInstance, type Snapshot } from "../src/topology/snapshot.ts";
import { freshSnapshot } from "./cluster-view.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { beating } from "./heartbeat.ts";

/** Between two looks at a cluster that is waited for. Milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** A server that is back is so in looks at two times: a hook may have ended before the server has. */
const LOOKS_IN_A_ROW = 2;

/** How a rolling maintenance sees its cluster, and waits for it. */
export const createRollingLooks = (deps: ActivityDeps) => {
	const look = async (
		identity: string,
	): Promise<{
		readonly snapshot: Snapshot;
		readonly settings: PlanSettings;
	}> => {
		const snapshot = await freshSnapshot(deps, identity);
		const names = snapshot.instances.map((each) => each.name);
		return { snapshot, settings: planSettings(deps.config(), names) };
	};

	/** Looks again and again until the answer will do, or the time is over. */
	const lookUntil = async <T>(
		identity: string,
		forMs: number,
		answer: (seen: Awaited<ReturnType<typeof look>>) => {
			readonly will: boolean;
			readonly value: T;
		},
	): Promise<T> => {
		const { cancellationSignal } = Context.current();
		const untilMs = deps.nowMs() + forMs;
		for (;;) {
			cancellationSignal.throwIfAborted();
			const { will, value } = answer(await look(identity));
			if (will || deps.nowMs() + LOOK_EVERY_MS > untilMs) return value;
			await delay(LOOK_EVERY_MS, undefined, { signal: cancellationSignal });
		}
	};

	/** Whether the server was started since: what a lost hook was to do, mostly. */
	const wasRestarted = async (
		identity: string,
		server: InstanceName,
		sinceMs: number,
	): Promise<boolean> => {
		const instance = findInstance((await look(identity)).snapshot, server);
		return (
			instance !== undefined &&
			isLastCheckValid(instance) &&
			instance.check.seenAtMs - instance.uptimeSeconds * 1000 > sinceMs
		);
	};

	const activities = {
		/** The order, what speaks against it, and how the cluster is called. */
		rollingPlan: async ({
			identity,
		}: {
			readonly identity: string;
		}): Promise<
			RollingPlan & {
				readonly clusterName: string;
				readonly clusterAlias: string;
			}
		> => {
			const { snapshot, settings } = await look(identity);
			const { clusterName, clusterAlias } = snapshot;
			return { ...planRolling(snapshot, settings), clusterName, clusterAlias };
		},

		/** What comes next, and who after it. Looks for so long as somebody has to be waited for. */
		rollingNext: ({
			identity,
			forMs,
			done,
			skipped,
		}: {
			readonly identity: string;
			readonly forMs: number;
		} & Turns): Promise<{
			readonly step: RollingStep;
			readonly toCome: readonly InstanceName[];
			readonly waitMs: number;
		}> =>
			beating(() =>
				lookUntil(identity, forMs, ({ snapshot, settings }) => {
					const step = nextServer(snapshot, { done, skipped }, settings);
					return {
						will: step.do !== "wait",
						value: {
							step,
							toCome: planRolling(snapshot, settings)
								.turns.map(({ server }) => server)
								.filter((each) => ![...done, ...skipped].includes(each)),
							waitMs: deps.config().BatonRollingMaintenanceWaitSeconds * 1000,
						},
					};
				}),
			),

		/**
		 * Looks for so long as it is not back, nor found to belong elsewhere by now.
		 * @returns what the server lacks to be back; empty when it is
		 */
		rollingBack: ({
			identity,
			server,
			forMs,
		}: {
			readonly identity: string;
			readonly server: InstanceName;
			readonly forMs: number;
		}): Promise<{
			readonly lacks: string;
			readonly stray?: Stray;
			readonly waitMs: number;
		}> => {
			let had: string | undefined;
			let good = 0;
			return beating(() =>
				lookUntil(identity, forMs, ({ snapshot, settings }) => {
					const found = primaryIn(snapshot);
					if ("primary" in found) had ??= found.primary.executedGtid;
					const stray = strayFrom(snapshot, server);
					const lacks = whyNotBack(
						findInstance(snapshot, server),
						had ?? "",
						settings,
					);
					good = lacks === "" ? good + 1 : 0;
					const isBack = good >= LOOKS_IN_A_ROW;
					return {
						will: isBack || stray !== undefined,
						value: {
							...(stray === undefined ? {} : { stray }),
							lacks: isBack
								? ""
								: lacks ||
									`${server} was back a moment ago, and is looked at again`,
							waitMs: deps.config().BatonRollingMaintenanceWaitSeconds * 1000,
						},
					};
				}),
			);
		},
	};
	return { look, wasRestarted, activities };
};
