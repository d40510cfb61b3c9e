import {
	cpSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installRuntime } from "../../workers/runtime.ts";
import { bundleToReplay, recordedIn, replayed } from "./replaying.ts";
import { storedHistories } from "./stored.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PARTS = ["workflows", "src", "temporal", "activities", "package.json"];

let copy: string;
beforeAll(() => {
	installRuntime(pino({ level: "silent" }));
	copy = mkdtempSync(join(tmpdir(), "baton-order-"));
	for (const part of PARTS)
		cpSync(join(ROOT, part), join(copy, part), { recursive: true });
	symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
});
afterAll(() => {
	if (copy !== undefined) rmSync(copy, { recursive: true });
});

/** A change of the code by which things happen in another order: what an operation under way could not go on with. */
interface Change {
	readonly file: string;
	/** Stands there once. */
	readonly from: string;
	readonly to: string;
	/** The recorded history that notices it. */
	readonly history: string;
}

const RUNNING_PLAN = "src/planning/running-plan.ts";
const RUN_PLAN = "src/planning/run-plan.ts";
const ACCOUNTED =
	"const unaccounted = await accountForAll(this.port, phase, answers);";

const CHANGES: Readonly<Record<string, Change>> = {
	"catch-up: it is planned anew although the steps have brought the next plan along":
		{
			file: RUN_PLAN,
			from: "halt === undefined && run.next !== undefined",
			to: "halt === undefined && run.next === undefined",
			history: "recovery-catch-up",
		},
	"nobody promoted: what was done is taken back before it is planned anew": {
		file: RUN_PLAN,
		from: ": await planAnew(run, port);",
		to: ": (await run.takeBack(plan), await planAnew(run, port));",
		history: "recovery-nobody",
	},
	"undone: first things first": {
		file: RUNNING_PLAN,
		from: "for (const phase of phasesBack(since)) {",
		to: "for (const phase of phasesBack(since).toReversed()) {",
		history: "recovery-of-a-living-primary-undone",
	},
	"release: the state is shown before the cluster is let go of": {
		file: "workflows/operation.ts",
		from: `const uid = begun?.claim.uid ?? "";`,
		to: `const uid = begun?.claim.uid ?? "";
			upsertSearchAttributes({ BatonState: ["failed"] });`,
		history: "takeover-broken-off",
	},
	"pre-emption: what is pushed aside is first waited for and then ended": {
		file: "workflows/one-operation.ts",
		from: `await cancel();
			const isFree = await condition(() => state.isFree, PREEMPT_WITHIN);`,
		to: `const isFree = await condition(() => state.isFree, PREEMPT_WITHIN);
			await cancel();`,
		history: "cluster-of-takeover-pre-empted",
	},
	"forced demotion: receivers are stopped before the living primary is closed":
		{
			file: RUNNING_PLAN,
			from: "for (const phase of plan.phases) {",
			to: `for (const phase of plan.phases.toSorted(
				(a, b) => Number(a.name === "close") - Number(b.name === "close"),
			)) {`,
			history: "recovery-of-a-living-primary-undone",
		},
	"hooks: those that come before are run after the plan": {
		file: "src/engine/run-operation.ts",
		from: "const blocked = await hooksBefore(port, begun, report);",
		to: `const blocked = "";
	await runPlan(planPort(port, request, begun, report), begun.plan);
	await hooksBefore(port, begun, report);`,
		history: "takeover-with-hooks",
	},
	"fallen candidate: it is planned anew before the candidate is accounted for":
		{
			file: RUNNING_PLAN,
			from: ACCOUNTED,
			to: `await this.port.replan(this.record.done);
		${ACCOUNTED}`,
			history: "recovery-fallen-candidate",
		},
	"retry: a move that failed beside the opening is not tried again": {
		file: RUNNING_PLAN,
		from: `const isAgain = failures.length > 0 && phase.onFailure === "replan";`,
		to: "const isAgain = false;",
		history: "recovery-tried-again",
	},
	"retry: with what failed what went well is done once more": {
		file: RUNNING_PLAN,
		from: "const steps = phase.steps.filter((_, at) => places.includes(at));",
		to: "const steps = phase.steps;",
		history: "recovery-tried-again",
	},
	"change of primary: it is told before the followers move, and not beside that":
		{
			file: RUNNING_PLAN,
			from: "this.tell(phase.changesPrimary);",
			to: "{ this.tell(phase.changesPrimary); await this.settle(); }",
			history: "takeover-unclear",
		},
	"phases that only go forward: each in a go of its own": {
		file: RUNNING_PLAN,
		from: "return end === -1 ? rest : rest.slice(0, end);",
		to: "return end === 0 ? rest : [phase];",
		history: "recovery",
	},
};

const stored = storedHistories();

/** Whether a replay of that history notices the change. */
const isNoticed = async ({
	file,
	from,
	to,
	history: name,
}: Change): Promise<boolean> => {
	const history = stored.find((each) => each.name === name);
	if (history === undefined) throw new Error(`there is no history ${name}`);
	const path = join(copy, file);
	const text = readFileSync(path, "utf8");
	if (text.split(from).length !== 2)
		throw new Error(`${file} does not hold once: ${from}`);
	writeFileSync(
		path,
		text.replace(from, () => to),
	);
	try {
		const bundle = await bundleToReplay(join(copy, "workflows/index.ts"));
		return !isDeepStrictEqual(
			await replayed(bundle, history),
			recordedIn(history.history),
		);
	} catch (error) {
		if (!/\[TMPRL1100\]|[Nn]ondeterminism/.test(String(error))) throw error;
		return true;
	} finally {
		writeFileSync(path, text);
	}
};

describe("a change of order is noticed by the replay of a recorded history", () => {
	it.each(Object.entries(CHANGES))("%s", async (_, change) => {
		expect(await isNoticed(change)).toBe(true);
	});

	it("and the same code without a change notices nothing", async () => {
		expect(
			await isNoticed({
				file: RUNNING_PLAN,
				from: "for (const phase of phasesBack(since)) {",
				to: "for (const phase of [...phasesBack(since)]) {",
				history: "recovery-of-a-living-primary-undone",
			}),
		).toBe(false);
	});
});
