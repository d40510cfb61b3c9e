import { belowLine } from "../../compat/text/lines.ts";
import { BatonError } from "../../errors.ts";
import { knownInstance } from "../../naming/instances.ts";
import {
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";
import { runOperation } from "../run-operation.ts";

const relocate = async (context: CommandContext): Promise<void> => {
	const below = await context.destination();
	const instance = await context.instance();
	const store = await context.store();
	await knownInstance(store, instance);
	await knownInstance(store, below);
	const outcome = await runOperation(context, {
		kind: "relocation",
		instance,
		below,
		requestedBy: context.owner,
	});
	if (outcome === undefined) return;
	if (!outcome.attempted && !outcome.successful)
		throw new BatonError("Refused", outcome.says);
	context.print(belowLine(instance, below));
};

const relocateCommand = (name: string, summary: string): Command => ({
	name,
	category: "Smart relocation",
	flags: [optional("-i"), required("-d"), optional("-no-wait")],
	access: "changes",
	summary,
	help: "Moves the replica in -i below the server in -d, with all that replicates from it, and prints replica<source.",
	run: relocate,
});

export const RELOCATION_COMMANDS: readonly Command[] = [
	relocateCommand("relocate", "Move a replica below another server"),
	relocateCommand("relocate-below", "Older name of relocate"),
];
