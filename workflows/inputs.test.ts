import { describe, expect, it } from "vitest";
import { isCarried, isServerName } from "./inputs.ts";

describe("the name of a server", () => {
	it.each(["p:3306", "db-1.example.com:1", "10.0.0.1:3306", "::1:3306"])(
		"is one: %s",
		(name) => expect(isServerName(name)).toBe(true),
	);

	it.each([
		7,
		null,
		"",
		"p",
		"P:3306",
		"p:0",
		"p:65536",
		"a b:3306",
		"![x](http://evil):3306",
		"p\n:3306",
		`${"p".repeat(129)}:3306`,
	])("is none: %j", (name) => expect(isServerName(name)).toBe(false));
});

it("what an entity carries over names servers", () => {
	const carried = { findings: [], returned: ["old:3306"], moved: "n:3306" };
	expect(isCarried(undefined)).toBe(true);
	expect(isCarried(carried)).toBe(true);
	expect(isCarried({ ...carried, moved: undefined })).toBe(true);
	for (const wrong of [
		{ moved: "" },
		{ moved: "n" },
		{ moved: "[n](x):3306" },
		{ returned: ["old:3306", "old"] },
		{ returned: "old:3306" },
	])
		expect(isCarried({ ...carried, ...wrong })).toBe(false);
});
