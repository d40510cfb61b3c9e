import { expect, test } from "vitest";
import { Progress } from "./progress.ts";

const PLAN = `plan: relocation of db3:3306
  1. find the account (a failure takes everything back)
     - find the replication account on db1:3306: it is needed
  2. move (a failure is told, and it goes on)
     - move db3:3306 below db1:3306: it was asked for [undo: move db3:3306 below db2:3306]
     - move db4:3306 below db1:3306: it was asked for
  expected loss: none of the acknowledged writes`;

const EMPTY = `[${" ".repeat(20)}]`;

test("tells how far the plan is, and what is done now", () => {
	const progress = new Progress(500);
	expect(progress.text(500)).toBe(`${EMPTY} 0 s`);
	expect(progress.text(3_700)).toBe(`${EMPTY} 3 s`);
	progress.heard(PLAN);
	expect(progress.text(3_700)).toBe(
		`${EMPTY} 0/3 3 s  find the replication account on db1:3306`,
	);
	progress.heard("findCredential: found");
	progress.heard("PreFailoverProcesses: a hook is no step");
	progress.heard("account: nor is this");
	progress.heard("and this: neither");
	expect(progress.text(4_500)).toBe(
		`[${"#".repeat(6)}${" ".repeat(14)}] 1/3 4 s  move: move db3:3306 below db1:3306`,
	);
	progress.heard("moveBelow: moved");
	progress.heard("moveBelow: moved");
	expect(progress.text(4_500)).toBe(
		`[${"#".repeat(20)}] 3/3 4 s  relocation of db3:3306`,
	);
});

test("a plan that goes on with another counts on, and what is undone does not count", () => {
	const progress = new Progress(0);
	progress.heard(PLAN);
	progress.heard("findCredential: found");
	progress.heard(PLAN);
	expect(progress.text(0)).toContain("] 1/4 0 s");
	for (let times = 0; times < 9; times++) progress.heard("moveBelow: back");
	expect(progress.text(0)).toContain("] 4/4 0 s");
	progress.heard("plan: takeover: not done: refused");
	expect(progress.text(0)).toBe(`${EMPTY} 0 s`);
});
