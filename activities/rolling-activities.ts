import { setTimeout as delay } from "node:timers/promises";
import { Context } from "@temporalio/activity";
import { createAuditTrail } from "../src/audit/audit-trail.ts";
import {
	type AuditedChange,
	downtimeBegun,
	downtimeEnded,
} from "../src/audit/changes.ts";
import { BatonError, errorText } from "../src/errors.ts";
import type { LastingOutcome } from "../src/hooks/lasting.ts";
import type { OperationRequest, Operator } from "../src/planning/operation.ts";
import { ROLLING_OWNER } from "../src/rolling/disorder.ts";
import { rollingHookContext } from "../src/rolling/hook-context.ts";
import type { RollingStatus, RollingTurn } from "../src/rolling/status.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { LOST_IN_RECOVERY } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";
import { createRollingLooks } from "./rolling-looks.ts";
import { seeingStore } from "./store-sight.ts";

/** A downtime is begun for so long, and lengthened in good time while it is needed. Milliseconds. */
const DOWNTIME_MS = 4 * 3_600_000;

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

	const looks = createRollingLooks(deps);

	const activities = {
		...looks.activities,

		/** Asks the cluster's entity for an operation; whatever runs there is waited for. The same id is not begun twice. */
		rollingAsk: ({
			request,
			requestId,
		}: {
			readonly request: OperationRequest;
			readonly requestId: string;
		}): Promise<{
			readonly isDone: boolean;
			readonly says: string;
			/** It has come about, and something of it is left to be done. */
			readonly isPartDone: boolean;
			/** Of a move of several: who stands there now. */
			readonly moved: readonly InstanceName[];
		}> =>
			beating(async () => {
				const { cancellationSignal } = Context.current();
				for (let nth = 0; ; nth++)
					try {
						cancellationSignal.throwIfAborted();
						const outcome = await deps
							.operator()
							// One that was refused as busy is an answer for its id.
							.run(request, `${requestId}-${nth}`);
						const { successful, complete, says } = outcome;
						return {
							isDone: successful && complete,
							isPartDone: successful && !complete,
							says,
							moved: outcome.kind === "moves" ? outcome.moved : [],
						};
					} catch (error) {
						if (!(error instanceof BatonError) || error.code !== "Busy")
							throw error;
						await delay(BUSY_AGAIN_MS, undefined, {
							signal: cancellationSignal,
						});
					}
			}),

		/** Begins the server's downtime, or lengthens it. That of a person is left as it is. @returns whether it began */
		rollingDowntime: async ({
			server,
			reason,
		}: {
			readonly server: InstanceName;
			readonly reason: string;
		}): Promise<boolean> => {
			const nowMs = deps.nowMs();
			const active = (await deps.store.downtimes.active(nowMs)).find(
				({ instance }) => instance === server,
			);
			if (active !== undefined && active.owner !== ROLLING_OWNER) return false;
			const downtime = {
				instance: server,
				owner: ROLLING_OWNER,
				reason: downtimeReason(reason),
				beganAtMs: active?.beganAtMs ?? nowMs,
				endsAtMs: nowMs + DOWNTIME_MS,
			};
			await deps.store.downtimes.begin(downtime);
			if (active === undefined) await audit(downtimeBegun(downtime));
			return active === undefined;
		},

		/** Ends it of a server that is back, if it is its own, or what a failover has put in its place meanwhile. */
		rollingUptime: async ({
			server,
			isStillOut = false,
		}: {
			readonly server: InstanceName;
			/** It is not back: what a failover has put there stays. */
			readonly isStillOut?: boolean;
		}): Promise<void> => {
			const active = await deps.store.downtimes.active(deps.nowMs());
			const isOwn = active.some(
				({ instance, owner, reason }) =>
					instance === server &&
					(owner === ROLLING_OWNER ||
						(reason === LOST_IN_RECOVERY && !isStillOut)),
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
			replicas,
			reason,
			key,
			sinceMs,
		}: {
			readonly identity: string;
			readonly reason: string;
			/** Of this run of the hook. */
			readonly key: string;
			readonly sinceMs: number;
		} & Pick<RollingTurn, "server" | "replicas">): Promise<LastingOutcome> =>
			beating(async () => {
				const { cancellationSignal, info } = Context.current();
				const { snapshot } = await looks.look(identity);
				const commands = deps.config().BatonRollingMaintenanceProcesses;
				const ran = await deps.lastingHooks.run(
					key,
					commands,
					rollingHookContext(
						snapshot,
						{ server, replicas },
						{
							description: downtimeReason(reason),
							hostname: deps.node.hostname,
						},
					),
					{ mayBegin: info.attempt === 1, signal: cancellationSignal },
				);
				deps.log.info({ instance: server }, ran.says);
				return ran.end === "lost" &&
					(await looks.wasRestarted(identity, server, sinceMs))
					? {
							end: "ran",
							says: `${ran.says}; the server was restarted since`,
						}
					: ran;
			}),

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
