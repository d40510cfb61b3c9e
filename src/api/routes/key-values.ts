import type { Json } from "../../compat/json/go-json.ts";
import { primaryPairs } from "../../kv/primary-pairs.ts";
import { splitName } from "../../topology/instance-name.ts";
import { writablePrimaryOfEach } from "../../topology/primary.ts";
import type { ApiDeps } from "../deps.ts";
import { CLUSTER } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { CHANGE, envelopeRoutes, type Route, success } from "../route.ts";

/** The entries by which service discovery finds primaries (api.md §7.5). An empty list where the reference has null. */
export const keyValueRoutes = (deps: ApiDeps, reading: Reading): Route[] =>
	envelopeRoutes(
		{
			...CHANGE,
			paths: [
				"submit-masters-to-kv-stores",
				"submit-masters-to-kv-stores/:clusterHint",
			],
			says: "Writes the primaries to the key-value store: of one cluster, or of all",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { clusters, hostnames, inventory, keyValues } = deps.store;
			const chosen =
				input.clusterHint === undefined
					? await clusters.all()
					: [await reading.cluster(input)];
			const aliasOf = new Map(
				chosen.map((each) => [
					each.clusterName,
					each.alias || each.clusterName,
				]),
			);
			const pairs: { key: string; value: string }[] = [];
			for (const primary of writablePrimaryOfEach(await inventory.listed())) {
				const alias = aliasOf.get(primary.clusterName);
				if (alias === undefined) continue;
				pairs.push(
					...primaryPairs(
						deps.config().KVClusterMasterPrefix,
						alias,
						primary.name,
						await hostnames.addresses(splitName(primary.name).host),
					),
				);
			}
			await keyValues.put(pairs, deps.nowMs());
			const details: Json[] = pairs.map(({ key, value }) => ({
				Key: key,
				Value: value,
			}));
			return success(details, `Submitted ${pairs.length} masters to kv stores`);
		},
	);
