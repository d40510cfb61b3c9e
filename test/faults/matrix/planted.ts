// Bugs that are put into the engine on purpose, to show that the matrix finds them.

import type { ActivityDeps } from "../../../activities/dependencies.ts";
import type { RanStep } from "../../../src/engine/run-steps.ts";
import { isMove, type Step } from "../../../src/planning/step.ts";
import type { Store } from "../../../src/store/contract.ts";
import type { Plant } from "./manager.ts";

export interface Planted {
	readonly says: string;
	/** Where it shows: the layout, and the case there; undefined where it needs no fault. */
	readonly operation: string;
	readonly point: RegExp | undefined;
	/** What the judge says of it. */
	readonly verdict: RegExp;
	readonly plant: Plant;
	/** It shows when all that might still mend it has been waited for: tried in a full run. */
	readonly isSlow?: true;
}

/** Steps that are said to be done and are not. */
const pretending =
	(isSkipped: (step: Step) => boolean): Plant =>
	(deps) => ({
		...deps,
		runSteps: async (uid, steps, ...rest) => {
			const skipped = new Set(steps.filter(isSkipped));
			const done = steps.filter((step) => !skipped.has(step));
			const ran = [...(await deps.runSteps(uid, done, ...rest))];
			return steps.map((step) =>
				skipped.has(step) ? pretended(step, deps.nowMs()) : next(ran),
			);
		},
	});

const next = (ran: RanStep[]): RanStep => {
	const first = ran.shift();
	if (first === undefined) throw new Error("fewer answers than steps");
	return first;
};

const pretended = (step: Step, atMs: number): RanStep => ({
	outcome: "done",
	effect: "changed",
	reached: "",
	says: `${step.do} ${step.on}`,
	startedAtMs: atMs,
	endedAtMs: atMs,
});

/** Answers that are told as others. */
const retelling =
	(retold: (step: Step, ran: RanStep) => RanStep): Plant =>
	(deps) => ({
		...deps,
		runSteps: async (uid, steps, ...rest) => {
			const ran = await deps.runSteps(uid, steps, ...rest);
			return ran.map((each, at) => {
				const step = steps[at];
				return step === undefined ? each : retold(step, each);
			});
		},
	});

const without =
	(change: (store: Store) => Partial<Store>): Plant =>
	(deps: ActivityDeps) => ({
		...deps,
		store: new Proxy(deps.store, {
			get: (store, name) => {
				const changed = change(store);
				return Reflect.get(name in changed ? changed : store, name);
			},
		}),
	});

/** Of a takeover: those that put a sibling back below the old primary. */
const withoutUndo: Plant = (deps) => {
	const sources = new Set<string>();
	return pretending((step) => {
		if (step.do !== "moveBelow") return false;
		if (sources.size === 0) sources.add(step.source);
		return !sources.has(step.source);
	})(deps);
};

/** Those that take a move back. */
const withoutMovesBack = pretending(
	(step) => step.do === "moveBelow" && step.unappliedAreOn !== undefined,
);

/** The n-th of them is not made. */
const withoutMove =
	(nth: number): Plant =>
	(deps) => {
		let moves = 0;
		return pretending((step) => isMove(step) && ++moves === nth)(deps);
	};

const STARTS: ReadonlySet<Step["do"]> = new Set([
	"startReceiver",
	"startReplication",
	"runReplication",
]);

const withoutStarts = pretending(({ do: kind }) => STARTS.has(kind));

const unknownIsFailed = retelling((step, ran) =>
	step.do === "open" && ran.effect === "unknown"
		? { ...ran, outcome: "failed", effect: "unchanged" }
		: ran,
);

/** Of a failover: the first move is that of the chosen one, below the server that has what it lacks. */
const withoutCatchUp: Plant = (deps) => {
	let moves = 0;
	return pretending((step) => {
		if (step.do !== "moveBelow") return step.do === "applyReceived";
		moves += 1;
		return moves === 1;
	})(deps);
};

export const PLANTED: readonly Planted[] = [
	{
		says: "an opening of which nothing is known counts as one that failed",
		operation: "failover",
		point: /^session-killed s2 unseen s2: SET .*read_onl/,
		verdict: /two open|servers are open/,
		plant: unknownIsFailed,
	},
	{
		says: "what the chosen one lacks is not fetched",
		operation: "failover-catch-up",
		point: undefined,
		verdict: /^lost: /,
		plant: withoutCatchUp,
	},
	{
		says: "nothing is put back when a takeover fails",
		operation: "takeover",
		point: /^refused s2 before s2: SET .*read_onl/,
		verdict: /^untrue: it is told that nothing was changed/,
		plant: withoutUndo,
	},
	{
		says: "a replica is told to have been moved and was not",
		operation: "relocation",
		point: undefined,
		verdict: /^untrue: s4 is told to replicate from s3/,
		plant: pretending(({ do: kind }) => kind === "moveBelow"),
	},
	{
		says: "a candidate that hangs while it is opened is given up",
		operation: "failover",
		point: /^server-stopped s2 before s2: SET .*read_onl/,
		verdict: /two open|servers are open/,
		plant: unknownIsFailed,
	},
	{
		says: "a change of primary is not recorded",
		operation: "takeover",
		point: undefined,
		verdict: /^record: the cluster is named after s1/,
		plant: without(({ roles }) => ({
			roles: { ...roles, write: async () => true },
		})),
	},
	{
		says: "an old primary's return is not waited for",
		isSlow: true,
		operation: "failover",
		point: undefined,
		verdict: /end: at the end 2 servers are open/,
		plant: without(({ fences, roles }) => ({
			fences: { ...fences, put: async () => undefined },
			roles: {
				...roles,
				write: (identity, role, follows) =>
					roles.write(identity, role, follows && { ...follows, fences: [] }),
			},
		})),
	},
	{
		says: "a replica is told to be stopped and was not",
		operation: "stop-replica",
		point: undefined,
		verdict: /^untrue: it is told to have succeeded, but s4 is not stopped/,
		plant: pretending(({ do: kind }) => kind === "stopReplication"),
	},
	{
		says: "a server that lost its set of GTIDs within a reset is taken for one that has it",
		operation: "gtid-errant-reset-master",
		// A lost session alone is mended by the step's second try.
		point: /^server-killed s4 unseen s4: RESET/,
		verdict: /^(end: unaccounted: s4|stalled: )/,
		plant: retelling((step, ran) =>
			step.do === "resetBinaryLogs"
				? { ...ran, outcome: "done", effect: "changed" }
				: ran,
		),
	},
	{
		says: "one of several replicas is told to have been moved and was not",
		operation: "take-siblings",
		point: undefined,
		verdict: /^untrue: s4 is told to stand below s2 and does not/,
		plant: withoutMove(2),
	},
	{
		says: "one of several replicas does not come through, and is not put back",
		operation: "take-siblings-partly",
		point: undefined,
		verdict: /^untrue: s4 is told to have been put back, but /,
		plant: withoutMovesBack,
	},
	{
		says: "nothing is put back when somebody cancels",
		operation: "take-master",
		point: /^cancelled s2 before s2: (CHANGE|STOP)/,
		verdict: /^untrue: it is told that nothing was changed, but s3 /,
		plant: withoutMovesBack,
	},
	{
		says: "a channel is told to have been laid anew and was not",
		operation: "repoint",
		point: undefined,
		verdict:
			/^untrue: it is told to have succeeded, but the channel of s4 was not laid anew/,
		plant: pretending(isMove),
	},
	{
		says: "replication is told to have been restarted and was not",
		operation: "restart-replica",
		point: undefined,
		verdict:
			/^untrue: it is told to have succeeded, but the threads of s4 were not started anew/,
		plant: pretending(
			({ do: kind }) => kind === "stopReplication" || kind === "runReplication",
		),
	},
	{
		says: "a replica that was not brought along is told to follow the new primary",
		operation: "failover",
		point: undefined,
		isSlow: true,
		verdict: /^untrue: s[34] is told to follow s2 and does not/,
		plant: withoutMove(1),
	},
	{
		says: "the receivers of a failover that promotes nobody are left stopped",
		operation: "failover-undone",
		point: undefined,
		isSlow: true,
		verdict:
			/^(unaccounted: s\d below s1 is stopped|untrue: it is told that nothing was changed)/,
		plant: withoutStarts,
	},
	{
		says: "of two that change places one has not gone",
		operation: "take-master",
		point: undefined,
		isSlow: true,
		verdict:
			/^untrue: it is told to have succeeded, but s2 does not replicate from s3/,
		plant: withoutMove(2),
	},
	{
		says: "a replica that is to go up before it takes its siblings stays",
		operation: "make-local-master",
		point: undefined,
		isSlow: true,
		verdict:
			/^untrue: it is told to have succeeded, but s3 does not replicate from s1/,
		plant: withoutMove(1),
	},
	{
		says: "a replica that went up in vain is not put back when somebody cancels",
		operation: "make-local-master",
		point: /^cancelled s4 before s4: CHANGE/,
		verdict: /^untrue: it is told that nothing was changed, but s3 /,
		plant: withoutMovesBack,
	},
	{
		says: "a relocation that failed is told to be undone and is not",
		operation: "relocation-undone",
		point: undefined,
		isSlow: true,
		verdict: /^untrue: it is told that nothing was changed, but s4 /,
		plant: withoutMovesBack,
	},
	{
		says: "a replica is told to go by GTID and does not",
		operation: "enable-gtid",
		point: undefined,
		isSlow: true,
		verdict: /^untrue: it is told to have succeeded, but s4 is positioned by /,
		plant: pretending(({ do: kind }) => kind === "setPositioning"),
	},
	{
		says: "a replica that could not be switched to GTID is told to run as before and is left stopped",
		operation: "enable-gtid",
		point: /^refused s4 before s4: CHANGE/,
		verdict: /^untrue: it is told that nothing was changed, but s4 /,
		plant: withoutStarts,
	},
	{
		says: "a replica is told to be detached and is not",
		operation: "detach",
		point: undefined,
		isSlow: true,
		verdict: /^untrue: it is told to have succeeded, but s4 is not detached/,
		plant: pretending(({ do: kind }) => kind === "renameSource"),
	},
	{
		says: "a replica that somebody did not want detached any more is left without its receiver",
		operation: "detach",
		point: /^cancelled s4 before s4: CHANGE/,
		verdict: /^untrue: it is told that nothing was changed, but s4 /,
		plant: withoutStarts,
	},
];
