import { expect, test } from "vitest";
import { unknownKeyWarning } from "./unknown-key.ts";

test.each([
	["#comment", undefined],
	["_note", undefined],
	["statussimplehealth", "retired"],
	["RaedOnly", 'did you mean "ReadOnly"?'],
	["DiscoverySeed", 'did you mean "DiscoverySeeds"?'],
	["SomethingElseEntirely", /ignored$/],
])("%s", (name, expected) => {
	const line = unknownKeyWarning("f.json", name);
	if (expected === undefined) expect(line).toBeUndefined();
	else expect(line).toMatch(expected);
});

test("a name cannot break the line", () => {
	expect(unknownKeyWarning("f.json", "a\nFATAL b")).not.toContain("\n");
});
