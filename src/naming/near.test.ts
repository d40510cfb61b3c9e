import { expect, test } from "vitest";
import { didYouMean, editDistance, nearest } from "./near.ts";

test.each([
	["", "", 0],
	["abc", "", 3],
	["kitten", "sitting", 3],
	["ab", "ba", 1],
	["readonly", "raedonly", 1],
])("%j to %j takes %i edits", (from, to, distance) => {
	expect(editDistance(from, to)).toBe(distance);
});

test.each([
	["topolgy", "; did you mean topology?"],
	["TOPOLOGY", "; did you mean topology?"],
	["which-clusters", "; did you mean which-cluster or clusters?"],
	["cluster", "; did you mean clusters or which-cluster?"],
	["tag", "; did you mean tag or tags?"],
	["nonsense", ""],
	["to", ""],
	["", ""],
])("%j is near%s", (text, says) => {
	const known = ["topology", "which-cluster", "clusters", "tag", "tags"];
	expect(didYouMean(text, known)).toBe(says);
});

test("no more than three are named, the nearest first", () => {
	expect(didYouMean("shop", ["shop-eu", "shop-us", "shop-asia", "shops"])).toBe(
		"; did you mean shops or shop-eu or shop-us?",
	);
	expect(nearest("xyzzy", ["shop"])).toBeUndefined();
});
