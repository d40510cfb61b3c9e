import {
	boolean,
	exactOptional,
	number,
	enum as oneOf,
	record,
	strictObject,
	string,
} from "zod/mini";
import { cluster, instance, word } from "./fields.ts";
import { primaryChange } from "./primary-change.ts";
import { operationKind } from "./row.ts";

export const recovery = operationKind({
	takes: () => ({
		cluster: cluster(),
		/** The failed instance. */
		instance: instance(),
		/** Analysis code that is acted on. */
		analysis: word(),
		/** What a person asked for by name: filters, block period, downtime and the global switch do not apply. Missing when Baton acts by itself. */
		command: exactOptional(
			oneOf([
				"recover",
				"recover-lite",
				"force-master-failover",
				"force-master-takeover",
			]),
		),
		candidate: exactOptional(instance()),
		/** recover-lite, skipProcesses: no hooks. */
		skipHooks: exactOptional(boolean()),
		detectionId: exactOptional(number()),
		/** Milliseconds since the epoch when the failure was first noticed and when it was declared; for the timeline. */
		noticedAtMs: exactOptional(number()),
		declaredAtMs: exactOptional(number()),
		/** Replicas that the watcher found silent, by name, where only it could tell. */
		silence: exactOptional(
			record(string(), strictObject({ mark: string(), sinceMs: number() })),
		),
	}),
	names: ({ instance, candidate }) =>
		candidate === undefined ? [instance] : [instance, candidate],
	line: ({ analysis, instance }) => `${analysis} on ${instance}`,
	severity: "failover",
	opens: true,
	rules: "by analysis",
	record: {
		analysis: ({ analysis }) => analysis,
		command: ({ command }) => command ?? "",
	},
	goal: "a promotion",
	outcome: ({ analysis }, end) => primaryChange(analysis, end),
});
