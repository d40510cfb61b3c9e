import { nameJson } from "../../compat/json/values.ts";
import { errors } from "../../errors.ts";
import { required } from "../../surface/flag-use.ts";
import {
	type InstanceName,
	instanceName,
	parseInstanceName,
	splitName,
} from "../../topology/instance-name.ts";
import type { Command, CommandContext } from "../command.ts";
import { asRoute, told } from "../told.ts";

const resolve = async (context: CommandContext): Promise<InstanceName> => {
	const { instance: text } = context.flags;
	const name = parseInstanceName(
		text,
		context.configuration.DefaultInstancePort,
	);
	if (text === "") throw errors.instanceNotGiven();
	if (name === undefined) throw errors.noInstance({ flag: "-i", text });
	const target = splitName(name);
	const host = await context.canonicalHost(target);
	return instanceName(host, target.port);
};

export const RESOLVE_COMMANDS: readonly Command[] = [
	{
		name: "resolve",
		category: "Meta",
		flags: [required("-i")],
		access: "reads",
		summary: "Print the canonical name of a server that answers",
		help: "Connects to the port of -i, then asks the name service for the canonical name of its host, and prints that with the port. The store is not asked.",
		...told(resolve, { lines: (name) => [name], json: nameJson }),
	},
	{
		name: "show-resolve-hosts",
		category: "Meta",
		flags: [],
		access: "reads",
		summary: "List host names and what they were resolved to",
		help: "Lists host names and the names they were resolved to, parted by a blank, one pair per line.",
		run: async (context) => {
			const { hostnames } = await context.store();
			for (const each of await hostnames.resolves())
				context.print(`${each.hostname} ${each.resolved}`);
		},
		json: asRoute("hostname-resolve-cache"),
	},
	{
		name: "show-unresolve-hosts",
		category: "Meta",
		flags: [],
		access: "reads",
		summary: "List hosts and their virtual names",
		help: "Lists hosts and the virtual names registered for them, parted by a blank, one pair per line.",
		...told(async ({ store }) => (await store()).hostnames.unresolves(), {
			lines: (given) => given.map((each) => `${each.hostname} ${each.virtual}`),
			json: (given) =>
				given.map((each) => ({
					Hostname: each.hostname,
					UnresolvedHostname: each.virtual,
				})),
		}),
	},
];
