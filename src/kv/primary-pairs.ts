import type { KeyValuePair } from "../store/contract.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";

/**
 * The five entries by which service discovery finds a cluster's primary, in the reference's order.
 * @param prefix KVClusterMasterPrefix, with or without its trailing slash
 * @param addresses undefined when the host was not looked up yet: the entries are there, and empty
 */
export const primaryPairs = (
	prefix: string,
	alias: string,
	primary: InstanceName,
	addresses: { readonly ipv4: string; readonly ipv6: string } | undefined,
): readonly KeyValuePair[] => {
	const { host, port } = splitName(primary);
	const key = `${prefix.replace(/\/+$/, "")}/${alias}`;
	return [
		{ key, value: primary },
		{ key: `${key}/hostname`, value: host },
		{ key: `${key}/port`, value: String(port) },
		{ key: `${key}/ipv4`, value: addresses?.ipv4 ?? "" },
		{ key: `${key}/ipv6`, value: addresses?.ipv6 ?? "" },
	];
};
