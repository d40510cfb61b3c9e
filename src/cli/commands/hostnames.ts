import {
	globally,
	unresolveDeregistered,
	unresolveRegistered,
} from "../../audit/changes.ts";
import { BatonError, errors } from "../../errors.ts";
import {
	instanceName,
	isHost,
	parseInstanceName,
	splitName,
} from "../../topology/instance-name.ts";
import {
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";

const resolve = async (context: CommandContext): Promise<void> => {
	const { instance: text } = context.flags;
	const name = parseInstanceName(
		text,
		context.configuration.DefaultInstancePort,
	);
	if (text === "") throw errors.instanceNotGiven();
	if (name === undefined) throw errors.noInstance(text, "-i");
	const target = splitName(name);
	const host = await context.canonicalHost(target);
	context.print(instanceName(host, target.port));
};

const deregister = async (context: CommandContext): Promise<void> => {
	const instance = await context.instance();
	const { hostnames } = await context.store();
	if (await hostnames.deregisterUnresolve(splitName(instance).host))
		await context.audit(unresolveDeregistered(instance));
	context.print(instance);
};

/** An empty `-hostname` takes the name away, as in the reference. */
const register = async (context: CommandContext): Promise<void> => {
	const virtual = context.flags.hostname;
	if (virtual === "") return deregister(context);
	if (!isHost(virtual) || virtual.startsWith("//"))
		throw new BatonError(
			"BadInput",
			`-hostname ${JSON.stringify(virtual)} is no host name; give the virtual name alone, without a port`,
		);
	const instance = await context.instance();
	const { hostnames } = await context.store();
	await hostnames.registerUnresolve({
		hostname: splitName(instance).host,
		virtual,
		atMs: context.nowMs,
	});
	await context.audit(unresolveRegistered(instance, virtual));
	context.print(instance);
};

/** cli.md §7.9 */
export const UNRESOLVE_COMMANDS: readonly Command[] = [
	{
		name: "register-hostname-unresolve",
		category: "Instance, meta",
		flags: [optional("-i"), required("-hostname")],
		access: "changes",
		summary: "Give a host a virtual name for its replicas to use",
		help: "From now on replicas are pointed to the virtual name in -hostname instead of the host of -i. It is per host, not per port, and ends ExpiryHostnameResolvesMinutes after it was last registered. An empty -hostname takes the name away.",
		run: register,
	},
	{
		name: "deregister-hostname-unresolve",
		category: "Instance, meta",
		flags: [optional("-i")],
		access: "changes",
		summary: "Take the virtual name of a host away",
		help: "Takes the virtual name away that was registered for the host of -i, if there is one, and prints the instance.",
		run: deregister,
	},
];

/** cli.md §7.9 */
export const RESOLVE_COMMANDS: readonly Command[] = [
	{
		name: "resolve",
		category: "Meta",
		flags: [required("-i")],
		access: "reads",
		summary: "Print the canonical name of a server that answers",
		help: "Connects to the port of -i, then asks the name service for the canonical name of its host, and prints that with the port. The store is not asked.",
		run: resolve,
	},
	{
		name: "reset-hostname-resolve-cache",
		category: "Meta",
		flags: [],
		access: "changes",
		summary: "Forget how host names were resolved",
		help: "Forgets the names that hosts were resolved to. They are looked up again with the next check.",
		run: async (context) => {
			await (await context.store()).hostnames.clearResolves();
			await context.audit(globally("reset-hostname-resolve-cache", ""));
			context.print("hostname resolve cache cleared");
		},
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
	},
	{
		name: "show-unresolve-hosts",
		category: "Meta",
		flags: [],
		access: "reads",
		summary: "List hosts and their virtual names",
		help: "Lists hosts and the virtual names registered for them, parted by a blank, one pair per line.",
		run: async (context) => {
			const { hostnames } = await context.store();
			for (const each of await hostnames.unresolves())
				context.print(`${each.hostname} ${each.virtual}`);
		},
	},
];
