import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type Done,
	NOTHING_LOST,
	type Phase,
	type Plan,
	refused,
} from "./plan.ts";
import type { Account, PlanPort, RanPhase } from "./plan-port.ts";
import { runPlan } from "./run-plan.ts";
import { type Answer, isGood, mayOpen, type Step } from "./step.ts";

const answer = (
	outcome: Answer["outcome"],
	effect: Answer["effect"],
	says: string = outcome,
): Answer => ({ outcome, effect, reached: "", says });

const DONE = answer("done", "changed");
const ALREADY = answer("already", "unchanged");

class Interrupted extends Error {}

/** Answers by `do on`, of one that takes back by `undo do on` first, else {@link DONE}; what it was asked for, in order. */
const portOf = (
	behaviour: {
		readonly answers?: Readonly<Record<string, Answer | Error>>;
		readonly account?: (on: string) => Account["where"];
		readonly replan?: (done: readonly Done[]) => Plan;
		/** Why a change of primary cannot be recorded. */
		readonly unrecorded?: Error;
		readonly next?: (ahead: readonly Done[]) => Plan;
		/** As if it took long. */
		readonly mostInOneGo?: number;
		/** Whether it is to end, by what was run so far. */
		readonly isEnded?: (calls: readonly string[]) => boolean;
	} = {},
) => {
	const calls: string[] = [];
	let shields = 0;
	const port: PlanPort = {
		run: async (phases, _plan, isUndo, ahead) => {
			const ran: RanPhase[] = [];
			for (const phase of phases.slice(0, behaviour.mostInOneGo)) {
				const keys = phase.steps.map((step) => `${step.do} ${step.on}`);
				calls.push(...keys.map((key) => `${isUndo ? "undo " : ""}${key}`));
				const given = keys.map(
					(key) =>
						(isUndo ? behaviour.answers?.[`undo ${key}`] : undefined) ??
						behaviour.answers?.[key] ??
						DONE,
				);
				const thrown = given.find((each) => each instanceof Error);
				if (thrown !== undefined && !isUndo) throw thrown;
				const answers = given.map((each) =>
					each instanceof Error ? DONE : each,
				);
				const isLast = phase === phases.at(-1);
				ran.push({
					answers,
					...(isLast && ahead !== undefined && behaviour.next !== undefined
						? { next: behaviour.next(ahead) }
						: {}),
				});
				if (!answers.every(isGood)) break;
			}
			return ran;
		},
		replan: async (done) => {
			calls.push("replan");
			return behaviour.replan?.(done) ?? refused("again", "no plan");
		},
		account: async (on) => {
			calls.push(`account ${on}`);
			const where = behaviour.account?.(on) ?? "closed";
			return { where, says: `${on} is ${where}` };
		},
		primaryChanged: async ({ to }) => {
			calls.push(`primary ${to}`);
			if (behaviour.unrecorded !== undefined) throw behaviour.unrecorded;
		},
		goOn: () => {
			if (behaviour.isEnded?.(calls) === true) throw new Interrupted();
		},
		shielded: async (work) => {
			shields += 1;
			return work();
		},
		isInterruption: (error) => error instanceof Interrupted,
		show: () => undefined,
	};
	return { port, calls, shields: () => shields };
};

const stop = (host: Lowercase<string>): Phase["steps"][number] => ({
	do: "stopReceiver",
	on: `${host}:1`,
	channel: "",
	because: "",
	undo: { do: "startReceiver", on: `${host}:1`, channel: "" },
});

const open = (host: Lowercase<string>): Phase["steps"][number] => ({
	do: "open",
	on: `${host}:1`,
	because: "",
});

const move = (host: Lowercase<string>): Phase["steps"][number] => ({
	do: "moveBelow",
	on: `${host}:1`,
	channel: "",
	source: "a:1",
	sourceUuid: "",
	sourceId: 0,
	because: "",
});

const planOf = (phases: readonly Phase[], rest: Partial<Plan> = {}): Plan => ({
	title: "plan",
	loss: NOTHING_LOST,
	notes: [],
	left: [],
	says: "it is done",
	phases,
	...rest,
});

const STOP: Phase = {
	name: "stop",
	steps: [stop("a"), stop("b")],
	onFailure: "undo",
};
const PROMOTE: Phase = {
	name: "promote",
	steps: [open("a"), move("b")],
	onFailure: "undo",
	noReturn: true,
	changesPrimary: { from: "p:1", to: "a:1", fence: true },
};
const FOLLOW: Phase = { name: "follow", steps: [move("c")], onFailure: "goOn" };

describe("a plan", () => {
	it("is run phase by phase, and its change of primary told", async () => {
		const { port, calls } = portOf({ mostInOneGo: 1 });
		const result = await runPlan(port, planOf([STOP, PROMOTE, FOLLOW]));
		expect(calls).toEqual([
			"stopReceiver a:1",
			"stopReceiver b:1",
			"open a:1",
			"moveBelow b:1",
			"primary a:1",
			"moveBelow c:1",
		]);
		expect(result).toMatchObject({
			state: "succeeded",
			says: "it is done",
			changed: true,
			left: [],
			errors: [],
		});
	});

	it("that is refused touches nothing", async () => {
		const { port, calls } = portOf();
		expect(await runPlan(port, refused("t", "it may not"))).toMatchObject({
			state: "refused",
			says: "it may not",
			changed: false,
		});
		expect(calls).toEqual([]);
	});

	it("goes on with another one when it continues", async () => {
		const { port, calls } = portOf({
			replan: (done) => planOf([PROMOTE], { says: `after ${done.length}` }),
		});
		const result = await runPlan(port, planOf([STOP], { continues: true }));
		expect(calls.indexOf("replan")).toBe(2);
		expect(result.says).toBe("after 2");
	});
});

describe("phases that only go forward", () => {
	const SETTLE: Phase = {
		name: "settle",
		steps: [move("d")],
		onFailure: "goOn",
	};
	const goesOf = (port: PlanPort): { port: PlanPort; goes: string[] } => {
		const goes: string[] = [];
		return {
			goes,
			port: {
				...port,
				run: (phases, ...rest) => {
					goes.push(phases.map(({ name }) => name).join(", "));
					return port.run(phases, ...rest);
				},
			},
		};
	};

	it("are run in one go from the opening on, and none before it", async () => {
		const { port, goes } = goesOf(portOf().port);
		const result = await runPlan(
			port,
			planOf([STOP, { ...STOP, name: "more" }, PROMOTE, FOLLOW, SETTLE]),
		);
		expect(goes).toEqual(["stop", "more", "promote, follow, settle"]);
		expect(result.done.map(({ phase }) => phase)).toEqual([
			"stop",
			"stop",
			"more",
			"more",
			"promote",
			"promote",
			"follow",
			"settle",
		]);
	});

	it("go on in another go behind one that failed, which counts as always", async () => {
		const { port, goes } = goesOf(
			portOf({ answers: { "moveBelow c:1": answer("failed", "unknown") } })
				.port,
		);
		const result = await runPlan(port, planOf([PROMOTE, FOLLOW, SETTLE]));
		expect(goes).toEqual(["promote, follow, settle", "settle"]);
		expect(result.failed.map(({ name }) => name)).toEqual(["c:1"]);
	});

	it("are told of by whoever ran them, or by the operation where that was not possible", async () => {
		const told = async (isTold: boolean) => {
			const { port, calls } = portOf();
			await runPlan(
				{
					...port,
					run: async (...asked) =>
						(await port.run(...asked)).map((each) =>
							isTold ? { ...each, isTold } : each,
						),
				},
				planOf([PROMOTE, FOLLOW]),
			);
			return calls.filter((each) => each.startsWith("primary"));
		};
		expect(await told(true)).toEqual([]);
		expect(await told(false)).toEqual(["primary a:1"]);
	});

	it("are all of unknown effect when nobody knows how far they came", async () => {
		const { port } = portOf({
			answers: { "moveBelow c:1": new Interrupted() },
		});
		const result = await runPlan(port, planOf([PROMOTE, FOLLOW]));
		expect(
			result.done.map(({ answer: { effect } }) => effect).slice(0, 3),
		).toEqual(["unknown", "unknown", "unknown"]);
	});
});

it("a plan that came with its last answers is not asked for again", async () => {
	const { port, calls } = portOf({
		next: (ahead) => planOf([FOLLOW], { says: `after ${ahead.length}` }),
	});
	const result = await runPlan(port, planOf([STOP], { continues: true }));
	expect(calls).not.toContain("replan");
	expect(result.says).toBe("after 0");
});

describe("a first phase that was run ahead", () => {
	const ahead = { answers: [DONE, DONE] };

	it("is not run again, and its plan is gone on with", async () => {
		const { port, calls } = portOf();
		const next = planOf([FOLLOW], { says: "planned with it" });
		const result = await runPlan(port, planOf([STOP], { continues: true }), [
			{ ...ahead, next },
		]);
		expect(calls.filter((each) => each.startsWith("stop"))).toEqual([]);
		expect(calls).not.toContain("replan");
		expect(result.says).toBe("planned with it");
		expect(result.done).toHaveLength(2 + FOLLOW.steps.length);
	});

	it("is followed by no opening when the operation was ended meanwhile, and taken back", async () => {
		const { port, calls } = portOf({ isEnded: () => true });
		const result = await runPlan(port, planOf([STOP], { continues: true }), [
			{ ...ahead, next: planOf([PROMOTE]) },
		]);
		expect(result).toMatchObject({ state: "undone", interrupted: true });
		expect(calls.filter((each) => each.startsWith("open"))).toEqual([]);
		expect(calls.filter((each) => each.startsWith("undo"))).toHaveLength(2);
	});

	it("is taken back like any other", async () => {
		const { port, calls } = portOf({ replan: () => refused("t", "nobody") });
		const result = await runPlan(port, planOf([STOP], { continues: true }), [
			ahead,
		]);
		expect(result).toMatchObject({ state: "undone", changed: false });
		expect(calls.filter((each) => each.startsWith("undo"))).toHaveLength(2);
	});
});

it("an operation that was ended in the last moment before its opening opens nobody", async () => {
	const { port, calls } = portOf({
		isEnded: (sofar) => sofar.some((each) => each.startsWith("stopReceiver")),
	});
	const result = await runPlan(port, planOf([STOP, PROMOTE]));
	expect(result).toMatchObject({ state: "undone", interrupted: true });
	expect(calls.filter((each) => each.startsWith("open"))).toEqual([]);
});

describe("a failure before anybody was opened", () => {
	it("takes back what changed, last things first, and says so", async () => {
		const back = { do: "startReplication", on: "c:1", channel: "" } as const;
		const { port, calls } = portOf({
			answers: {
				"stopReceiver b:1": ALREADY,
				"moveBelow c:1": answer("failed", "unknown", "it broke"),
			},
		});
		const result = await runPlan(
			port,
			planOf([
				STOP,
				{
					name: "move",
					steps: [{ ...move("c"), undo: back }],
					onFailure: "undo",
				},
			]),
		);
		expect(calls.slice(3)).toEqual([
			"undo startReplication c:1",
			"undo startReceiver a:1",
		]);
		expect(result).toMatchObject({
			state: "undone",
			says: "undone: it broke",
			changed: false,
		});
	});

	it("keeps what has no way back, and does not call that undone", async () => {
		const { port, calls } = portOf({
			answers: { "moveBelow c:1": answer("failed", "changed", "half done") },
		});
		const result = await runPlan(
			port,
			planOf([STOP, { ...FOLLOW, onFailure: "undo" }]),
		);
		expect(calls).toContain("undo startReceiver a:1");
		expect(result).toMatchObject({
			state: "stuck",
			says: "half done",
			changed: true,
			left: [{ name: "c:1", reason: "half done" }],
		});
	});

	it("is stuck when something cannot be taken back", async () => {
		const { port } = portOf({
			answers: {
				"moveBelow c:1": answer("refused", "unchanged", "no"),
				"startReceiver a:1": answer("failed", "unknown", "gone"),
			},
		});
		const result = await runPlan(
			port,
			planOf([STOP, { ...FOLLOW, onFailure: "undo" }]),
		);
		expect(result).toMatchObject({ state: "stuck", changed: true });
		expect(result.says).toContain(
			"not taken back: start the receiver of a:1: gone",
		);
	});

	it("of a phase that is planned anew asks for another plan", async () => {
		const { port } = portOf({
			answers: { "stopReceiver a:1": answer("failed", "unchanged") },
			replan: () => planOf([FOLLOW], { says: "by another way" }),
		});
		const result = await runPlan(
			port,
			planOf([{ ...STOP, onFailure: "replan" }]),
		);
		expect(result).toMatchObject({
			state: "succeeded",
			says: "by another way",
		});
	});

	it("of a phase that goes on is told, and a move left behind", async () => {
		const { port } = portOf({
			answers: { "moveBelow c:1": answer("failed", "changed", "no way") },
		});
		const result = await runPlan(port, planOf([FOLLOW]));
		expect(result).toMatchObject({
			state: "succeeded",
			left: [{ name: "c:1", reason: "no way" }],
			failed: [{ name: "c:1", reason: "no way" }],
			says: "it is done; left behind: c:1 (no way)",
		});
		expect(result.errors).toEqual(["move c:1 below a:1: no way"]);
	});
});

describe("an opening that is not clear", () => {
	const unclear = { "open a:1": answer("failed", "unknown", "lost") };

	it("and found open goes on", async () => {
		const { port } = portOf({ answers: unclear, account: () => "open" });
		expect(await runPlan(port, planOf([STOP, PROMOTE, FOLLOW]))).toMatchObject({
			state: "succeeded",
		});
	});

	it.each(["closed", "gone"] as const)(
		"and found %s has failed",
		async (where) => {
			const { port, calls } = portOf({
				answers: unclear,
				account: () => where,
			});
			const alone = { ...PROMOTE, steps: [open("a")] };
			const result = await runPlan(port, planOf([STOP, alone, FOLLOW]));
			expect(result.state).toBe("undone");
			expect(calls).toContain("undo startReceiver a:1");
			expect(calls).not.toContain("primary a:1");
		},
	);

	it.each(["closed", "gone"] as const)(
		"and found %s in a hand-over gives the old primary its writes back",
		async (where) => {
			const { port, calls } = portOf({
				answers: { "handOver a:1": answer("failed", "unknown", "lost") },
				account: () => where,
			});
			const handOver: Phase = {
				...PROMOTE,
				steps: [
					{
						do: "handOver",
						on: "a:1",
						from: "p:1",
						catchUpMs: 1,
						transactionsMs: 1,
						gapMs: 1_000,
						because: "",
						undo: { do: "open", on: "p:1" },
					},
				],
			};
			expect(await runPlan(port, planOf([STOP, handOver]))).toMatchObject({
				state: "undone",
				changed: false,
			});
			expect(calls).toContain("undo open p:1");
		},
	);

	it("and silent ends it: nobody else is opened", async () => {
		const { port, calls } = portOf({
			answers: unclear,
			account: () => "silent",
		});
		const result = await runPlan(
			port,
			planOf([STOP, { ...PROMOTE, onFailure: "replan" }, FOLLOW]),
		);
		expect(result).toMatchObject({ state: "stuck", says: "a:1 is silent" });
		expect(calls).not.toContain("replan");
		expect(calls.filter((each) => each.startsWith("open"))).toHaveLength(1);
	});

	it("is not asked about when it did nothing", async () => {
		const { port, calls } = portOf({
			answers: { "open a:1": answer("refused", "unchanged") },
		});
		await runPlan(port, planOf([STOP, PROMOTE]));
		expect(calls).not.toContain("account a:1");
	});
});

describe("after an opening", () => {
	it("nothing from before it is taken back, only what came after", async () => {
		const { port, calls } = portOf({
			answers: { "open d:1": answer("refused", "unchanged", "not it") },
		});
		const after: Phase = { ...STOP, name: "more", steps: [stop("d")] };
		const result = await runPlan(
			port,
			planOf([
				STOP,
				PROMOTE,
				after,
				{ ...PROMOTE, name: "again", steps: [open("d")] },
			]),
		);
		expect(calls.filter((each) => each.startsWith("undo"))).toEqual([
			"undo startReceiver d:1",
		]);
		expect(result).toMatchObject({
			state: "succeeded",
			says: "it is done; not it",
		});
	});

	it("a refused plan leaves the opened server standing", async () => {
		const { port } = portOf({ replan: () => refused("places", "no better") });
		expect(
			await runPlan(port, planOf([STOP, PROMOTE], { continues: true })),
		).toMatchObject({ state: "succeeded", says: "it is done; no better" });
	});
});

it("a move that failed beside an opening is planned anew, and the change of primary is told all the same", async () => {
	const { port, calls } = portOf({
		answers: { "moveBelow b:1": answer("failed", "unchanged") },
		replan: () => planOf([FOLLOW], { says: "it follows" }),
	});
	const result = await runPlan(
		port,
		planOf([{ ...PROMOTE, onFailure: "replan" }]),
	);
	expect(calls).toEqual([
		"open a:1",
		"moveBelow b:1",
		"primary a:1",
		"replan",
		"moveBelow c:1",
	]);
	expect(result).toMatchObject({ state: "succeeded", failed: [] });
});

it("everything from an opening on is shielded", async () => {
	const { port } = portOf();
	const shielded: string[] = [];
	let isShielded = false;
	await runPlan(
		{
			...port,
			shielded: async (work) => {
				isShielded = true;
				try {
					return await work();
				} finally {
					isShielded = false;
				}
			},
			run: async (phases, ...rest) => {
				if (isShielded) shielded.push(...phases.map(({ name }) => name));
				return port.run(phases, ...rest);
			},
		},
		planOf([STOP, PROMOTE, FOLLOW]),
	);
	expect(shielded).toEqual(["promote", "follow"]);
});

describe("an interruption", () => {
	it("takes everything back, the phase that it cut off too, without being interrupted itself", async () => {
		const { port, calls, shields } = portOf({
			answers: { "stopReceiver b:1": new Interrupted() },
		});
		const result = await runPlan(port, planOf([STOP, PROMOTE]));
		expect(result).toMatchObject({ state: "undone", interrupted: true });
		expect(calls.filter((each) => each.startsWith("undo")).sort()).toEqual([
			"undo startReceiver a:1",
			"undo startReceiver b:1",
		]);
		expect(shields()).toBeGreaterThan(0);
	});

	it("of any other kind is thrown", async () => {
		const { port } = portOf({
			answers: { "stopReceiver b:1": new Error("x") },
		});
		await expect(runPlan(port, planOf([STOP]))).rejects.toThrow("x");
	});
});

const outcomes = fc.constantFrom<Answer>(
	DONE,
	ALREADY,
	answer("refused", "unchanged"),
	answer("failed", "unchanged"),
	answer("failed", "changed"),
	answer("failed", "unknown"),
);

it("never opens a second server while one that may be open is unaccounted for, and takes back all that changed", async () => {
	await fc.assert(
		fc.asyncProperty(
			fc.array(outcomes, { minLength: 6, maxLength: 6 }),
			fc.array(
				fc.constantFrom<Account["where"]>("open", "closed", "gone", "silent"),
				{
					minLength: 3,
					maxLength: 3,
				},
			),
			async (given, wheres) => {
				const names: readonly Lowercase<string>[] = ["a", "b", "c"];
				const keys = names.flatMap((host) => [
					`stopReceiver ${host}:1`,
					`open ${host}:1`,
				]);
				const answers = Object.fromEntries(
					keys.map((key, at) => [key, given[at] ?? DONE]),
				);
				const whereOf = (on: string) =>
					wheres[names.findIndex((host) => on.startsWith(host))] ?? "closed";
				const attempt = (host: Lowercase<string>): Plan =>
					planOf([
						{ name: `stop ${host}`, steps: [stop(host)], onFailure: "goOn" },
						{
							name: `open ${host}`,
							steps: [open(host)],
							onFailure: "replan",
							noReturn: true,
						},
					]);
				let next = 0;
				const { port, calls } = portOf({
					answers,
					account: whereOf,
					replan: () => {
						next += 1;
						const host = names[next];
						return host === undefined ? refused("t", "nobody") : attempt(host);
					},
				});
				const result = await runPlan(port, attempt("a"));
				const opened = names.filter((host) => {
					const given = answers[`open ${host}:1`] ?? DONE;
					if (!calls.includes(`open ${host}:1`)) return false;
					return (
						isGood(given) ||
						(given.effect !== "unchanged" &&
							whereOf(`${host}:1`) !== "closed" &&
							whereOf(`${host}:1`) !== "gone")
					);
				});
				expect(opened.length).toBeLessThanOrEqual(1);
				if (result.state !== "undone") return;
				const changed = result.done.filter(
					({ step, answer: given, isUndo }) =>
						isUndo !== true &&
						!mayOpen(step as Step) &&
						given.effect !== "unchanged",
				);
				for (const { step } of changed)
					expect(calls).toContain(`undo startReceiver ${step.on}`);
			},
		),
	);
});

it("tries once more what nothing later would put in order, and tells of it", async () => {
	const tidy: Phase = {
		name: "tidy",
		steps: [
			{ do: "forgetSource", on: "a:1", channel: "", because: "" },
			{ do: "endSemiSync", on: "b:1", because: "" },
		],
		onFailure: "goOn",
	};
	const { port, calls } = portOf({
		answers: {
			"forgetSource a:1": answer("failed", "unknown", "lost"),
			"endSemiSync b:1": answer("refused", "unchanged", "no"),
		},
	});
	const ended = await runPlan(port, planOf([tidy]));
	expect(calls).toEqual([
		"forgetSource a:1",
		"endSemiSync b:1",
		"forgetSource a:1",
	]);
	expect(ended).toMatchObject({
		state: "succeeded",
		left: [],
		failed: [
			{ name: "a:1", reason: "lost" },
			{ name: "b:1", reason: "no" },
		],
		says: expect.stringContaining("to be put in order: a:1 (lost), b:1 (no)"),
	});
});

it.each<Step>([
	{ do: "forgetSource", on: "a:1", channel: "" },
	{ do: "fitSemiSync", on: "a:1", lowers: true },
	{ do: "endSemiSync", on: "a:1" },
	{ do: "startReceiver", on: "a:1", channel: "" },
	{ do: "startReplication", on: "a:1", channel: "" },
])(
	"a server that stands where it should is put in order by $do, twice where need be",
	async (step) => {
		const tidy: Phase = {
			name: "tidy",
			steps: [{ ...step, because: "" }],
			onFailure: "goOn",
		};
		const { port, calls } = portOf({
			answers: { [`${step.do} a:1`]: answer("failed", "unknown", "lost") },
		});
		const ended = await runPlan(port, planOf([tidy]));
		expect(calls).toEqual([`${step.do} a:1`, `${step.do} a:1`]);
		expect(ended).toMatchObject({
			failed: [{ name: "a:1", reason: "lost" }],
		});
	},
);

it("what a step had to lower is told where the end is, as if the plan had said it", async () => {
	const lowered = "LOWERED: semi-sync is switched off on a:1";
	const { port } = portOf({
		answers: { "fitSemiSync a:1": answer("done", "changed", lowered) },
	});
	const fit: Phase = {
		name: "acknowledgements",
		steps: [{ do: "fitSemiSync", on: "a:1", lowers: true, because: "" }],
		onFailure: "goOn",
	};
	expect(await runPlan(port, planOf([fit]))).toMatchObject({
		state: "succeeded",
		notes: [lowered],
		says: `it is done; ${lowered}`,
	});
});

it("what a step has to tell although it went well is told there too", async () => {
	const told = "an open transaction was ended";
	const { port } = portOf({
		answers: {
			"open a:1": { ...answer("done", "changed", "it is open"), tells: [told] },
		},
	});
	expect(await runPlan(port, planOf([PROMOTE]))).toMatchObject({
		notes: [told],
		says: `it is done; ${told}`,
	});
});

it("what a plan said that was abandoned before it opened anybody is not told", async () => {
	const promote: Phase = { ...PROMOTE, onFailure: "replan" };
	const { port } = portOf({
		answers: { "open a:1": answer("refused", "unchanged", "no") },
		replan: () =>
			planOf([{ ...promote, steps: [open("b")] }], { notes: ["b is next"] }),
	});
	expect(
		await runPlan(port, planOf([promote], { notes: ["LOWERED on a"] })),
	).toMatchObject({ state: "succeeded", notes: ["b is next"] });
});

it("takes back what nobody knows the end of in the knowledge that it may still go on", async () => {
	const { port } = portOf({
		answers: {
			"stopReceiver b:1": answer("failed", "unknown", "it goes on stopping"),
			"open a:1": answer("failed", "unchanged"),
		},
	});
	const { done } = await runPlan(
		port,
		planOf([
			{ name: "stop", steps: [stop("a"), stop("b")], onFailure: "goOn" },
			{ name: "open", steps: [open("a")], onFailure: "undo" },
		]),
	);
	expect(
		done.flatMap(({ step, isUndo }) =>
			isUndo === true && step.do === "startReceiver"
				? [[step.on, step.unsettled]]
				: [],
		),
	).toEqual([
		["a:1", undefined],
		["b:1", true],
	]);
});

it("tells of those whose receivers stay stopped when a server that may be open says nothing", async () => {
	const { port } = portOf({
		answers: { "open a:1": answer("failed", "unknown", "lost") },
		account: () => "silent",
	});
	const { state, left } = await runPlan(
		port,
		planOf([
			{
				name: "stop",
				steps: [stop("a"), stop("b"), stop("c")],
				onFailure: "goOn",
			},
			{
				name: "promote",
				steps: [open("a"), move("b")],
				onFailure: "replan",
				noReturn: true,
			},
		]),
	);
	expect(state).toBe("stuck");
	expect(left).toEqual([
		{
			name: "c:1",
			reason: "its receiver is stopped until it is known who takes writes",
			remedy: "the next failover brings it along",
		},
	]);
});

describe("a phase without steps", () => {
	const adopting: Plan = {
		title: "adoption",
		loss: NOTHING_LOST,
		phases: [
			{
				name: "record",
				steps: [],
				onFailure: "undo",
				changesPrimary: { from: "p:1", to: "n:1", fence: false },
			},
		],
		notes: [],
		left: [],
		says: "n:1 is recorded",
	};

	it("is its change of primary, and touches no server", async () => {
		const { port, calls } = portOf();
		expect(await runPlan(port, adopting)).toMatchObject({
			state: "succeeded",
			changed: false,
		});
		expect(calls).toEqual(["primary n:1"]);
	});

	it("fails with that", async () => {
		const { port } = portOf({ unrecorded: new Error("the store is away") });
		expect(await runPlan(port, adopting)).toMatchObject({
			state: "refused",
			changed: false,
			says: expect.stringContaining(
				"n:1 was not recorded as the primary: the store is away",
			),
		});
	});
});

describe("steps that stand each by itself", () => {
	const moved = (host: Lowercase<string>): Phase["steps"][number] => ({
		...move(host),
		undo: { do: "startReplication", on: `${host}:1`, channel: "" },
	});
	const two: Plan = planOf([
		{
			name: "move (1 of 2)",
			steps: [moved("b"), moved("c")],
			onFailure: "each",
		},
		{ name: "move (2 of 2)", steps: [moved("d")], onFailure: "each" },
	]);
	const lost = answer("failed", "unknown", "no answer");

	it("are taken back alone when they fail, and the others go on", async () => {
		const { port, calls } = portOf({
			answers: { "moveBelow b:1": lost },
		});
		expect(await runPlan(port, two)).toMatchObject({
			state: "succeeded",
			changed: true,
			says: "it is done; left behind: b:1 (no answer)",
			left: [{ name: "b:1", reason: "no answer" }],
			failed: [{ name: "b:1" }],
		});
		expect(calls).toEqual([
			"moveBelow b:1",
			"moveBelow c:1",
			"undo startReplication b:1",
			"moveBelow d:1",
		]);
	});

	it("are not taken back when they were refused, having touched nothing", async () => {
		const { port, calls } = portOf({
			answers: { "moveBelow c:1": answer("refused", "unchanged", "no") },
		});
		expect(await runPlan(port, two)).toMatchObject({
			state: "succeeded",
			left: [{ name: "c:1", reason: "no" }],
		});
		expect(calls.filter((each) => each.startsWith("undo"))).toEqual([]);
	});

	it("that cannot be taken back are told so", async () => {
		const { port } = portOf({
			answers: {
				"moveBelow b:1": lost,
				"startReplication b:1": answer("failed", "unknown", "gone"),
			},
		});
		const { errors, left } = await runPlan(port, two);
		expect(left).toEqual([{ name: "b:1", reason: "no answer" }]);
		expect(errors).toEqual([
			"move b:1 below a:1: no answer",
			"start replication of b:1: gone",
		]);
	});

	it("stay when the operation is ended before it is through", async () => {
		const between = portOf({
			isEnded: (calls) => calls.includes("moveBelow c:1"),
		});
		expect(await runPlan(between.port, two)).toMatchObject({
			state: "stuck",
			changed: true,
			interrupted: true,
			says: "it was cancelled, or something more urgent came first, before its point of no return",
		});
		expect(between.calls).toEqual(["moveBelow b:1", "moveBelow c:1"]);
		// Only what was cut off is put back.
		const within = portOf({ answers: { "moveBelow d:1": new Interrupted() } });
		expect(await runPlan(within.port, two)).toMatchObject({
			state: "stuck",
			interrupted: true,
		});
		expect(within.calls).toEqual([
			"moveBelow b:1",
			"moveBelow c:1",
			"moveBelow d:1",
			"undo startReplication d:1",
		]);
	});

	it("have touched nothing when all were refused", async () => {
		const no = answer("refused", "unchanged", "no");
		const { port } = portOf({
			answers: {
				"moveBelow b:1": no,
				"moveBelow c:1": no,
				"moveBelow d:1": no,
			},
		});
		expect(await runPlan(port, two)).toMatchObject({
			state: "succeeded",
			changed: false,
		});
	});
});

describe("a server that goes by way of another", () => {
	const meant = { channel: "", sourceUuid: "", sourceId: 0 } as const;
	const hop = (
		kind: "moveBelow" | "matchBelow",
		source: Lowercase<string>,
		former: Lowercase<string>,
	): Phase["steps"][number] => {
		const below = (name: Lowercase<string>): Step => {
			const to = { ...meant, on: "d:1", source: `${name}:1` } as const;
			return kind === "moveBelow"
				? { ...to, do: kind }
				: { ...to, do: kind, by: { way: "markers" } };
		};
		return { ...below(source), because: "", undo: below(former) };
	};
	const first = hop("moveBelow", "mid", "old");
	const second = hop("matchBelow", "new", "mid");
	const way = (onFailure: "undo" | "each"): Plan =>
		planOf([
			{
				name: "move (1 of 3)",
				steps: [first],
				onFailure,
				...(onFailure === "each" ? { isOnTheWay: true } : {}),
			},
			{ name: "move (2 of 3)", steps: [second], onFailure },
			{ name: "move (3 of 3)", steps: [move("e")], onFailure },
		]);
	const no = answer("refused", "unchanged", "no");

	it("goes back all of it when the rest fails", async () => {
		const { port, calls } = portOf({ answers: { "matchBelow d:1": no } });
		expect(await runPlan(port, way("undo"))).toMatchObject({
			state: "undone",
			says: "undone: no",
		});
		expect(calls.at(-1)).toBe("undo moveBelow d:1");
	});

	it("is told where it replicates when it cannot go back", async () => {
		const { port } = portOf({
			answers: {
				"matchBelow d:1": no,
				"undo moveBelow d:1": answer("refused", "unchanged", "not there"),
			},
		});
		expect(await runPlan(port, way("undo"))).toMatchObject({
			state: "stuck",
			says: "no; not taken back: move d:1 below old:1: not there; d:1 replicates from mid:1 now",
		});
	});

	it("goes back alone, where others go beside it", async () => {
		const { port, calls } = portOf({ answers: { "matchBelow d:1": no } });
		expect(await runPlan(port, way("each"))).toMatchObject({
			state: "succeeded",
			says: "it is done; left behind: d:1 (no)",
			left: [{ name: "d:1", reason: "no" }],
		});
		expect(calls).toEqual([
			"moveBelow d:1",
			"matchBelow d:1",
			"undo moveBelow d:1",
			"moveBelow e:1",
		]);
		const stays = portOf({
			answers: {
				"matchBelow d:1": no,
				"undo moveBelow d:1": answer("refused", "unchanged", "not there"),
			},
		});
		expect((await runPlan(stays.port, way("each"))).says).toBe(
			"it is done; d:1 replicates from mid:1 now; left behind: d:1 (no)",
		);
	});

	it("does not stay on its way when all is ended there", async () => {
		const { port, calls } = portOf({ isEnded: ({ length }) => length === 1 });
		expect(await runPlan(port, way("each"))).toMatchObject({ state: "undone" });
		expect(calls).toEqual(["moveBelow d:1", "undo moveBelow d:1"]);
	});

	it("fails once where it does not come half of its way", async () => {
		const { port } = portOf({
			answers: { "moveBelow d:1": no, "matchBelow d:1": no },
		});
		expect((await runPlan(port, way("each"))).failed).toEqual([
			{ name: "d:1", reason: "no" },
		]);
	});
});
