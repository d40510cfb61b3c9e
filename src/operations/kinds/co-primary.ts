import { exactOptional } from "zod/mini";
import { NO_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

/** A primary replicates back from one of its replicas, which stays read-only. */
export const coPrimary = operationKind({
	takes: () => ({
		/** May be left out: the cluster of the instance. */
		cluster: exactOptional(cluster()),
		instance: instance(),
	}),
	names: ({ instance }) => [instance],
	line: ({ instance }) => `make-co-master ${instance}`,
	severity: "repair",
	opens: false,
	rules: { hooks: NO_HOOKS, audit: "make-co-master" },
	record: null,
	goal: "everybody",
	outcome: ({ instance }) => ({ instance }),
});
