import { describe, expect, it } from "vitest";
import { NEVER_CHECKED } from "./check.ts";
import {
	type Instance,
	NO_GROUP,
	NO_REPLICATION,
	unknownInstance,
} from "./instance.ts";
import { isProblematic, lagWordOf, problemsOf, statusOf } from "./status.ts";

const nowMs = 1_000_000_000;
const limits = {
	nowMs,
	pollSeconds: 5,
	reasonableLagSeconds: 10,
	maintenanceLagSeconds: 20,
};
const seen = (secondsAgo: number) => ({
	...NEVER_CHECKED,
	checkedAtMs: nowMs - secondsAgo * 1000,
	seenAtMs: nowMs - secondsAgo * 1000,
});
const replica = (
	replication: Partial<Instance["replication"]> = {},
	rest: Partial<Instance> = {},
): Instance => ({
	...unknownInstance("r", 1),
	check: seen(1),
	lagSeconds: replication.secondsBehind ?? 0,
	replication: {
		...NO_REPLICATION,
		sourceHost: "p",
		sourcePort: 1,
		receiver: 1,
		applier: 1,
		secondsBehind: 0,
		...replication,
	},
	...rest,
});
const stopped = { receiver: 0, secondsBehind: null } as const;

describe("instance status", () => {
	it.each<[string, Instance, string, string, string]>([
		["fine", replica(), "", "ok", "0s"],
		[
			"never seen",
			unknownInstance("r", 1),
			"last_check_invalid",
			"invalid",
			"unknown",
		],
		[
			"last check failed",
			replica({}, { check: { ...seen(1), checkedAtMs: nowMs } }),
			"last_check_invalid",
			"invalid",
			"unknown",
		],
		["five polls ago", replica({}, { check: seen(25) }), "", "ok", "0s"],
		[
			"longer ago",
			replica({}, { check: seen(26) }),
			"not_recently_checked",
			"unchecked",
			"unknown",
		],
		[
			"stopped",
			replica(stopped, { lagSeconds: null }),
			"not_replicating",
			"nonreplicating",
			"null",
		],
		[
			"some lag",
			replica({ secondsBehind: 15 }),
			"replication_lag",
			"ok",
			"15s",
		],
		[
			"much lag",
			replica({ secondsBehind: 21 }),
			"replication_lag",
			"lag",
			"21s",
		],
		[
			"delayed on purpose",
			replica({ secondsBehind: 3605, sqlDelaySeconds: 3600 }),
			"",
			"ok",
			"3605s",
		],
		["errant", replica({}, { errantGtid: "u:1" }), "errant_gtid", "ok", "0s"],
		[
			"detached the old way",
			replica({ execCoordinates: { file: "//b.1:4", position: 4 } }),
			"",
			"ok",
			"detached",
		],
		["primary", { ...unknownInstance("p", 1), check: seen(1) }, "", "ok", "0s"],
	])("%s", (_, instance, problem, status, lag) => {
		expect(problemsOf(instance, limits).join()).toBe(problem);
		expect(statusOf(instance, limits)).toBe(status);
		expect(lagWordOf(instance, limits)).toBe(lag);
		expect(isProblematic(instance, limits)).toBe(problem !== "");
	});

	it("names group members that are not online, beside other problems", () => {
		const instance = replica(stopped, {
			group: { ...NO_GROUP, name: "g", memberState: "ERROR" },
		});
		expect(problemsOf(instance, limits)).toEqual([
			"not_replicating",
			"group_replication_member_not_online",
		]);
	});
});
