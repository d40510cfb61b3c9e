import { expect, test } from "vitest";
import { createLog, levelOf } from "./log.ts";

const QUIET = { quiet: true, verbose: false, debug: false };
const PLAIN = { quiet: false, verbose: false, debug: false };

const saidBy = (flags: typeof PLAIN): string => {
	const written: string[] = [];
	const log = createLog(
		levelOf(flags),
		(text) => written.push(text),
		() => 0,
		flags.quiet,
	);
	log.notice("no node\nruns\u2028\u001b[2J");
	log.warning("w");
	log.error("e");
	return written.map((line) => line.slice(20)).join("");
};

test("what a person who waits should know is said by default, and not when only errors are wanted", () => {
	expect(saidBy(PLAIN)).toBe("NOTICE no node runs \ufffd[2J\nERROR e\n");
	expect(saidBy(QUIET)).toBe("ERROR e\n");
	expect(saidBy({ ...PLAIN, verbose: true })).toBe(
		"NOTICE no node runs \ufffd[2J\nWARNING w\nERROR e\n",
	);
});
