import { afterAll, expect, test } from "vitest";
import { createFixture } from "../../test/support/command-line.ts";
import { usedInstead } from "./other-names.ts";
import { plainCommand } from "./plain-words.ts";

const fixture = await createFixture({ empty: true });
afterAll(() => fixture.remove());

test.each([
	["audit-recovery", "why"],
	["make-master", "the API: /api/make-master/:host/:port"],
])("%s: use %s", async (name, instead) => {
	const says = `FATAL Unknown command: "${name}" is none of the command line; use ${instead}\n`;
	for (const told of [await fixture.run(name), await fixture.typed(name)]) {
		expect(told).toMatchObject({ code: 1, stdout: "" });
		expect(told.stderr.endsWith(says)).toBe(true);
	}
});

test("no name for which another is told is a command, and each that is told is one", () => {
	for (const name of ["switchover", "masters", "instance"]) {
		expect(plainCommand(name)).toBeUndefined();
		expect(plainCommand(usedInstead(name) ?? "")).toBeDefined();
	}
	expect(usedInstead("topolgy")).toBeUndefined();
});
