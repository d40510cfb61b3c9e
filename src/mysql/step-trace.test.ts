import { describe, expect, test } from "vitest";
import { combined, createTrace } from "./step-trace.ts";

describe("the effect of a step's writes on a server", () => {
	test("is unchanged before the first, unknown while one is pending, changed when it was answered", () => {
		const trace = createTrace();
		expect(trace.effect).toBe("unchanged");
		trace.sent();
		expect(trace.effect).toBe("unknown");
		trace.answered();
		expect(trace.effect).toBe("changed");
	});

	test("is as it was when the server refused", () => {
		const trace = createTrace();
		trace.sent();
		trace.refused();
		expect(trace.effect).toBe("unchanged");
		trace.sent();
		trace.answered();
		trace.sent();
		trace.refused();
		expect(trace.effect).toBe("changed");
	});

	test("is not known when the session was lost at a write or after one, and stays so", () => {
		const before = createTrace();
		before.lost();
		expect(before.effect).toBe("unchanged");
		for (const isAnswered of [true, false]) {
			const trace = createTrace();
			trace.sent();
			if (isAnswered) trace.answered();
			trace.lost();
			trace.lost();
			trace.sent();
			trace.answered();
			expect(trace.effect).toBe("unknown");
		}
	});

	test("is what somebody says who has looked again", () => {
		const trace = createTrace();
		trace.sent();
		trace.lost();
		trace.settle("unchanged");
		expect(trace.effect).toBe("unchanged");
	});

	test("of several sessions is the least certain one", () => {
		expect(combined([])).toBe("unchanged");
		expect(combined(["unchanged", "changed"])).toBe("changed");
		expect(combined(["unknown", "changed", "unchanged"])).toBe("unknown");
	});
});
