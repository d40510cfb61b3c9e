import type { Rolling } from "../../src/rolling/port.ts";
import type { RollingStatus } from "../../src/rolling/status.ts";

/** The rolling maintenance of a cluster that does not exist. */
export const rollingStatus = (
	rest: Partial<RollingStatus> = {},
): RollingStatus => ({
	identity: "shop",
	clusterName: "db1.ny:3306",
	clusterAlias: "shop",
	workflowId: "rolling-maintenance/shop",
	requestedBy: "ann",
	reason: "upgrade",
	phase: "running",
	says: "",
	beganAtMs: 0,
	saysSinceMs: 0,
	done: [],
	current: null,
	toCome: ["db2.ny:3306", "db1.ny:3306"],
	...rest,
});

/** Says what it is told, and does nothing. */
export const madeUpRolling = (): Rolling => ({
	plan: async () => ({
		turns: [
			{ server: "db2.ny:3306", says: "" },
			{ server: "db1.ny:3306", says: "db2.ny:3306 takes over from it first" },
		],
		refusals: [],
		waits: [],
	}),
	begin: async ({ identity, requestedBy, reason }) =>
		rollingStatus({ identity, requestedBy, reason }),
	tell: async ({ identity }, word) =>
		rollingStatus({
			identity,
			phase: word.order === "pause" ? "paused" : "running",
			says: `${word.order}${"server" in word ? ` ${word.server}` : ""} by ${word.by}`,
		}),
});
