import type { Claim } from "../src/engine/contract.ts";
import type { Attempt } from "../src/engine/run-steps.ts";
import { BatonError, errors, errorText } from "../src/errors.ts";
import { primaryPairs } from "../src/kv/primary-pairs.ts";
import type { Phase } from "../src/planning/plan.ts";
import type { FollowsPrimary } from "../src/store/contract.ts";
import { splitName } from "../src/topology/instance-name.ts";
import { markIn } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { fencesOfChange } from "./fence-keeping.ts";

interface TellsPrimary {
	readonly claim: Claim;
	readonly clusterAlias: string;
	readonly change: NonNullable<Phase["changesPrimary"]>;
	/** The attempt that tells it, where a newer one may have come further. */
	readonly asked?: Attempt["asked"];
}

/**
 * The change of primary is known from here on: name, alias, domain, key-value pairs, and the fence that waits for the
 * old primary's return, all of it or nothing. Runs beside the repointing, since service discovery waits for it.
 * @throws BatonError Superseded when a newer operation has the cluster
 */
export const createPrimaryChange =
	({ store, config, nowMs, pictures, log }: ActivityDeps) =>
	async ({
		claim: { identity, epoch, uid },
		clusterAlias,
		change,
		asked,
	}: TellsPrimary): Promise<void> => {
		const { to } = change;
		const [picture, cluster, addresses] = await Promise.all([
			pictures.find(uid),
			store.clusters.byIdentity(identity),
			store.hostnames.addresses(splitName(to).host),
		]);
		const sinceMs = nowMs();
		const role = {
			primary: to,
			server: markIn(picture, to),
			epoch,
			word: change.word ?? "operation",
			sinceMs,
		} as const;
		const follows = {
			fences: fencesOfChange({ identity, epoch }, change, picture, sinceMs),
			pairs: primaryPairs(
				config().KVClusterMasterPrefix,
				clusterAlias,
				to,
				addresses,
			),
			domain: cluster?.domain ?? "",
		};
		const write = (what: FollowsPrimary) =>
			store.roles.write(identity, role, what, asked);
		const isWritten = await write(follows).catch((error: unknown) => {
			if (!(error instanceof BatonError && error.code === "BadInput"))
				throw error;
			// Who is the primary does not hang on the longest name that an attribute takes.
			log.error(
				{ cluster: identity },
				`${to} is recorded as the primary without its key-value pairs and the writer of its domain: ${errorText(error)}`,
			);
			return write({ ...follows, pairs: [], domain: "" });
		});
		// What a newer operation or attempt finds and writes is right.
		if (!isWritten) throw errors.superseded({ server: to });
	};
