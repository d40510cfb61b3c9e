import type { Servers } from "../mysql/servers.ts";
import type { Instance, Replication } from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../topology/instance-name.ts";
import type { Hostnames } from "./hostnames.ts";

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
 * The instance with each host that it names called by its one name: replicas that know their source by
 * different names have one source.
 */
const renamed = (
	instance: Instance,
	nameOf: (host: string) => string,
): Instance => {
	const named = (name: InstanceName): InstanceName => {
		const { host, port } = splitName(name);
		return instanceName(nameOf(host), port);
	};
	const channel = (replication: Replication): Replication => ({
		...replication,
		sourceHost: nameOf(replication.sourceHost),
	});
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
): Promise<Instance> => {
	const names = new Map<string, string>();
	for (const host of new Set(hostsIn(instance))) {
		if (host === "" || host === "_") continue;
		const name = hostnames.known(host) ?? (await hostnames.settle(host));
		if (name !== host) names.set(host, name);
	}
	return names.size === 0
		? instance
		: renamed(instance, (host) => names.get(host) ?? host);
};

/** The port to the servers, with the names that servers use for each other resolved wherever one is looked at. */
export const resolvingServers = (
	servers: Servers,
	hostnames: Hostnames,
): Servers => ({
	...servers,
	probe: async (session) => resolveIn(await servers.probe(session), hostnames),
	look: async (...where) => resolveIn(await servers.look(...where), hostnames),
});
