import { exactOptional } from "zod/mini";
import { TAKE_SOURCE_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

/** A replica and its source, which is one itself, change places. */
export const exchange = operationKind({
	takes: () => ({
		/** May be left out: the cluster of the instance. */
		cluster: exactOptional(cluster()),
		instance: instance(),
	}),
	names: ({ instance }) => [instance],
	line: ({ instance }) => `take-master ${instance}`,
	severity: "repair",
	opens: false,
	rules: { hooks: TAKE_SOURCE_HOOKS, audit: "take-master" },
	record: null,
	goal: "everybody",
	outcome: ({ instance }) => ({ instance }),
});
