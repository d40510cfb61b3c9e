import { maintenanceBegun, maintenanceEnded } from "../../audit/changes.ts";
import { BatonError } from "../../errors.ts";
import {
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";
import { durationOf, reasonOf } from "./management.ts";

/** A maintenance without `-duration` (cli.md §7.7). */
const DEFAULT_MAINTENANCE_MS = 10 * 60 * 1000;

const activeOf = async (context: CommandContext, instance: string) => {
	const { maintenances } = await context.store();
	const active = await maintenances.active(context.nowMs);
	return active.find((each) => each.instance === instance);
};

const begin = async (context: CommandContext): Promise<void> => {
	const reason = reasonOf(context);
	const durationMs = durationOf(context, DEFAULT_MAINTENANCE_MS);
	const instance = await context.instance();
	const { maintenances } = await context.store();
	const begun = await maintenances.begin({
		instance,
		owner: context.owner,
		reason,
		beganAtMs: context.nowMs,
		endsAtMs: context.nowMs + durationMs,
		isExplicitlyBounded: true,
	});
	if (begun === undefined) {
		const held = await activeOf(context, instance);
		throw new BatonError(
			"Refused",
			`${instance} is under maintenance already${held === undefined ? "" : `, by ${held.owner}: ${held.reason}`}; end that with end-maintenance`,
		);
	}
	await context.audit(maintenanceBegun(begun));
	context.print(instance);
};

const end = async (context: CommandContext): Promise<void> => {
	const instance = await context.instance();
	const { maintenances } = await context.store();
	if (await maintenances.end(instance, context.nowMs))
		await context.audit(maintenanceEnded(instance));
	context.print(instance);
};

/** cli.md §7.7 */
export const MAINTENANCE_COMMANDS: readonly Command[] = [
	{
		name: "begin-maintenance",
		category: "Instance management",
		flags: [
			optional("-i"),
			required("-reason"),
			optional("-duration"),
			optional("-owner"),
		],
		access: "changes",
		summary: "Hold an instance for maintenance",
		help: "Marks the instance in -i as under maintenance for -duration (10 minutes when left out) and prints its name: it is not relocated, and findings about it are shown but not acted on. Refused while it is held already. The instance need not be known.",
		run: begin,
	},
	{
		name: "end-maintenance",
		category: "Instance management",
		flags: [optional("-i")],
		access: "changes",
		summary: "End the maintenance of an instance",
		help: "Ends the maintenance of the instance in -i, if there is one, and prints its name.",
		run: end,
	},
	{
		name: "in-maintenance",
		category: "Instance management",
		flags: [optional("-i")],
		access: "reads",
		summary: "Say whether an instance is under maintenance",
		help: "Prints the name of the instance in -i when it is under maintenance, and nothing when it is not.",
		run: async (context) => {
			const instance = await context.instance();
			if ((await activeOf(context, instance)) !== undefined)
				context.print(instance);
		},
	},
];
