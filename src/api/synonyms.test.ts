import { expect, test } from "vitest";
import { spellingsOf } from "./synonyms.ts";

test("a route with an old name is served under the new one too", () => {
	expect(spellingsOf("stop-slave/:host/:port")).toEqual([
		"stop-slave/:host/:port",
		"stop-replica/:host/:port",
	]);
});

test("only the whole first word counts", () => {
	expect(spellingsOf("stop-slaver/:host/:port")).toHaveLength(1);
	expect(spellingsOf("x/stop-slave")).toHaveLength(1);
});
