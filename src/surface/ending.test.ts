import { describe, expect, test } from "vitest";
import { madeUpOutcome } from "../../test/support/made-up-outcome.ts";
import type { OperationRequest } from "../planning/operation.ts";
import { instanceName } from "../topology/instance-name.ts";
import { failureOf } from "./ending.ts";

const [dead, next, third] = [1, 2, 3].map((port) =>
	instanceName("db", port),
) as [
	ReturnType<typeof instanceName>,
	ReturnType<typeof instanceName>,
	ReturnType<typeof instanceName>,
];
const request: OperationRequest = {
	kind: "recovery",
	cluster: "db:1",
	instance: dead,
	analysis: "DeadMaster",
	command: "recover",
	requestedBy: "test",
	skipHooks: false,
};
const promoted = { successor: next, failed: dead };

describe("a failover that promoted somebody", () => {
	test("is a failure when it leaves somebody behind who should have come along, and says how that is mended", () => {
		expect(
			failureOf(
				madeUpOutcome(request, {
					...promoted,
					complete: false,
					left: [{ name: third, reason: "it refused" }],
				}),
			),
		).toEqual({
			code: "OperationFailed",
			message: `done. ${third} was left behind: it refused; bring it along with relocate -i ${third} -d ${next}`,
		});
	});

	test("tells the reason once", () => {
		const says = `${next} is the new primary; left behind: ${third} (it refused)`;
		const left = [{ name: third, reason: "it refused" }];
		const outcome = { ...promoted, says, complete: false, left };
		expect(failureOf(madeUpOutcome(request, outcome))?.message).toBe(
			`${says}. ${third} was left behind; bring it along with relocate -i ${third} -d ${next}`,
		);
	});

	test("names what else mends it where a relocation would be refused", () => {
		const left = [
			{ name: third, reason: "it has several", remedy: "do it by hand" },
		];
		expect(
			failureOf(madeUpOutcome(request, { ...promoted, complete: false, left }))
				?.message,
		).toBe(`done. ${third} was left behind: it has several; do it by hand`);
	});

	test("is none when those were left that could not be reached before", () => {
		expect(
			failureOf(
				madeUpOutcome(request, {
					...promoted,
					left: [{ name: third, reason: "cannot be reached" }],
				}),
			),
		).toBeUndefined();
	});
});

test("a relocation that failed is not said to be mended by itself", () => {
	const outcome = madeUpOutcome(
		{ kind: "relocation", cluster: "db:1", instance: third, below: next },
		{
			successful: false,
			complete: false,
			says: "it is not let in",
			left: [{ name: third, reason: "it is not let in" }],
		},
	);
	expect(failureOf(outcome)?.message).toBe(
		`it is not let in. ${third} was left behind; mend that, and ask for it again`,
	);
});

describe("moves of several replicas", () => {
	const moves = madeUpOutcome(
		{ kind: "moves", instance: dead, below: next, way: "gtid" },
		{ moved: [dead], left: [{ name: third, reason: "it refused" }] },
	);

	test("reach their goal when somebody was moved, or only when all were", () => {
		expect(failureOf(moves)).toBeUndefined();
		expect(failureOf(moves, undefined, true)).toEqual({
			code: "OperationFailed",
			message: `moved 1 of 2 replicas. done. ${third} was left behind: it refused; bring it along with relocate -i ${third} -d ${next}`,
		});
		expect(failureOf({ ...moves, left: [] }, undefined, true)).toBeUndefined();
	});
});
