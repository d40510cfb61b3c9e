import { expect, it } from "vitest";
import { rollingStatus } from "../../test/support/made-up-rolling.ts";
import { ROLLING_ORDERS, type RollingPhase } from "./status.ts";
import { whyNotTold } from "./word.ts";

it.each<[RollingPhase, string]>([
	["running", "pause cancel"],
	["pausing", "pause resume cancel"],
	["paused", "pause resume cancel"],
	["cancelling", "cancel"],
	["done", ""],
	["cancelled", ""],
	["refused", ""],
	["failed", ""],
])("one that is %s takes: %s", (phase, taken) => {
	const takes = ROLLING_ORDERS.filter(
		(order) => whyNotTold(rollingStatus({ phase }), { order }) === "",
	);
	expect(takes.join(" ")).toBe(taken);
});

const turn = (part: "hook" | "back") =>
	({
		server: "a:3306",
		part,
		sinceMs: 1,
		replicas: [],
		below: "",
		hookRun: 1,
		hookSays: "",
	}) as const;

it.each([
	[{ current: turn("back") }, ""],
	[{ current: turn("hook"), phase: "paused" }, ""],
	[{ current: turn("hook") }, "its hook runs"],
	[{ current: null, toCome: ["a:3306"] }, ""],
	[{ current: null, toCome: [] }, "a:3306 has no turn"],
	[
		{
			current: null,
			done: [{ server: "a:3306", sinceMs: 1, endedAtMs: 2, says: "" }],
		},
		"a:3306 has had its turn",
	],
	[{ current: turn("back"), phase: "done" }, "has ended"],
] as const)(
	"a server of one that stands so is skipped, or not: %j: %s",
	(stands, why) => {
		const told = whyNotTold(rollingStatus(stands), {
			order: "skip",
			server: "a:3306",
		});
		if (why === "") expect(told).toBe("");
		else expect(told).toContain(why);
	},
);
