import {
	setCurrentDetails,
	upsertSearchAttributes,
} from "@temporalio/workflow";
import type { HousekeepingReport } from "../src/discovery/housekeeping.ts";
import { inMarkdown } from "../temporal/markdown.ts";
import { housekeepers } from "./activities.ts";

const described = ({
	purged,
	renamed,
	snapshotAt,
}: HousekeepingReport): string =>
	[
		"Removed from the store:",
		...Object.entries(purged).map(
			([what, count]) => `- ${inMarkdown(what)}: ${count}`,
		),
		...renamed.map(
			(name) => `- ${inMarkdown(name)}, which goes by another name now`,
		),
		...(Object.keys(purged).length + renamed.length === 0 ? ["- nothing"] : []),
		...(snapshotAt === 0 ? [] : ["", "All topologies were recorded."]),
	].join("\n");

/** Each minute, by a schedule: watches that ended begin again, the store loses what is past its time, topologies are recorded. */
export const housekeeping = async (): Promise<HousekeepingReport> => {
	upsertSearchAttributes({ BatonOperation: ["housekeeping"] });
	const report = await housekeepers.keepHouse.executeWithOptions(
		{ summary: "purge the store, see that every group is watched" },
		[],
	);
	setCurrentDetails(described(report));
	return report;
};
