import type { Servers } from "../mysql/servers.ts";
import type { Instance, Replication } from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";
import type { Hostnames } from "./hostnames.ts";
import type { KnownAliases } from "./known-aliases.ts";

const hostsIn = (instance: Instance): readonly string[] => [
	...[instance.replication, ...instance.otherChannels].map(
		({ sourceHost }) => sourceHost,
	),
	...[
		...instance.replicas,
		...instance.group.members,
		...(instance.group.primary === "" ? [] : [instance.group.primary]),
	].map((name) => splitName(name).host),
];

/**
 * The instance with each server that it names called by its one name: replicas that know their source by
 * different names have one source.
 */
const renamed = (
	instance: Instance,
	named: (name: InstanceName) => InstanceName,
): Instance => {
	const channel = (replication: Replication): Replication => {
		const { sourceHost, sourcePort } = replication;
		if (sourceHost === "" || sourceHost.startsWith("//")) return replication;
		const { host, port } = splitName(
			named(instanceName(sourceHost, sourcePort)),
		);
		return { ...replication, sourceHost: host, sourcePort: port };
	};
	return {
		...instance,
		replication: channel(instance.replication),
		otherChannels: instance.otherChannels.map(channel),
		replicas: [...new Set(instance.replicas.map(named))],
		group: {
			...instance.group,
			members: instance.group.members.map(named),
			primary:
				instance.group.primary === "" ? "" : named(instance.group.primary),
		},
	};
};

const resolveIn = async (
	instance: Instance,
	hostnames: Hostnames,
	aliases: KnownAliases,
): Promise<Instance> => {
	const names = new Map<string, string>();
	for (const host of new Set(hostsIn(instance))) {
		if (host === "" || host === "_") continue;
		const name = hostnames.known(host) ?? (await hostnames.settle(host));
		if (name !== host) names.set(host, name);
	}
	return names.size === 0 && aliases.all().size === 0
		? instance
		: renamed(instance, (name) => {
				const { host, port } = splitName(name);
				return aliases.nameOf(instanceName(names.get(host) ?? host, port));
			});
};

/** The port to the servers, with the names that servers use for each other resolved wherever one is looked at. */
export const resolvingServers = (
	servers: Servers,
	hostnames: Hostnames,
	aliases: KnownAliases,
): Servers => ({
	...servers,
	probe: async (session) =>
		resolveIn(await servers.probe(session), hostnames, aliases),
	look: async (...where) =>
		resolveIn(await servers.look(...where), hostnames, aliases),
});
