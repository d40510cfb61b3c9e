import { exactOptional } from "zod/mini";
import { NO_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

export const relocation = operationKind({
	takes: () => ({
		/** May be left out: the cluster of the instance. */
		cluster: exactOptional(cluster()),
		instance: instance(),
		below: instance(),
	}),
	names: ({ instance, below }) => [instance, below],
	line: ({ instance, below }) => `relocate ${instance} below ${below}`,
	severity: "repair",
	opens: false,
	rules: { hooks: NO_HOOKS, audit: "relocate-below" },
	record: null,
	goal: "everybody",
	outcome: ({ instance, below }) => ({ instance, below }),
});
