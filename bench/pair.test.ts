import { expect, test } from "vitest";
import { comparedBy, orderOf, pairOf } from "./pair.ts";

const COMPARED = comparedBy("failover");

test("whoever went first goes second the next time", () => {
	expect([1, 2, 3].map((number) => orderOf(number)[0])).toEqual([
		"floor",
		"baton",
		"floor",
	]);
	expect(orderOf(2)).toEqual(["baton", "floor"]);
});

test("a pair has both sides' columns and how many times the floor Baton needed", () => {
	expect(
		pairOf(
			{ first_write_ms: 80, repointed_ms: 100, lost: 0 },
			{ first_write_ms: 300, repointed_ms: 250, lost: 0 },
			COMPARED,
		),
	).toEqual({
		first_write_ms: 300,
		repointed_ms: 250,
		lost: 0,
		floor_first_write_ms: 80,
		floor_repointed_ms: 100,
		floor_lost: 0,
		first_write_ratio: 3.75,
		repointed_ratio: 2.5,
	});
});

test("a pair of which one side failed has no ratio, and says which side it was", () => {
	const pair = pairOf(
		{ failed: "no write was acknowledged" },
		{ first_write_ms: 300, lost: 0 },
		COMPARED,
	);
	expect(pair).toEqual({
		first_write_ms: 300,
		lost: 0,
		failed: "without a manager: no write was acknowledged",
	});
});

test("both reasons stand when both sides failed", () => {
	expect(pairOf({ failed: "a" }, { failed: "b" }, COMPARED)["failed"]).toBe(
		"without a manager: a; Baton: b",
	);
});
