import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** Further addresses of servers, as far as this process knows them: every name that a server tells goes through here. */
export interface KnownAliases {
	/** The name that the server goes by: the given one, where that is no alias. */
	nameOf(name: InstanceName): InstanceName;
	/** Every alias, with the name that its server goes by. */
	all(): ReadonlyMap<InstanceName, InstanceName>;
	/** Takes over what the store knows. @throws BatonError when the store fails */
	load(): Promise<void>;
}

export const createKnownAliases = (
	store: Pick<Store, "aliases">,
): KnownAliases => {
	let known: ReadonlyMap<InstanceName, InstanceName> = new Map();
	return {
		nameOf: (name) => known.get(name) ?? name,
		all: () => known,
		load: async () => {
			known = await store.aliases.all();
		},
	};
};
