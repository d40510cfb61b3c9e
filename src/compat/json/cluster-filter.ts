interface NamedCluster {
	readonly name: string;
	readonly alias: string;
}

const matchesPattern = (pattern: string, text: string): boolean => {
	try {
		return new RegExp(pattern).test(text);
	} catch (error) {
		// The configuration is checked at loading; a pattern that cannot be read matches nothing here either.
		if (error instanceof SyntaxError) return false;
		throw error;
	}
};

const matchesFilter = (cluster: NamedCluster, filter: string): boolean => {
	if (filter === cluster.name || filter === cluster.alias) return filter !== "";
	if (filter.startsWith("alias="))
		return filter.slice("alias=".length) === cluster.alias;
	if (filter.startsWith("alias~="))
		return matchesPattern(filter.slice("alias~=".length), cluster.alias);
	if (filter === "*") return true;
	return filter !== "" && matchesPattern(filter, cluster.name);
};

/** Whether any filter names the cluster; no filter, no match (recovery.md §3). */
export const matchesClusterFilters = (
	cluster: NamedCluster,
	filters: readonly string[],
): boolean => filters.some((filter) => matchesFilter(cluster, filter));
