import { expect, it } from "vitest";
import type { RollingStatus } from "../src/rolling/status.ts";
import { RollingState } from "./rolling-state.ts";

const RUNNING: RollingStatus = {
	identity: "shop",
	clusterName: "db1:3306",
	clusterAlias: "shop",
	workflowId: "rolling-maintenance/shop",
	requestedBy: "me",
	reason: "",
	phase: "running",
	says: "",
	beganAtMs: 0,
	saysSinceMs: 0,
	done: [],
	current: null,
	toCome: ["db2:3306"],
};

it("hears a person's word", () => {
	const state = new RollingState(RUNNING);
	state.check({ order: "pause", by: "me" });
	state.told({ order: "pause", by: "me" }, 1);
	expect(state.status).toMatchObject({ phase: "paused", says: "paused by me" });
});

it.each([
	[undefined, "order must be one of pause, resume, cancel, skip"],
	[{ order: "__proto__", by: "me" }, "order must be one of"],
	[{ order: "skip", by: "me" }, "server must be the host:port"],
	[{ order: "skip", server: "a b", by: "me" }, "server must be the host:port"],
	[{ order: "pause" }, "by must name the one who says so"],
	[{ order: "pause", by: "" }, "by must name the one who says so"],
	[{ order: "pause", by: { toString: 1 } }, "by must name the one who says so"],
	[{ order: "skip", server: "db2:3306", by: ["me"] }, "by must name"],
])("refuses %j: %s", (word, why) => {
	expect(() => new RollingState(RUNNING).check(word)).toThrow(why);
});
