import type { Command } from "../command.ts";
import { asRoute } from "../told.ts";

export const GLOBAL_SWITCH_READS: readonly Command[] = [
	{
		name: "check-global-recoveries",
		category: "Recovery",
		flags: [],
		access: "reads",
		summary: "Say whether automatic recoveries are switched off",
		help: "Prints whether automatic recoveries are switched off everywhere: true or false.",
		run: async (context) => {
			const { recoveries } = await context.store();
			context.print(
				`OK: Global recoveries disabled: ${await recoveries.isGloballyDisabled()}`,
			);
		},
		json: asRoute("check-global-recoveries"),
	},
];
