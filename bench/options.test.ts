import { expect, test } from "vitest";
import { readOptions, UsageError } from "./options.ts";

test("a failover bench by default: 20 runs of MySQL with semi-sync at 200 writes a second", () => {
	expect(readOptions(["failover"])).toEqual({
		kind: "failover",
		flavor: "mysql",
		runs: 20,
		semiSync: true,
		rate: 200,
		sharedBaton: false,
		settleMs: 3000,
		whenIdle: false,
		secondNode: false,
		jsonFile: undefined,
		instances: 500,
		replicas: 50,
		seconds: 60,
	});
});

test("a takeover is measured at 500 writes a second unless another rate is given", () => {
	expect(readOptions(["takeover"]).rate).toBe(500);
	expect(readOptions(["takeover", "--rate", "50"]).rate).toBe(50);
});

test("a second node takes over a failover, and nothing else", () => {
	expect(readOptions(["failover", "--second-node"]).secondNode).toBe(true);
	expect(() => readOptions(["takeover", "--second-node"])).toThrow(
		"--second-node goes with failover",
	);
});

test.each(["gtid", "analysis", "cli-read"])("%s is a kind", (kind) => {
	expect(readOptions([kind, "--n", "3"])).toMatchObject({ kind, runs: 3 });
});

test.each([
	[[]],
	[["switchover"]],
	[["failover", "--flavor", "oracle"]],
	[["failover", "--n", "0"]],
	[["failover", "--runs", "3"]],
])("%j is refused", (args) => {
	expect(() => readOptions(args)).toThrow(UsageError);
});
