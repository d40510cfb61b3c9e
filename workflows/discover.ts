import {
	setCurrentDetails,
	upsertSearchAttributes,
} from "@temporalio/workflow";
import type { DiscoveryReport } from "../src/discovery/scheduled.ts";
import { inMarkdown } from "../temporal/markdown.ts";
import { housekeepers } from "./activities.ts";

const described = (report: DiscoveryReport): string =>
	[
		...report.seedsThatAnswered.map(
			(name) => `- ${inMarkdown(name)}: a seed that answered`,
		),
		...report.seedsThatDoNot.map(
			(text) => `- ${inMarkdown(text)}: a seed, tried again`,
		),
		...report.adopted.map(
			(name) => `- ${inMarkdown(name)}: found in the store`,
		),
		...report.unseenSources.map(
			(name) => `- ${inMarkdown(name)}: a source that only its replicas name`,
		),
		`- ${report.confirmedNames} host names confirmed`,
	].join("\n");

/** By a schedule: seeds until they answer, rows that others left in the store, sources known by name only. */
export const discover = async (): Promise<DiscoveryReport> => {
	upsertSearchAttributes({ BatonOperation: ["discover"] });
	const report = await housekeepers.discoverSeeds.executeWithOptions(
		{ summary: "seeds, unseen sources, host names" },
		[],
	);
	setCurrentDetails(described(report));
	return report;
};
