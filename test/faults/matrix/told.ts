// What operations told and what the store keeps of them, in the words of the judge.

import {
	type OperationKind,
	type OperationOutcome,
	type StepReport,
	subjectOf,
} from "../../../src/planning/operation.ts";
import { isGood } from "../../../src/planning/step.ts";
import type { Recorded, Told } from "./judge.ts";
import type { Ran } from "./manager.ts";
import type { Stage } from "./stage.ts";

/** Every server's name in a text is replaced by its alias. */
export const withAliases = (stage: Stage, text: string): string =>
	stage.ground.servers.reduce(
		(all, { name }) => all.replaceAll(name, stage.ground.aliasOf(name)),
		text,
	);

const aliased = (stage: Stage, name: string): string =>
	name === "" ? "" : stage.ground.aliasOf(name);

/** By server, whether what was done to it was taken back; not those on which something was done since, or nothing taken back. */
export const takenBack = (
	steps: readonly StepReport[],
): ReadonlyMap<string, "back" | "not back" | "unknown"> => {
	const back = new Map<string, "back" | "not back" | "unknown">();
	for (const { name, on, outcome, effect } of steps) {
		const isDone = isGood({ outcome });
		if (name.startsWith("undo:"))
			back.set(on, isDone && back.get(on) !== "not back" ? "back" : "not back");
		else if (effect === "unknown" && !isDone) back.set(on, "unknown");
		else if (effect !== "unchanged") back.delete(on);
	}
	return back;
};

const backOf = (
	stage: Stage,
	steps: readonly StepReport[],
): Pick<Told, "putBack" | "notPutBack"> => {
	const all = [...takenBack(steps)].map(
		([name, how]) => [aliased(stage, name), how] as const,
	);
	return {
		putBack: all.flatMap(([alias, how]) => (how === "back" ? [alias] : [])),
		notPutBack: all.flatMap(([alias, how]) => (how === "back" ? [] : [alias])),
	};
};

const toldBy = (stage: Stage, outcome: OperationOutcome): Told => ({
	kind: outcome.kind,
	successful: outcome.successful,
	changed: outcome.changed,
	successor: "successor" in outcome ? aliased(stage, outcome.successor) : "",
	moved: "successor" in outcome ? "" : aliased(stage, subjectOf(outcome)),
	below: "below" in outcome ? aliased(stage, outcome.below) : "",
	arrived:
		"moved" in outcome ? outcome.moved.map((each) => aliased(stage, each)) : [],
	...backOf(stage, outcome.steps),
	state: "state" in outcome ? outcome.state : "",
	left: outcome.left.map(({ name }) => aliased(stage, name)),
	texts: [
		outcome.says,
		...outcome.errors,
		...outcome.left.map(({ reason }) => reason),
	].map((text) => withAliases(stage, text)),
});

/** What whoever asks is told while another operation runs. */
const IS_BUSY = /of this cluster is running/;

/** Whoever asked was told of no change: it was cancelled before anything was done, or it broke off. */
const toldOfNothing = (kind: OperationKind, says: string): readonly Told[] =>
	IS_BUSY.test(says)
		? []
		: [
				{
					kind,
					successful: false,
					changed: false,
					successor: "",
					moved: "",
					below: "",
					arrived: [],
					putBack: [],
					notPutBack: [],
					state: "",
					left: [],
					texts: [says],
				},
			];

/** @param asked what was asked for at first */
export const toldIn = (
	stage: Stage,
	ran: readonly Ran[],
	asked: OperationKind,
): readonly Told[] =>
	ran.flatMap((each) => {
		if (each.how === "died") return [];
		return each.how === "ended"
			? [toldBy(stage, each.outcome)]
			: toldOfNothing(asked, each.says);
	});

/** Whoever asks for the end of an operation learns at once whether it is too late for that, and it is as they were told. */
const wronglyEnded = (
	ran: Ran,
	refusal: string | undefined,
): readonly string[] => {
	if (refusal === undefined) return [];
	const hasSucceeded = ran.how === "ended" && ran.outcome.successful;
	if (refusal === "")
		return hasSucceeded
			? ["asked: its end was not refused, and it came through all the same"]
			: [];
	return hasSucceeded
		? []
		: [`asked: its end was refused (${refusal}), and it did not come through`];
};

/** Whether whoever asked for something while the operation ran was told what is true. */
export const judgeAsked = ({
	ran,
	refusal,
	others,
}: {
	readonly ran: Ran;
	/** Why its end was refused, empty where it was not; undefined where nobody asked for it. */
	readonly refusal: string | undefined;
	/** What came of the same that was asked for a second time. */
	readonly others: readonly Ran[];
}): readonly string[] => [
	...wronglyEnded(ran, refusal),
	...others.flatMap((other) =>
		other.how === "threw" && !IS_BUSY.test(other.says)
			? [`asked: the second one was told: ${other.says}`]
			: [],
	),
];

export const recordedIn = async (stage: Stage): Promise<Recorded> => {
	const { store } = stage;
	const [clusters, running, recoveries, fences] = await Promise.all([
		store.clusters.all(),
		store.operations.running(),
		store.recoveries.list({}),
		store.fences.open(),
	]);
	const [newest] = recoveries.toSorted((a, b) => b.id - a.id);
	return {
		primary: clusters
			.map(({ clusterName }) => aliased(stage, clusterName))
			.join(","),
		isHeld: running.length > 0,
		open: recoveries.filter(({ endedAtMs }) => endedAtMs === 0).length,
		newest: newest && {
			isSuccessful: newest.isSuccessful,
			successor: aliased(stage, newest.successor),
		},
		fences: fences.map((each) =>
			withAliases(
				stage,
				`${each.instance} ${each.state}${each.note === "" ? "" : `: ${each.note}`}`,
			),
		),
	};
};
