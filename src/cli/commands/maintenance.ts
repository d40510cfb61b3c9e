import { optional } from "../../surface/flag-use.ts";
import type { Command } from "../command.ts";
import { asInstanceRoute } from "../told.ts";

export const MAINTENANCE_READS: readonly Command[] = [
	{
		name: "in-maintenance",
		category: "Instance management",
		flags: [optional("-i")],
		access: "reads",
		summary: "Say whether an instance is under maintenance",
		help: "Prints the name of the instance in -i when it is under maintenance, and nothing when it is not.",
		run: async (context) => {
			const instance = await context.instance();
			const { maintenances } = await context.store();
			const active = await maintenances.active(context.nowMs);
			if (active.some((each) => each.instance === instance))
				context.print(instance);
		},
		json: asInstanceRoute("in-maintenance"),
	},
];
