import { expect, it } from "vitest";
import { server, snapshotOf } from "../../test/support/made-up-servers.ts";
import type { Role } from "./role.ts";
import { markOf } from "./server-mark.ts";
import { isStranger, markIn, replacedMarkIn } from "./snapshot.ts";

const seen = server("p", 1);
const other = server("p", 9);

const under = (server: Role["server"]) =>
	snapshotOf([seen], {
		role: { primary: "p:3306", server, epoch: 1, word: "met", sinceMs: 0 },
	});

it("whoever is fenced for a primary is the one on record, not another server that has its address by now", () => {
	const replaced = under(markOf(other));
	expect(isStranger(replaced, seen)).toBe(true);
	expect(replacedMarkIn(replaced, "p:3306")).toEqual(markOf(other));
	expect(markIn(replaced, "p:3306")).toEqual(markOf(seen));
	const itself = under(markOf(seen));
	expect(isStranger(itself, seen)).toBe(false);
	expect(replacedMarkIn(itself, "p:3306")).toEqual(markOf(seen));
	expect(replacedMarkIn(undefined, "p:3306").uuid).toBe("");
});
