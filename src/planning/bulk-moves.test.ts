import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	failing,
	gtids,
	LOST_SOURCE,
	replica,
	replicating,
	STOPPED,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { planMoves } from "./bulk-moves.ts";
import type { MovesRequest } from "./bulk-target.ts";
import { stepText } from "./step.ts";

const p = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);
const c = replica("c", 4);
const below = (source: string, name: string, id: number) =>
	replica(name, id, {}, { sourceHost: source });

const plan = (
	instances: readonly Instance[],
	way: MovesRequest["way"],
	instance: InstanceName,
	rest: Partial<MovesRequest> & { readonly atOnce?: number } = {},
) => {
	const { atOnce = 5, ...request } = rest;
	return planMoves({
		request: { instance, way, ...request },
		snapshot: snapshotOf(instances),
		settings: { ...PLANNING, concurrentMoves: atOnce },
		done: [],
	});
};

const steps = (...of: Parameters<typeof plan>) => {
	const { phases, refusal } = plan(...of);
	return refusal ?? phases.map((each) => each.steps.map(stepText));
};

describe("the replicas of a server", () => {
	it("go below another one beside each other, a bounded number at once", () => {
		const made = plan([p, a, b, c], "replicas", "p:3306", {
			below: "a:3306",
			atOnce: 1,
		});
		expect(made.phases.map(({ name, onFailure }) => [name, onFailure])).toEqual(
			[
				["wait", "undo"],
				["move (1 of 2)", "each"],
				["move (2 of 2)", "each"],
			],
		);
		expect(steps([p, a, b, c], "gtid", "p:3306", { below: "a:3306" })).toEqual([
			["let a:3306 apply all that a:3306, b:3306, c:3306 received"],
			["move b:3306 below a:3306", "move c:3306 below a:3306"],
		]);
		expect(made.successor).toBe("a:3306");
	});

	it("are those that the pattern finds", () => {
		expect(
			steps([p, a, b, c], "replicas", "p:3306", {
				below: "a:3306",
				pattern: "^[C]:",
			}),
		).toEqual([
			["let a:3306 apply all that a:3306, c:3306 received"],
			["move c:3306 below a:3306"],
		]);
		expect(
			plan([p, a, b], "replicas", "p:3306", { below: "a:3306", pattern: "x" }),
		).toMatchObject({
			phases: [],
			says: "there was no replica of p:3306 to move below a:3306",
		});
	});

	it("stay where they are with the reason, where one cannot be moved", () => {
		const away = { ...b, check: failing("timeout") };
		const stranded = { ...c, executedGtid: `${gtids(100)},${uuid(9)}:1` };
		const made = plan(
			[p, a, away, stranded, below("p", "d", 5)],
			"gtid",
			"p:3306",
			{
				below: "a:3306",
			},
		);
		expect(made.left).toEqual([
			{
				name: "b:3306",
				reason: "b:3306 cannot be reached: timeout",
				isExpected: true,
			},
			{
				name: "c:3306",
				reason: `c:3306 has transactions that a:3306 lacks: ${uuid(9)}:1`,
			},
		]);
		expect(made.says).toContain("1 replica of p:3306 to stand below a:3306");
		expect(
			plan([p, a, away], "replicas", "p:3306", { below: "a:3306" }).refusal,
		).toBe(
			"none of 1 replica of p:3306 can be moved below a:3306: b:3306 cannot be reached: timeout",
		);
	});

	it("take their own errant transactions along, which is told", () => {
		const errant = {
			...b,
			executedGtid: `${gtids(100)},${uuid(3)}:1`,
			errantGtid: `${uuid(3)}:1`,
		};
		const made = plan([p, a, errant], "replicas", "p:3306", {
			below: "a:3306",
		});
		expect(made.notes).toEqual([
			`b:3306 keeps errant transactions of its own: ${uuid(3)}:1`,
		]);
		expect(
			plan([p, a, errant], "replicas", "p:3306", { below: "b:3306" }).refusal,
		).toContain("b:3306 has errant transactions, which a:3306 would get");
	});

	it("stay stopped where a person has stopped them", () => {
		const stopped = replica("b", 3, {}, STOPPED);
		const made = plan([p, a, stopped], "replicas", "p:3306", {
			below: "a:3306",
		});
		expect(made.phases.at(-1)?.steps[0]).toMatchObject({
			leaveStopped: true,
			leaveApplying: true,
		});
		expect(made.notes).toEqual([
			"b:3306 goes below a:3306 with its receiver stopped, as it was",
		]);
	});

	it("are not moved below one of their own", () => {
		const deep = below("a", "d", 5);
		expect(
			plan([p, a, b, deep], "replicas", "p:3306", { below: "d:3306" }).refusal,
		).toContain("d:3306 is a descendant of a:3306");
		expect(
			steps([p, a, b, deep], "replicas", "p:3306", {
				below: "d:3306",
				pattern: "^b",
			}),
		).toEqual([
			["let d:3306 apply all that d:3306, b:3306 received"],
			["move b:3306 below d:3306"],
		]);
	});

	it("go nowhere without a word where to, or below who is not there", () => {
		expect(plan([p, a], "replicas", "p:3306").refusal).toContain(
			"it is not said below which server",
		);
		expect(
			plan([p, a], "replicas", "p:3306", { below: "z:3306" }).refusal,
		).toContain("z:3306 is not in cluster p:3306; name a server that is");
		expect(plan([p, a], "replicas", "z:3306").refusal).toContain(
			"z:3306 is not in cluster p:3306; ",
		);
		const away = { ...a, check: failing("timeout") };
		expect(
			plan([p, away, b], "replicas", "p:3306", { below: "a:3306" }).refusal,
		).toBe("a:3306 cannot be reached: timeout");
	});

	it("of a dead one follow another, which has what they have", () => {
		const dead = { ...p, check: failing("connection-refused") };
		const far = replica("a", 2, {}, LOST_SOURCE);
		const near = replica(
			"b",
			3,
			{ executedGtid: gtids(80) },
			{ ...LOST_SOURCE, retrievedGtid: gtids(80) },
		);
		expect(
			steps([dead, far, near], "replicas", "p:3306", { below: "a:3306" }),
		).toEqual([
			["let a:3306 apply all that a:3306, b:3306 received"],
			["move b:3306 below a:3306"],
		]);
		expect(
			plan([dead, far, near], "replicas", "p:3306", { below: "b:3306" })
				.refusal,
		).toContain("a:3306 has transactions that b:3306 lacks");
	});
});

describe("one level up", () => {
	it("they become siblings of their source", () => {
		const all = [p, a, below("a", "d", 5), below("a", "e", 6)];
		expect(steps(all, "up", "a:3306")).toEqual([
			["move d:3306 below p:3306", "move e:3306 below p:3306"],
		]);
		expect(steps(all, "up", "p:3306")).toBe(
			"p:3306 is not a replica: there is no server above it",
		);
		expect(plan([p, a, b], "up", "b:3306")).toMatchObject({ phases: [] });
	});

	it("the other one of a pair stays", () => {
		const pair = { ...p, readOnly: true, replication: replicating("a") };
		expect(steps([pair, a, below("a", "d", 5)], "up", "a:3306").at(-1)).toEqual(
			["move d:3306 below p:3306"],
		);
	});
});

describe("repointing", () => {
	it("lays their channels anew, where they are or elsewhere", () => {
		expect(steps([p, a, b], "repoint", "p:3306")).toEqual([
			[
				"lay the channel of a:3306 to p:3306 anew",
				"lay the channel of b:3306 to p:3306 anew",
			],
		]);
		expect(
			steps([p, a, b], "repoint", "p:3306", { below: "a:3306" }).at(-1),
		).toEqual(["lay the channel of b:3306 to a:3306 anew"]);
		expect(
			steps([p, a, b], "replicas", "p:3306", { below: "p:3306" }),
		).toHaveLength(1);
	});
});

describe("the siblings of a replica", () => {
	it("go below it", () => {
		expect(steps([p, a, b, c], "siblings", "b:3306")).toEqual([
			["let b:3306 apply all that b:3306, a:3306, c:3306 received"],
			["move a:3306 below b:3306", "move c:3306 below b:3306"],
		]);
		expect(plan([p, a], "siblings", "p:3306").refusal).toContain(
			"p:3306 is not a replica",
		);
	});

	it("go below it when it has gone up, where it is made a local source", () => {
		const all = [p, a, below("a", "d", 5), below("a", "e", 6)];
		const made = plan(all, "local", "d:3306");
		expect(made.phases.map(({ name, onFailure }) => [name, onFailure])).toEqual(
			[
				["move up", "undo"],
				["wait", "undo"],
				["move", "each"],
			],
		);
		expect(steps(all, "local", "d:3306")).toEqual([
			["move d:3306 below p:3306"],
			["let d:3306 apply all that d:3306, e:3306 received"],
			["move e:3306 below d:3306"],
		]);
		expect(steps(all, "local", "a:3306")).toContain("is not a replica itself");
	});
});

describe("regrouping", () => {
	it("chooses the one that would be promoted, and puts the others below it", () => {
		const wanted = { ...b, promotionRule: "prefer" as const };
		const made = plan([p, a, wanted, c], "regroup", "p:3306");
		expect(made.successor).toBe("b:3306");
		expect(made.phases.at(-1)?.steps.map(stepText)).toEqual([
			"move a:3306 below b:3306",
			"move c:3306 below b:3306",
		]);
		expect(made.notes.join("\n")).toContain("b:3306");
	});

	it("never chooses one that others would be lost or spoilt by", () => {
		const out = [
			{ ...a, errantGtid: `${uuid(2)}:1` },
			{ ...b, promotionRule: "must_not" as const },
			replica("c", 4, {}, STOPPED),
			below("p", "d", 5),
		];
		expect(plan([p, ...out], "regroup", "p:3306").successor).toBe("d:3306");
		expect(plan([p, ...out.slice(0, 3)], "regroup", "p:3306").refusal).toMatch(
			/no replica can be promoted.*must_not/,
		);
		expect(
			plan([p, out[0] ?? a, out[2] ?? c], "regroup", "p:3306").refusal,
		).toMatch(/no replica of p:3306 can stand above the others: a:3306/);
	});

	it("has nothing to do for one alone, and nothing to say for none", () => {
		expect(plan([p, a], "regroup", "p:3306")).toMatchObject({
			phases: [],
			successor: "a:3306",
			left: [],
		});
		expect(plan([p], "regroup", "p:3306").refusal).toBe(
			"p:3306 has no replicas to regroup",
		);
	});
});
