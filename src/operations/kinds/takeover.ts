import { boolean, exactOptional } from "zod/mini";
import { TAKEOVER_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { primaryChange } from "./primary-change.ts";
import { operationKind } from "./row.ts";

/** The code that the records give a planned change of primary. */
const ANALYSIS = "DeadMaster";

/** `temporal workflow start --type takeover --input '{"cluster":"ci","to":"db2:3306"}'` */
export const takeover = operationKind({
	takes: () => ({
		cluster: cluster(),
		/** The replica to promote; without it the only replica, or with `auto` the best one. */
		to: exactOptional(instance()),
		/** graceful-master-takeover-auto: choose the replica, and start replication on the demoted primary. */
		auto: exactOptional(boolean()),
	}),
	names: ({ to }) => (to === undefined ? [] : [to]),
	line: ({ to }) => `takeover${to === undefined ? "" : ` to ${to}`}`,
	severity: "planned",
	opens: true,
	rules: { hooks: TAKEOVER_HOOKS, audit: "takeover" },
	record: {
		analysis: () => ANALYSIS,
		command: () => "graceful-master-takeover",
	},
	goal: "everybody",
	outcome: (_, end) => primaryChange(ANALYSIS, end),
});
