import { NO_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

/** A former primary is back: it is fenced, compared, and rejoined if it has nothing that the cluster lacks. */
export const rejoin = operationKind({
	takes: () => ({ cluster: cluster(), instance: instance() }),
	names: ({ instance }) => [instance],
	line: ({ instance }) => `rejoin ${instance}`,
	severity: "repair",
	opens: false,
	rules: { hooks: NO_HOOKS, audit: "rejoin" },
	record: null,
	goal: "its place",
	/** `state`: what became of its fence; empty when it stays as it was. */
	outcome: ({ instance }, { settlesFence }) => ({
		instance,
		state: settlesFence?.state ?? ("" as const),
	}),
});
