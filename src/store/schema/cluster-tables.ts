import { table } from "./column.ts";

export const clusterAlias = table({
	name: "cluster_alias",
	columns: {
		cluster_name: "varchar(128)",
		alias: "varchar(128)",
		last_registered: "timestamp",
	},
	key: ["cluster_name"],
	indexes: [
		{ name: "alias_uidx_cluster_alias", columns: ["alias"], unique: true },
		{
			name: "last_registered_idx_cluster_alias",
			columns: ["last_registered"],
		},
	],
});

export const clusterAliasOverride = table({
	name: "cluster_alias_override",
	columns: { cluster_name: "varchar(128)", alias: "varchar(128)" },
	key: ["cluster_name"],
});

export const clusterDomainName = table({
	name: "cluster_domain_name",
	columns: {
		cluster_name: "varchar(128)",
		domain_name: "varchar(128)",
		last_registered: "timestamp",
	},
	key: ["cluster_name"],
	indexes: [
		{
			name: "domain_name_idx_cluster_domain_name",
			columns: ["domain_name"],
		},
		{
			name: "last_registered_idx_cluster_domain_name",
			columns: ["last_registered"],
		},
	],
});
