import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import {
	type AuditedChange,
	downtimeBegun,
	downtimeEnded,
} from "../src/audit/changes.ts";
import { planSettings } from "../src/config/promotion-settings.ts";
import { BatonError, errorText } from "../src/errors.ts";
import type { LastingOutcome } from "../src/hooks/lasting.ts";
import type { OperationRequest, Operator } from "../src/planning/operation.ts";
import type { PlanSettings } from "../src/planning/plan.ts";
import { rollingHookContext } from "../src/rolling/hook-context.ts";
import {
	nextServer,
	planRolling,
	ROLLING_OWNER,
	type RollingPlan,
	type RollingStep,
} from "../src/rolling/next-server.ts";
import { whyNotBack } from "../src/rolling/standing.ts";
import type { RollingStatus } from "../src/rolling/status.ts";
import { isLastCheckValid, isReplica } from "../src/topology/instance.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { findInstance, type Snapshot } from "../src/topology/snapshot.ts";
import { freshSnapshot } from "./cluster-view.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";
import { seeingStore } from "./store-sight.ts";

/** A downtime is begun for so long, and lengthened in good time while it is needed. Milliseconds. */
const DOWNTIME_MS = 4 * 3_600_000;

/** Between two looks at a cluster that is waited for. Milliseconds. */
const LOOK_EVERY_MS = 2_000;

/** A server that is back is so in looks at two times: a hook may have ended before the server has. */
const LOOKS_IN_A_ROW = 2;

/** Between two tries to have an operation begun while another one runs. Milliseconds. */
const BUSY_AGAIN_MS = 2_000;

/** What is told of a downtime that a rolling maintenance has begun. */
const downtimeReason = (reason: string): string =>
	reason === "" ? "rolling maintenance" : `rolling maintenance: ${reason}`;

interface RollingDeps extends ActivityDeps {
	readonly operator: () => Operator;
}

/** What a rolling maintenance does outside of its workflow. */
export const createRollingActivities = (deps: RollingDeps) => {
	const trail = createAuditTrail(deps.store, deps.config, deps.log);
	const audit = (change: AuditedChange): Promise<void> =>
		trail({ clusterName: "", ...change, atMs: deps.nowMs() });

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
			done,
			forMs,
		}: {
			readonly identity: string;
			readonly done: readonly InstanceName[];
			readonly forMs: number;
		}): Promise<{
			readonly step: RollingStep;
			readonly toCome: readonly InstanceName[];
			readonly waitMs: number;
		}> =>
			beating(() =>
				lookUntil(identity, forMs, ({ snapshot, settings }) => {
					const step = nextServer(snapshot, done, settings);
					return {
						will: step.do !== "wait",
						value: {
							step,
							toCome: planRolling(snapshot, settings)
								.turns.map(({ server }) => server)
								.filter((each) => !done.includes(each)),
							waitMs: deps.config().BatonRollingMaintenanceWaitSeconds * 1000,
						},
					};
				}),
			),

		/** Asks the cluster's entity for an operation; whatever runs there is waited for. The same id is not begun twice. */
		rollingAsk: ({
			request,
			requestId,
		}: {
			readonly request: OperationRequest;
			readonly requestId: string;
		}): Promise<{ readonly isDone: boolean; readonly says: string }> =>
			beating(async () => {
				const { cancellationSignal } = Context.current();
				for (let nth = 0; ; nth++)
					try {
						cancellationSignal.throwIfAborted();
						const { successful, complete, says } = await deps
							.operator()
							// One that was refused as busy is an answer for its id.
							.run(request, `${requestId}-${nth}`);
						return { isDone: successful && complete, says };
					} catch (error) {
						if (!(error instanceof BatonError) || error.code !== "Busy")
							throw error;
						await delay(BUSY_AGAIN_MS, undefined, {
							signal: cancellationSignal,
						});
					}
			}),

		/** Begins the server's downtime, or lengthens it. That of a person is left as it is. */
		rollingDowntime: async ({
			server,
			reason,
		}: {
			readonly server: InstanceName;
			readonly reason: string;
		}): Promise<void> => {
			const nowMs = deps.nowMs();
			const active = (await deps.store.downtimes.active(nowMs)).find(
				({ instance }) => instance === server,
			);
			if (active !== undefined && active.owner !== ROLLING_OWNER) return;
			const downtime = {
				instance: server,
				owner: ROLLING_OWNER,
				reason: downtimeReason(reason),
				beganAtMs: active?.beganAtMs ?? nowMs,
				endsAtMs: nowMs + DOWNTIME_MS,
			};
			await deps.store.downtimes.begin(downtime);
			if (active === undefined) await audit(downtimeBegun(downtime));
		},

		/** Ends it, if it is its own. */
		rollingUptime: async ({
			server,
		}: {
			readonly server: InstanceName;
		}): Promise<void> => {
			const active = await deps.store.downtimes.active(deps.nowMs());
			const isOwn = active.some(
				({ instance, owner }) => instance === server && owner === ROLLING_OWNER,
			);
			if (!isOwn) return;
			await deps.store.downtimes.end(server);
			await audit(downtimeEnded(server));
		},

		/**
		 * Runs the server's hook. One that was begun before is waited for where this node knows of it; else it is lost, unless the server was
		 * restarted since.
		 */
		rollingHook: ({
			identity,
			server,
			reason,
			key,
			sinceMs,
		}: {
			readonly identity: string;
			readonly server: InstanceName;
			readonly reason: string;
			/** Of this run of the hook. */
			readonly key: string;
			readonly sinceMs: number;
		}): Promise<LastingOutcome> =>
			beating(async () => {
				const { cancellationSignal, info } = Context.current();
				const { snapshot } = await look(identity);
				const commands = deps.config().BatonRollingMaintenanceProcesses;
				const ran = await deps.lastingHooks.run(
					key,
					commands,
					rollingHookContext(snapshot, server, {
						description: downtimeReason(reason),
						hostname: deps.node.hostname,
					}),
					{ mayBegin: info.attempt === 1, signal: cancellationSignal },
				);
				deps.log.info({ instance: server }, ran.says);
				return ran.end === "lost" &&
					(await wasRestarted(identity, server, sinceMs))
					? {
							end: "ran",
							says: `${ran.says}; the server was restarted since`,
						}
					: ran;
			}),

		/** @returns what the server lacks to be back; empty when it is */
		rollingBack: ({
			identity,
			server,
			forMs,
		}: {
			readonly identity: string;
			readonly server: InstanceName;
			readonly forMs: number;
		}): Promise<{ readonly lacks: string; readonly waitMs: number }> => {
			let had: string | undefined;
			let good = 0;
			return beating(() =>
				lookUntil(identity, forMs, ({ snapshot, settings }) => {
					const primary = snapshot.instances.find((each) => !isReplica(each));
					had ??= primary?.executedGtid;
					const lacks = whyNotBack(
						findInstance(snapshot, server),
						had ?? "",
						settings,
					);
					good = lacks === "" ? good + 1 : 0;
					const isBack = good >= LOOKS_IN_A_ROW;
					return {
						will: isBack,
						value: {
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

		/** Has it in the store, for whoever reads. */
		keepRolling: (status: RollingStatus): Promise<void> =>
			deps.store.rollings.keep(status, deps.nowMs()),

		/** Tells the audit; an audit that cannot be written holds nothing up. */
		auditRolling: async (change: AuditedChange): Promise<void> => {
			try {
				await audit(change);
			} catch (error) {
				deps.log.error(
					`${change.message}: the audit could not be written: ${errorText(error)}`,
				);
			}
		},

		/** Removes what this node has kept of its hooks. */
		forgetRolling: ({ key }: { readonly key: string }): Promise<void> =>
			deps.lastingHooks.forget(key),
	};
	return translated(seeingStore(deps.sight, activities));
};

export type RollingActivities = ReturnType<typeof createRollingActivities>;
