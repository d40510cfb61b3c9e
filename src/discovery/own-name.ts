import type { ProveOne } from "../mysql/one-process.ts";
import type { Servers } from "../mysql/servers.ts";
import { HOST_NAME, type ProbeFinding } from "../topology/check.ts";
import { isSameServer } from "../topology/doubles.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import type { Hostnames } from "./hostnames.ts";

interface Settled {
	/** The name that it goes by from now on. */
	readonly name: InstanceName;
	/** Why it does not go by what it calls itself; undefined when it does. */
	readonly finding?: ProbeFinding;
}

/**
 * Which name a server goes by: what it calls itself (MySQLHostnameResolveMethod), if that is where it is found. Two servers that
 * call themselves the same are two instances (there they collapse into one row); each keeps the name by which it
 * was contacted, and so does one that is not reachable under its own name from here.
 */
export const settleOwnName = async (
	deps: {
		readonly servers: Servers;
		readonly hostnames: Hostnames;
		readonly proveOne: ProveOne;
	},
	contact: InstanceName,
	seen: Instance,
): Promise<Settled> => {
	if (seen.name === contact) return { name: contact };
	const hosts = [splitName(contact).host, splitName(seen.name).host] as const;
	// That it was so once says nothing: the name may lead to another server by now.
	const there = await deps.servers.look(seen.name);
	const isAlike = isLastCheckValid(there) && isSameServer(there, seen);
	// One that was copied from the other looks the same, and so does one that only says so.
	const proof = isAlike
		? await deps.proveOne(contact, seen.name)
		: ({ outcome: "two" } as const);
	if (proof.outcome === "one") {
		await deps.hostnames.learn(...hosts);
		return { name: seen.name };
	}
	return {
		name: contact,
		finding: {
			about: HOST_NAME,
			privilege: "",
			says:
				proof.outcome === "unknown"
					? `it calls itself ${seen.name}, and whether the server that is there is this one could not be found out (${proof.why}); it is kept as ${contact} until it can`
					: isLastCheckValid(there)
						? `it calls itself ${seen.name}, and so does another server that is there; it is kept as ${contact}: give each a hostname of its own (report_host, or MySQLHostnameResolveMethod)`
						: `it calls itself ${seen.name}, where nothing answers from here (${there.check.error}); it is kept as ${contact}: make the name resolve, or set MySQLHostnameResolveMethod`,
		},
	};
};
