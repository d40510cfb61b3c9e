/** The three kinds of filter lists: hosts, host names only, and clusters. */
import { foldHost } from "../topology/host.ts";
import { foldClusterName } from "../topology/instance-name.ts";
import { hostPattern, patternMatches } from "../topology/pattern.ts";

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;

/** Whether a text is an IP address and nothing else. Decided here, as the pure core has no network library. */
export const isIpLiteral = (text: string): boolean => {
	if (IPV4.test(text)) return true;
	const halves = text.split("::");
	if (!text.includes(":") || halves.length > 2) return false;
	const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
	const last = groups.at(-1);
	const embedded = last !== undefined && IPV4.test(last);
	const hex = embedded ? groups.slice(0, -1) : groups;
	const count = groups.length + (embedded ? 1 : 0);
	return (
		hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) &&
		(halves.length === 2 ? count < 8 : count === 8)
	);
};

export interface HostAddress {
	readonly host: string;
	readonly port: number;
}

/**
 * A test for `DiscoveryIgnore*`, `ProblemIgnore*`, `PromotionIgnore*` and `OSCIgnore*` lists: a filter that is an IP
 * address must equal the host; any other is a regexp searched in `host:port`, whose case does not count. An invalid regexp never matches.
 */
export const createHostFilter = (
	filters: readonly string[],
): ((address: HostAddress) => boolean) => {
	const addresses = new Set<string>(filters.filter(isIpLiteral).map(foldHost));
	const patterns = filters
		.filter((filter) => !isIpLiteral(filter))
		.map(hostPattern);
	return ({ host, port }) =>
		addresses.has(host) ||
		patterns.some((pattern) => pattern?.test(`${host}:${port}`));
};

/** A test for `RecoveryIgnoreHostnameFilters`: regexps searched in the host name alone. */
export const createHostNameFilter = (
	filters: readonly string[],
): ((host: string) => boolean) => {
	const patterns = filters.map(hostPattern);
	return (host) => patterns.some((pattern) => pattern?.test(host));
};

export interface ClusterNames {
	/** The drop-in name: `host:port` of the primary. */
	readonly name: string;
	/** Empty where the cluster has none. */
	readonly alias: string;
}

const clusterFilterMatches = (
	filter: string,
	{ name, alias }: ClusterNames,
): boolean => {
	// An empty entry must not switch recovery on for every cluster that has no alias.
	if (filter === "") return false;
	if (foldClusterName(filter) === name || filter === alias || filter === "*")
		return true;
	if (filter.startsWith("alias="))
		return filter.slice("alias=".length) === alias;
	if (filter.startsWith("alias~="))
		return patternMatches(filter.slice("alias~=".length), alias);
	return hostPattern(filter)?.test(name) ?? false;
};

/** Whether a `Recover*ClusterFilters` list names the cluster. An empty list names none. */
export const matchesClusterFilters = (
	filters: readonly string[],
	cluster: ClusterNames,
): boolean => filters.some((filter) => clusterFilterMatches(filter, cluster));

/** The regexp in a cluster filter, or undefined where it is a plain name or `*`. */
export const clusterFilterPattern = (filter: string): string | undefined => {
	if (filter === "*" || filter.startsWith("alias=")) return undefined;
	return filter.startsWith("alias~=") ? filter.slice("alias~=".length) : filter;
};
