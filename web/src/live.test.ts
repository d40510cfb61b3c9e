import { expect, test } from "vitest";
import { applyUpdate } from "./live.ts";

const before = { recoveries: [], "cluster/a": [], "cluster/b": [] };

test("a whole picture replaces everything", () => {
	expect(
		applyUpdate(before, { isWhole: true, set: { operations: [] }, drop: [] }),
	).toEqual({ operations: [] });
});

test("a change replaces its sections, drops some, and leaves the rest as they are", () => {
	const after = applyUpdate(before, {
		isWhole: false,
		set: { operations: [] },
		drop: ["cluster/a"],
	});
	expect(Object.keys(after).sort()).toEqual([
		"cluster/b",
		"operations",
		"recoveries",
	]);
	expect(after["cluster/b"]).toBe(before["cluster/b"]);
});
