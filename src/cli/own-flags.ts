import { errors } from "../errors.ts";
import type { Command } from "./command.ts";
import type { Flags } from "./flag-table.ts";

/** The flags of Baton's own that a command has to know. */
const OWN = [
	["-no-wait", "noWait"],
	["-dry-run", "dryRun"],
	["-break-glass", "breakGlass"],
] as const;

/** They promise something: a command that does not know them would do the opposite of what is asked. @throws BatonError BadInput */
export const refuseUntaken = (
	{ name, flags }: Pick<Command, "name" | "flags">,
	given: Flags,
): void => {
	for (const [own, field] of OWN)
		if (given[field] && !flags.some(({ flag }) => flag === own))
			throw errors.flagNotTaken({ command: name, flag: own });
};
