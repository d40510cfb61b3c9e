import { expect, test } from "vitest";
import { inColour } from "./colours.ts";

test.each([
	[
		"db1:3306   [0s,ok,9.7.4,rw,ROW,>>,GTID]\n+ db2:3306 [null,nonreplicating,9.7.4,ro,ROW,>>,GTID]\n",
		"db1:3306   [0s,\u001b[32mok\u001b[0m,9.7.4,rw,ROW,>>,GTID]\n+ db2:3306 [null,\u001b[31mnonreplicating\u001b[0m,9.7.4,ro,ROW,>>,GTID]\n",
	],
	["[7s,lag]", "[7s,\u001b[33mlag\u001b[0m]"],
	[
		"2026-11-30 10:00:00 FATAL ERROR ok\n2026-11-30 10:00:01 WARNING x\n2026-11-30 10:00:02 INFO ok\n",
		"2026-11-30 10:00:00 \u001b[31mFATAL\u001b[0m ERROR ok\n2026-11-30 10:00:01 \u001b[33mWARNING\u001b[0m x\n2026-11-30 10:00:02 INFO ok\n",
	],
	["moved, ok, [a] ok,b [x,okay]", "moved, ok, [a] ok,b [x,okay]"],
])("%j", (text, painted) => {
	expect(inColour(text)).toBe(painted);
});
