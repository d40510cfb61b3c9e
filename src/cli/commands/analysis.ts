import { analyse } from "../../analysis/analysis.ts";
import { listed } from "../../analysis/listing.ts";
import { analysisLine } from "../../compat/text/lines.ts";
import {
	analysisSettings,
	listingRules,
} from "../../config/analysis-settings.ts";
import { doubtfulSnapshots } from "../../reading/snapshots-of-store.ts";
import type { Command } from "../command.ts";
import { asRoute } from "../told.ts";

export const ANALYSIS_COMMANDS: readonly Command[] = [
	{
		name: "replication-analysis",
		category: "Recovery",
		flags: [],
		access: "reads",
		summary: "List what is wrong, in all clusters",
		help: "Lists each instance with a finding: host:port (cluster NAME): CODE, CODE … Downtimed ones are left out.",
		run: async (context) => {
			const settings = analysisSettings(context.configuration);
			const snapshots = await doubtfulSnapshots(
				await context.store(),
				settings,
				context.nowMs,
			);
			const entries = listed(
				snapshots.flatMap((snapshot) => analyse(snapshot, settings)),
				listingRules(context.configuration),
				{ downtimed: false },
			);
			for (const entry of entries) context.print(analysisLine(entry));
		},
		json: asRoute("replication-analysis"),
	},
];
