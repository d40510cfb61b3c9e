import { boolean, exactOptional } from "zod/mini";
import { NO_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

/** A server is the primary already, by a person's word or by what somebody has done on the servers: the record follows. */
export const adoption = operationKind({
	takes: () => ({
		cluster: cluster(),
		instance: instance(),
		/** Nobody has said so: only what is beyond doubt on the servers is recorded. */
		byServers: exactOptional(boolean()),
	}),
	names: ({ instance }) => [instance],
	line: ({ instance }) => `adopt ${instance}`,
	severity: "repair",
	opens: false,
	rules: { hooks: NO_HOOKS, audit: "adopt" },
	record: null,
	goal: "everybody",
	outcome: ({ instance }) => ({ instance }),
});
