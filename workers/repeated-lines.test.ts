import { expect, it } from "vitest";
import { createRepeatedLines } from "./repeated-lines.ts";

it("writes a line once, and a minute later how often it came", () => {
	const written: string[] = [];
	let nowMs = 0;
	const lines = createRepeatedLines(
		(line) => written.push(line),
		() => nowMs,
	);
	const say = (msg: string): void =>
		lines.write(`{"level":40,"time":"t${nowMs}","msg":"${msg}"}\n`);
	for (; nowMs < 59_000; nowMs += 1_000) say("away");
	say("other");
	expect(written).toEqual([
		'{"level":40,"time":"t0","msg":"away"}\n',
		'{"level":40,"time":"t59000","msg":"other"}\n',
	]);
	nowMs = 60_000;
	lines.settle();
	expect(written[2]).toBe(
		'{"level":40,"time":"t58000","msg":"away","repeated":58}\n',
	);
	// What came once is not told twice, and what comes anew is.
	nowMs = 200_000;
	lines.settle();
	say("away");
	expect(written.slice(3)).toEqual([
		'{"level":40,"time":"t200000","msg":"away"}\n',
	]);
});
