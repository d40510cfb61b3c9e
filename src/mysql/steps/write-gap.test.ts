import { expect, it } from "vitest";
import { createWriteGap } from "./write-gap.ts";

it("counts from its beginning alone, and keeps some of it for the way back", () => {
	let nowMs = 1_000;
	const gap = createWriteGap(5_000, () => nowMs);
	nowMs += 60_000;
	expect([gap.lastsMs(), gap.leftMs(), gap.wholeLeftMs()]).toEqual([
		0, 4_000, 5_000,
	]);
	gap.begin();
	nowMs += 3_000;
	// Who begins once more does not get more of it.
	gap.begin();
	nowMs += 1_500;
	expect([gap.lastsMs(), gap.leftMs(), gap.wholeLeftMs()]).toEqual([
		4_500, -500, 500,
	]);
	expect(createWriteGap(1_000, () => 0).forwardMs).toBe(750);
});
