import {
	globally,
	unresolveDeregistered,
	unresolveRegistered,
} from "../../audit/changes.ts";
import { nameJson } from "../../compat/json/values.ts";
import type { Hostnames } from "../../store/naming/contract.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import { action } from "../action.ts";
import { INSTANCE } from "../arguments/instances.ts";
import { VIRTUAL_NAME } from "../arguments/words.ts";

/** A virtual name that was given to the host of an instance; empty when it was taken away, if it `had` one. */
interface Given {
	readonly instance: InstanceName;
	readonly virtual: string;
	readonly had: boolean;
}

const takenAway = async (
	hostnames: Hostnames,
	instance: InstanceName,
): Promise<Given> => ({
	instance,
	virtual: "",
	had: await hostnames.deregisterUnresolve(splitName(instance).host),
});

const messageOf = ({ instance, virtual, had }: Given): string => {
	if (virtual !== "")
		return `Instance register unresolved: ${instance} as ${virtual}`;
	return had
		? `Instance deregister unresolved: ${instance}`
		: `${splitName(instance).host} had no virtual name`;
};

const TOLD = {
	audited: ({ instance, virtual, had }: Given) => {
		if (virtual !== "") return [unresolveRegistered(instance, virtual)];
		return had ? [unresolveDeregistered(instance)] : [];
	},
	tells: {
		would: ({ instance, virtual, had }: Given) => {
			const { host } = splitName(instance);
			if (virtual !== "") return `give ${host} the virtual name ${virtual}`;
			return had ? `take the virtual name of ${host} away` : undefined;
		},
		lines: ({ instance }: Given) => [instance],
		json: ({ instance }: Given) => nameJson(instance),
		message: messageOf,
	},
};

export const VIRTUAL_NAMES = [
	action("register-hostname-unresolve", {
		category: "Instance, meta",
		says: "Give a host a virtual name for its replicas to use",
		help: "From now on replicas are pointed to the virtual name in -hostname instead of the host of -i. It is per host, not per port, and ends ExpiryHostnameResolvesMinutes after it was last registered. An empty -hostname takes the name away.",
		takes: { virtual: VIRTUAL_NAME, instance: INSTANCE },
		routes: ["register-hostname-unresolve/:host/:port/:virtualname"],
		run: async ({ store, nowMs }, { virtual, instance }): Promise<Given> => {
			if (virtual === "") return takenAway(store.hostnames, instance);
			await store.hostnames.registerUnresolve({
				hostname: splitName(instance).host,
				virtual,
				atMs: nowMs,
			});
			return { instance, virtual, had: false };
		},
		...TOLD,
	}),
	action("deregister-hostname-unresolve", {
		category: "Instance, meta",
		says: "Take the virtual name of a host away",
		help: "Takes the virtual name away that was registered for the host of -i, if there is one, and prints the instance.",
		takes: { instance: INSTANCE },
		routes: ["deregister-hostname-unresolve/:host/:port"],
		run: ({ store }, { instance }) => takenAway(store.hostnames, instance),
		...TOLD,
	}),
];

export const RESOLVED_NAMES = [
	action("reset-hostname-resolve-cache", {
		category: "Meta",
		says: "Forget how host names were resolved",
		help: "Forgets the names that hosts were resolved to. They are looked up again with the next check.",
		takes: {},
		routes: ["reset-hostname-resolve-cache"],
		run: ({ store }) => store.hostnames.clearResolves(),
		audited: () => [globally("reset-hostname-resolve-cache", "")],
		tells: {
			would: () => "forget how host names were resolved",
			lines: () => ["hostname resolve cache cleared"],
			json: () => null,
			message: () => "Hostname cache cleared",
		},
	}),
];
