import type { Command } from "../command.ts";

export const META_COMMANDS: readonly Command[] = [
	{
		name: "continuous",
		category: "Meta",
		flags: [],
		access: "changes",
		summary: "Watch and recover, without API and pages",
		help: "Watches the topologies and recovers them, as `http` does, but serves no API and no pages. Does not return.",
		run: (context) => context.serve({ http: false }),
	},
	{
		name: "dump-config",
		category: "Meta",
		flags: [],
		access: "reads",
		summary: "Print the effective configuration as JSON",
		help: "Prints every configuration key with its effective value as one line of JSON. Passwords are included: mind where it goes.",
		run: async (context) =>
			context.print(JSON.stringify(context.configuration)),
	},
	{
		name: "help",
		category: "Meta",
		flags: [],
		access: "reads",
		summary: "List the commands",
		help: "Lists the commands; `help TOPIC` prints the text about one of them.",
		run: async (context) => context.printListing(),
	},
];
