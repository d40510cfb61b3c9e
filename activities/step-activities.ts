import { Context } from "@temporalio/activity";
import {
	type Credential,
	replicationCredential,
} from "../src/mysql/credential.ts";
import { demote, endSemiSyncSource } from "../src/mysql/demote.ts";
import { ServerFault } from "../src/mysql/driver-error.ts";
import { promote } from "../src/mysql/promote.ts";
import {
	applyReceived,
	startReplication,
	stopReceiver,
} from "../src/mysql/replication-steps.ts";
import { repoint } from "../src/mysql/repoint.ts";
import { answer, type Seen } from "../src/mysql/seen.ts";
import type { SemiSyncPolicy } from "../src/mysql/semi-sync-switches.ts";
import {
	type StepSession,
	withStepSession,
} from "../src/mysql/step-session.ts";
import { type Switched, switchPrimary } from "../src/mysql/switch-primary.ts";
import { unknownInstance } from "../src/topology/instance.ts";
import { type InstanceName, splitName } from "../src/topology/instance-name.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";

/** What every step is told. */
export interface StepInput {
	readonly identity: string;
	readonly epoch: number;
	/** Of the operation: its steps are recorded under it. */
	readonly uid: string;
	/** `promote`, `repoint` … ; with {@link on} the key of its idempotence. */
	readonly step: string;
	readonly on: InstanceName;
}

const CONNECT_MS = 1_500;
const QUERY_MS = 5_000;

/** How long the applier may stand still before a wait for it is given up: one large transaction shows no progress. Milliseconds. */
const STALL_MS = 60_000;

/**
 * The steps that touch a mysqld. Each may run twice: it looks, acts only where that is still needed, looks at the effect,
 * and answers with a sentence, which is recorded. A server that cannot be reached is an answer (`failed`), not an error; only
 * a newer attempt or epoch ends the operation (`Superseded`).
 */
export const createStepActivities = (deps: ActivityDeps) => {
	const session = <T>(
		input: StepInput,
		server: InstanceName,
		work: (step: StepSession) => Promise<T>,
	): Promise<T> => {
		const { info, cancellationSignal } = Context.current();
		return withStepSession(
			deps.servers,
			server,
			{
				signal: cancellationSignal,
				isCurrent: () =>
					deps.store.operations.isCurrent({
						identity: input.identity,
						epoch: input.epoch,
						step: `${input.step}@${input.on}`,
						attempt: info.attempt,
					}),
			},
			{ connectMs: CONNECT_MS, queryMs: QUERY_MS },
			work,
		);
	};

	const recorded = async <T extends Seen>(
		input: StepInput,
		work: () => Promise<T>,
	): Promise<T | Seen> => {
		let seen: T | Seen;
		try {
			seen = await beating(work);
		} catch (error) {
			if (!(error instanceof ServerFault)) throw error;
			const { host, port } = splitName(input.on);
			seen = answer(
				"failed",
				`${input.step} on ${input.on}: ${error.message}`,
				unknownInstance(host, port),
			);
		}
		deps.log.info(
			{ uid: input.uid, step: input.step, on: input.on, status: seen.status },
			seen.says,
		);
		await deps.store.recoveries.addStep(
			input.uid,
			`${input.step}: ${seen.says}`,
			deps.nowMs(),
		);
		return seen;
	};

	const beat = (says: string) => Context.current().heartbeat(says);

	/** Read from a replica that has one; never leaves this process. */
	const credentialFrom = async (
		input: StepInput,
		replica: InstanceName,
	): Promise<Credential> => {
		const found = await session(input, replica, (step) =>
			replicationCredential(step, deps.config().ReplicationCredentialsQuery),
		);
		if ("missing" in found)
			throw new ServerFault("refused-by-server", found.missing);
		return found.credential;
	};

	return translated({
		stopReceiver: (input: StepInput): Promise<Seen> =>
			recorded(input, () => session(input, input.on, stopReceiver)),

		/** All at once and in one hop: clients are waiting. Each is a step of its own in every other respect. */
		stopReceivers: (
			input: Omit<StepInput, "step" | "on"> & {
				instances: readonly InstanceName[];
			},
		): Promise<Seen[]> =>
			Promise.all(
				input.instances.map((on) => {
					const each = { ...input, step: "stopReceiver", on };
					return recorded(each, () => session(each, on, stopReceiver));
				}),
			),

		applyReceived: (input: StepInput & { also?: string }): Promise<Seen> =>
			recorded(input, () =>
				session(input, input.on, (step) =>
					applyReceived(step, {
						beat,
						limitMs: STALL_MS,
						nowMs: deps.nowMs,
						...(input.also === undefined ? {} : { also: input.also }),
					}),
				),
			),

		/** Starts replication as it stands, towards whichever source; does not wait for it to connect. */
		startReplication: (input: StepInput): Promise<Seen> =>
			recorded(input, () => session(input, input.on, startReplication)),

		promote: (input: StepInput & { semiSync: SemiSyncPolicy }): Promise<Seen> =>
			recorded(input, () =>
				session(input, input.on, (step) => promote(step, input.semiSync)),
			),

		demote: (input: StepInput): Promise<Seen> =>
			recorded(input, () => session(input, input.on, demote)),

		endSemiSyncSource: (input: StepInput): Promise<Seen> =>
			recorded(input, () => session(input, input.on, endSemiSyncSource)),

		repoint: (
			input: StepInput & {
				source: InstanceName;
				sourceHas?: string;
				leaveStopped?: boolean;
				/** A replica that knows the replication credential, for a server that never replicated. */
				credentialOf?: InstanceName;
			},
		): Promise<Seen> =>
			recorded(input, async () => {
				const credential =
					input.credentialOf === undefined
						? undefined
						: await credentialFrom(input, input.credentialOf);
				return session(input, input.on, (step) =>
					repoint(step, {
						source: input.source,
						connectWithinMs: 5_000,
						nowMs: deps.nowMs,
						...(input.sourceHas === undefined
							? {}
							: { sourceHas: input.sourceHas }),
						...(input.leaveStopped === undefined
							? {}
							: { leaveStopped: input.leaveStopped }),
						...(credential === undefined ? {} : { credential }),
					}),
				);
			}),

		/** Whether the demoted primary will be able to replicate: asked before anything is touched (reliability.md fact 12). */
		checkCredential: (input: StepInput): Promise<Seen> =>
			recorded(input, () =>
				session(input, input.on, async (step) => {
					const found = await replicationCredential(
						step,
						deps.config().ReplicationCredentialsQuery,
					);
					const seen = await step.look();
					return "missing" in found
						? answer("refused", found.missing, seen)
						: answer(
								"done",
								`${input.on} knows the replication credential`,
								seen,
							);
				}),
			),

		switchPrimary: (
			input: StepInput & {
				old: InstanceName;
				semiSync: SemiSyncPolicy;
				catchUpMs: number;
			},
		): Promise<Switched | Seen> =>
			recorded(input, () =>
				session(input, input.old, (old) =>
					session(input, input.on, (next) =>
						switchPrimary(old, next, {
							policy: input.semiSync,
							catchUpMs: input.catchUpMs,
							reached: beat,
						}),
					),
				),
			),
	});
};

export type StepActivities = ReturnType<typeof createStepActivities>;
