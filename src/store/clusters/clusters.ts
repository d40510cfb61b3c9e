import type { Clusters } from "../contract.ts";
import type { StoreDriver } from "../driver.ts";
import { timeText } from "../rows/cell.ts";
import {
	expireNames,
	setAliasOverride,
	setDomain,
	setSuggestedAlias,
} from "./alias.ts";
import { resolveHint } from "./hint.ts";
import { allMembers, identityOfInstance } from "./identity.ts";
import { adopt, resettle } from "./membership.ts";
import { allClusters, clusterByIdentity } from "./record.ts";

export const createClusters = (
	driver: StoreDriver,
	clock: () => number,
): Clusters => {
	const { queries } = driver;
	return {
		all: () => allClusters(queries),
		byIdentity: (identity) => clusterByIdentity(queries, identity),
		resolve: async (hint, defaultPort) => {
			const identity = await resolveHint(queries, hint, defaultPort);
			return identity === undefined
				? undefined
				: clusterByIdentity(queries, identity);
		},
		members: () => allMembers(queries),
		identityOf: (name) => identityOfInstance(queries, name),
		adopt: (clusterName, members, isNew) =>
			adopt(driver, { clusterName, members, isNew }, clock()),
		resettle: (name, companion) => resettle(driver, name, companion, clock()),
		setMarked: (clusterName, nowMs) =>
			driver.write((transaction) =>
				driver.upsert(
					transaction,
					"cluster_injected_pseudo_gtid",
					["cluster_name"],
					{ cluster_name: clusterName, time_injected: timeText(nowMs) },
				),
			),
		setSuggestedAlias: (clusterName, alias) =>
			setSuggestedAlias(driver, clusterName, alias, clock()),
		setAliasOverride: (clusterName, alias) =>
			setAliasOverride(driver, clusterName, alias, clock()),
		setDomain: (clusterName, domain) =>
			setDomain(driver, clusterName, domain, clock()),
		expireAliases: (registeredBeforeMs) =>
			driver.write((transaction) =>
				expireNames(transaction, "cluster_alias", registeredBeforeMs),
			),
		expireDomains: (registeredBeforeMs) =>
			driver.write((transaction) =>
				expireNames(transaction, "cluster_domain_name", registeredBeforeMs),
			),
	};
};
