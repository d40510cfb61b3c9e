import { isCutOff, ServerFault } from "../mysql/driver-error.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Standby } from "../mysql/standby.ts";
import {
	type StepGuard,
	withReader,
	withStepSession,
} from "../mysql/step-session.ts";
import { runStep } from "../mysql/steps/run-step.ts";
import type { StepAnswer, StepContext } from "../mysql/steps/step-context.ts";
import { seenSince, unreached } from "../planning/seen.ts";
import { isGood, type Step, stepText } from "../planning/step.ts";
import {
	afterBoth,
	asTriedAgain,
	doubted,
	mayTryAgain,
} from "../planning/tried-again.ts";
import { withShortSets } from "../topology/gtid/shortened.ts";
import { type Instance, unknownInstance } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { markOf } from "../topology/server-mark.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import type { Credentials } from "./credentials.ts";
import type { Pictures } from "./pictures.ts";

/** One try at some steps: who may still act, and how it is told that it goes on. */
export interface Attempt {
	/** Whether the work on that server is still this attempt's. */
	guard(on: InstanceName): StepGuard;
	beat(says: string): void;
	/** By what the store knows it, and newer ones of the same work. */
	readonly asked?: { readonly step: string; readonly attempt: number };
	/** One before it may have done some of it, and never answered. */
	readonly isAgain?: boolean;
	/** Aborted when nobody waits for it any more: what it sees then is not kept. */
	readonly signal?: AbortSignal;
}

/** A step's answer, and how long it took. Times are milliseconds since the epoch. */
export interface RanStep
	extends Omit<StepAnswer, "seen" | "faulty" | "wasCutOff"> {
	readonly startedAtMs: number;
	readonly endedAtMs: number;
}

export interface StepRunnerDeps {
	readonly servers: Servers;
	/** Sessions that are open already; missing in a process that watches nothing. */
	readonly standby?: Standby;
	readonly pictures: Pictures;
	readonly credentials: Credentials;
	readonly equivalences: StepContext["equivalences"];
	readonly settings: () => Pick<
		StepContext,
		"credentialsQuery" | "stallMs" | "markers" | "logChunkRows"
	>;
	readonly nowMs: () => number;
}

/** Deadlines of a step's session, milliseconds. */
const LIMITS = { connectMs: 1_500, queryMs: 5_000 };

/** How long a receiver may take to connect to its new source, milliseconds. */
const CONNECT_WITHIN_MS = 5_000;

const knownIn = (snapshot: Snapshot, name: InstanceName): Instance => {
	const { host, port } = splitName(name);
	return findInstance(snapshot, name) ?? unknownInstance(host, port);
};

/** What the picture has of the server that the step was about still holds, or was seen anew. */
const isAsKnown = (
	{ on }: Step,
	{ outcome, effect, seen, faulty }: StepAnswer,
): boolean =>
	isGood({ outcome }) ||
	seen.some(({ name }) => name === on) ||
	// It failed by the other server that it needs.
	(effect === "unchanged" && faulty.length > 0 && !faulty.includes(on));

/** Its session was ended under its hands, and another one may do. */
const isCutShort = (step: Step, { outcome, wasCutOff }: StepAnswer): boolean =>
	wasCutOff && outcome === "failed" && mayTryAgain(step);

/** What an attempt saw that was overtaken (its process stood still) is older than what the newer one keeps. */
const isNewest = async (
	{ signal, guard }: Attempt,
	[first]: readonly Step[],
): Promise<boolean> =>
	signal?.aborted !== true &&
	(first === undefined || (await guard(first.on).isCurrent()));

/** Runs steps at once, and keeps what they saw in the operation's picture. */
export const createStepRunner = (deps: StepRunnerDeps) => {
	const contextOf = (
		uid: string,
		snapshot: Snapshot,
		attempt: Attempt,
	): StepContext => ({
		session: (server, work) =>
			withStepSession(
				deps.servers,
				server,
				{
					...attempt.guard(server),
					meant: markOf(knownIn(snapshot, server)),
				},
				LIMITS,
				work,
				deps.standby,
			),
		reader: (server, work) =>
			withReader(deps.servers, server, LIMITS, work, deps.standby),
		known: (name) => knownIn(snapshot, name),
		refusesLogin: (server, login) =>
			deps.servers.refusesLogin(server, login, LIMITS.connectMs),
		credential: deps.credentials.of(uid),
		...deps.settings(),
		equivalences: deps.equivalences,
		connectWithinMs: CONNECT_WITHIN_MS,
		beat: attempt.beat,
		nowMs: deps.nowMs,
	});

	const run = async (
		context: StepContext,
		step: Step,
		{
			isAgain,
			isEnded,
		}: { readonly isAgain: boolean; readonly isEnded: (step: Step) => boolean },
	): Promise<{ readonly ran: RanStep; readonly seen: readonly Instance[] }> => {
		const startedAtMs = deps.nowMs();
		const before = context.known(step.on);
		const again = () => answerOf(context, asTriedAgain(step));
		const first = isAgain
			? doubted(step, before, await again())
			: await answerOf(context, step);
		const answered =
			isCutShort(step, first) && !isEnded(step)
				? afterBoth(step, before, first, await again())
				: first;
		const { seen, faulty, wasCutOff, ...answer } = answered;
		return {
			ran: withShortSets({ ...answer, startedAtMs, endedAtMs: deps.nowMs() }),
			seen: isAsKnown(step, answered)
				? seen
				: [...seen, unreached(context.known(step.on), answer.says)],
		};
	};

	/** A process that took the operation over has yet to find the account that it moves with. */
	const findAgain = async (
		context: StepContext,
		steps: readonly Step[],
		from: readonly InstanceName[],
	): Promise<void> => {
		const [on] = from;
		const isNeeded = steps.some((each) => each.do === "moveBelow");
		if (on === undefined || !isNeeded || context.credential.get()) return;
		await answerOf(context, { do: "findCredential", on, from });
	};

	return async (
		uid: string,
		steps: readonly Step[],
		attempt: Attempt,
		credentialFrom: readonly InstanceName[] = [],
	): Promise<readonly RanStep[]> => {
		const snapshot = await deps.pictures.of(uid);
		const context = contextOf(uid, snapshot, attempt);
		await findAgain(context, steps, credentialFrom);
		const tried = {
			isAgain: attempt.isAgain === true,
			isEnded: ({ on }: Step) => attempt.guard(on).signal?.aborted === true,
		};
		const all = await Promise.all(
			steps.map((step) => run(context, step, tried)),
		);
		const seen = all.flatMap((each) => each.seen);
		if (seen.length > 0 && (await isNewest(attempt, steps)))
			await deps.pictures.keep(uid, seenSince(snapshot, seen));
		return all.map((each) => each.ran);
	};
};

const answerOf = async (
	context: StepContext,
	step: Step,
): Promise<StepAnswer> => {
	try {
		return await runStep(context, step);
	} catch (error) {
		if (!(error instanceof ServerFault)) throw error;
		return {
			outcome: "failed",
			effect: "unknown",
			reached: "",
			says: `${stepText(step)}: ${error.message}`,
			seen: [],
			faulty: [step.on],
			wasCutOff: isCutOff(error),
		};
	}
};

export type StepRunner = ReturnType<typeof createStepRunner>;
