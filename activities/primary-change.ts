import type { Claim } from "../src/engine/contract.ts";
import { errors } from "../src/errors.ts";
import { primaryPairs } from "../src/kv/primary-pairs.ts";
import type { Phase } from "../src/planning/plan.ts";
import { splitName } from "../src/topology/instance-name.ts";
import { markIn } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { fencesOfChange } from "./fence-keeping.ts";

interface TellsPrimary {
	readonly claim: Claim;
	readonly clusterAlias: string;
	readonly change: NonNullable<Phase["changesPrimary"]>;
}

/**
 * The change of primary is known from here on: name, alias, domain, key-value pairs, and the fence that waits for the
 * old primary's return, all of it or nothing. Runs beside the repointing, since service discovery waits for it.
 * @throws BatonError Superseded when a newer operation has the cluster
 */
export const createPrimaryChange =
	({ store, config, nowMs, pictures }: ActivityDeps) =>
	async ({
		claim: { identity, epoch, uid },
		clusterAlias,
		change,
	}: TellsPrimary): Promise<void> => {
		const { to } = change;
		const [picture, cluster, addresses] = await Promise.all([
			pictures.find(uid),
			store.clusters.byIdentity(identity),
			store.hostnames.addresses(splitName(to).host),
		]);
		const sinceMs = nowMs();
		const isWritten = await store.roles.write(
			identity,
			{
				primary: to,
				server: markIn(picture, to),
				epoch,
				word: change.word ?? "operation",
				sinceMs,
			},
			{
				fences: fencesOfChange(identity, change, picture, sinceMs),
				pairs: primaryPairs(
					config().KVClusterMasterPrefix,
					clusterAlias,
					to,
					addresses,
				),
				domain: cluster?.domain ?? "",
			},
		);
		// What a newer operation finds and writes is right.
		if (!isWritten) throw errors.superseded({ server: to });
	};
