import type { AnalysisChange } from "../../store/history/contract.ts";
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import { nameJson, timestamp } from "./values.ts";

/** orchestrator's `ReplicationAnalysisChangelog` of every instance that has one, by host and port; oldest change first. */
export const changelogJson = (changes: readonly AnalysisChange[]) => {
	const lines = new Map<InstanceName, string[]>();
	for (const { instance, atMs, analysis } of changes) {
		const own = lines.get(instance) ?? [];
		own.push(`${timestamp(atMs)};${analysis},`);
		lines.set(instance, own);
	}
	return [...lines]
		.sort(([a], [b]) => compareNames(a, b))
		.map(([instance, changelog]) => ({
			AnalyzedInstanceKey: nameJson(instance),
			Changelog: changelog,
		}));
};
