import { describe, expect, it } from "vitest";
import {
	failing,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { startingFirst, stoppedByCutOff, takenUp } from "./cut-off.ts";
import { type Plan, refused } from "./plan.ts";
import { stepText } from "./step.ts";

const primary = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);

const stoppedOf = (each: Instance, applier: 0 | 1 = 1): Instance => ({
	...each,
	replication: { ...each.replication, receiver: 0, applier },
});

/** What a first operation went by, which saw `a` stopped by a person. */
const before = takenUp(snapshotOf([primary, stoppedOf(a), b]), []);

const plan: Plan = {
	...refused("t", ""),
	refusal: undefined,
	says: "",
} as unknown as Plan;

describe("receivers that an operation left stopped that was cut off", () => {
	const now = snapshotOf([primary, stoppedOf(a), stoppedOf(b, 0)]);

	it("are those that ran when it began, and no others", () => {
		expect(stoppedByCutOff(now, before)).toEqual([
			{ on: "b:3306", channel: "", applies: true },
		]);
		expect(stoppedByCutOff(now, undefined)).toEqual([]);
		expect(stoppedByCutOff(snapshotOf([primary, a, b]), before)).toEqual([]);
	});

	it("are not those of servers that were opened, or cannot be asked", () => {
		const opened = { ...stoppedOf(b), readOnly: false };
		const away = { ...stoppedOf(b), check: failing("timeout") };
		for (const each of [opened, away])
			expect(stoppedByCutOff(snapshotOf([primary, each]), before)).toEqual([]);
	});

	it("are still known when the next operation is cut off, too", () => {
		const stopped = stoppedByCutOff(now, before);
		expect(stoppedByCutOff(now, takenUp(now, stopped))).toEqual(stopped);
	});

	it("are started before all else, and planned with as if they ran", () => {
		const stopped = stoppedByCutOff(now, before);
		expect(
			takenUp(now, stopped).instances.map(({ replication }) => [
				replication.receiver,
				replication.applier,
			]),
		).toEqual([
			[-1, -1],
			[0, 1],
			[2, 1],
		]);
		const [first] = startingFirst(plan, stopped).phases;
		expect(first?.onFailure).toBe("goOn");
		expect(first?.steps.map((step) => stepText(step))).toEqual([
			"start replication of b:3306",
		]);
		expect(startingFirst(plan, [])).toBe(plan);
	});

	it("are started by a plan that is refused, too", () => {
		const stopped = stoppedByCutOff(now, before);
		expect(startingFirst(refused("t", "no"), stopped)).toMatchObject({
			refusal: "no",
			phases: [{ restores: true, steps: [{ on: "b:3306" }] }],
		});
	});
});
