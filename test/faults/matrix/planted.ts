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
		point: /^session-killed s2 unseen s2: SET GLOBAL read_only = 0/,
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
		point: /^refused s2 before s2: SET GLOBAL read_only = 0/,
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
		point: /^server-stopped s2 before s2: SET GLOBAL read_only = 0/,
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
		point: /^session-killed s4 unseen s4: RESET/,
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
		plant: (deps) => {
			let moves = 0;
			return pretending(({ do: kind }) => {
				moves += kind === "moveBelow" ? 1 : 0;
				return kind === "moveBelow" && moves === 2;
			})(deps);
		},
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
];
