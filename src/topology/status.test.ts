import { describe, expect, it } from "vitest";
import {
	failing,
	NOW,
	replica,
	seenAt,
	server,
} from "../../test/support/made-up-servers.ts";
import { NEVER_CHECKED } from "./check.ts";
import { NO_GROUP } from "./group-replication.ts";
import type { Instance, Replication } from "./instance.ts";
import { isProblematic, lagWordOf, problemsOf, statusOf } from "./status.ts";

const limits = {
	nowMs: NOW,
	pollSeconds: 5,
	reasonableLagSeconds: 10,
	maintenanceLagSeconds: 20,
};
const secondsAgo = (seconds: number) => seenAt(NOW - seconds * 1000);
const below = (
	replication: Partial<Replication> = {},
	rest: Partial<Instance> = {},
): Instance =>
	replica(
		"r",
		2,
		{
			check: secondsAgo(1),
			lagSeconds: replication.secondsBehind ?? 0,
			...rest,
		},
		{ secondsBehind: 0, ...replication },
	);
const stopped = { receiver: 0, secondsBehind: null } as const;

describe("instance status", () => {
	it.each<[string, Instance, string, string, string]>([
		["fine", below(), "", "ok", "0s"],
		[
			"never seen",
			below({}, { check: NEVER_CHECKED }),
			"last_check_invalid",
			"invalid",
			"unknown",
		],
		[
			"last check failed",
			below({}, { check: failing("timeout") }),
			"last_check_invalid",
			"invalid",
			"unknown",
		],
		["five polls ago", below({}, { check: secondsAgo(25) }), "", "ok", "0s"],
		[
			"longer ago",
			below({}, { check: secondsAgo(26) }),
			"not_recently_checked",
			"unchecked",
			"unknown",
		],
		[
			"stopped",
			below(stopped, { lagSeconds: null }),
			"not_replicating",
			"nonreplicating",
			"null",
		],
		["some lag", below({ secondsBehind: 15 }), "replication_lag", "ok", "15s"],
		["much lag", below({ secondsBehind: 21 }), "replication_lag", "lag", "21s"],
		[
			"delayed on purpose",
			below({ secondsBehind: 3605, sqlDelaySeconds: 3600 }),
			"",
			"ok",
			"3605s",
		],
		["errant", below({}, { errantGtid: "u:1" }), "errant_gtid", "ok", "0s"],
		[
			"detached the old way",
			below({ execCoordinates: { file: "//b.1:4", position: 4 } }),
			"",
			"ok",
			"detached",
		],
		["primary", server("p", 1, { check: secondsAgo(1) }), "", "ok", "0s"],
	])("%s", (_, instance, problem, status, lag) => {
		expect(problemsOf(instance, limits).join()).toBe(problem);
		expect(statusOf(instance, limits)).toBe(status);
		expect(lagWordOf(instance, limits)).toBe(lag);
		expect(isProblematic(instance, limits)).toBe(problem !== "");
	});

	it("names group members that are not online, beside other problems", () => {
		const instance = below(stopped, {
			group: { ...NO_GROUP, name: "g", memberState: "ERROR" },
		});
		expect(problemsOf(instance, limits)).toEqual([
			"not_replicating",
			"group_replication_member_not_online",
		]);
	});
});
