import { okJson } from "../../compat/json/envelope.ts";
import { errors } from "../../errors.ts";
import { required } from "../../surface/flag-use.ts";
import type { Command, CommandContext } from "../command.ts";

const noAgent = async ({ flags }: CommandContext): Promise<never> => {
	throw errors.agentUnknown({ host: flags.hostname });
};

export const META_COMMANDS: readonly Command[] = [
	{
		name: "continuous",
		category: "Meta",
		flags: [],
		access: "changes",
		summary: "Watch and recover, without API and pages",
		help: "Watches the topologies and recovers them, as `http` does, but serves no API and no pages. Does not return.",
		run: (context) => context.serve({ http: false }),
		json: async (context) => {
			await context.serve({ http: false });
			return okJson("told to stop", null);
		},
	},
	{
		name: "custom-command",
		category: "Meta",
		flags: [required("-hostname"), required("-pattern")],
		// None can be asked, so that nothing is changed.
		access: "reads",
		summary: "Let an agent run a command of its own",
		help: "Lets the orchestrator-agent of the host in -hostname run the command in -pattern. Fails: agents cannot register with Baton, so that none is known.",
		run: noAgent,
		json: noAgent,
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
		// Read from JSON, and nothing else.
		json: async ({ configuration }) =>
			JSON.parse(JSON.stringify(configuration)),
	},
	{
		name: "help",
		category: "Meta",
		flags: [],
		access: "reads",
		summary: "List the commands",
		help: "Lists the commands; `help TOPIC` prints the text about one of them.",
		run: async (context) => context.printListing(),
		json: async (context) => context.listing(),
	},
];
