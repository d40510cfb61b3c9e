import { expect, it } from "vitest";
import { createIsolation } from "./isolation.ts";

it("a fault goes no further, and is said when it begins, changes or comes back", () => {
	const lines: string[] = [];
	const isolated = createIsolation({ warn: (text) => lines.push(text) });
	const fail = (text: string) => () => {
		throw new Error(text);
	};
	isolated("analysing a", fail("x"));
	isolated("analysing a", fail("x"));
	isolated("analysing b", fail("x"));
	isolated("analysing a", fail("y"));
	isolated("analysing a", () => undefined);
	isolated("analysing a", fail("y"));
	expect(lines).toEqual([
		"blind: analysing a failed: x",
		"blind: analysing b failed: x",
		"blind: analysing a failed: y",
		"blind: analysing a failed: y",
	]);
});
