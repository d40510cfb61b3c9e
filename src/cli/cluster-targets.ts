/** Which cluster a command is about, and what is said when that is none. */
import { type BatonError, errors } from "../errors.ts";
import { clusterCalled, nearClusters } from "../naming/clusters.ts";
import { matchesInWords } from "../naming/instances.ts";
import type { ClusterRecord } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { TargetDependencies, Targets } from "./targets.ts";

/** `-alias` by name, then by alias; then `-i`; the local host only when neither is given. */
const selectCluster = async (
	deps: TargetDependencies,
	instance: () => Promise<InstanceName>,
): Promise<ClusterRecord | undefined> => {
	const { alias, instance: given, isPlain } = deps.flags;
	const { clusters } = await deps.store();
	if (isPlain && alias !== "") return clusters.resolve(alias, deps.defaultPort);
	const known = alias === "" ? [] : await clusters.all();
	const called = clusterCalled(known, alias);
	if (called !== undefined || (alias !== "" && given === "")) return called;
	const identity = await clusters.identityOf(await instance());
	const found =
		identity === undefined ? undefined : await clusters.byIdentity(identity);
	// As in the reference; but a name that was mistyped is not passed over in silence.
	if (alias !== "" && found !== undefined)
		deps.log.error(
			errors.aliasPassedOver({
				cluster: alias,
				near: nearClusters(known, alias),
				instance: given,
			}).message,
		);
	return found;
};

/** Of `-alias`, which names no cluster. */
const whyNotCalled = async (
	deps: TargetDependencies,
	known: readonly ClusterRecord[],
): Promise<BatonError> => {
	const { alias: cluster } = deps.flags;
	const { clusters } = await deps.store();
	const ofInstance = await clusters.resolve(cluster, deps.defaultPort);
	return ofInstance === undefined
		? errors.unknownCluster({ cluster, near: nearClusters(known, cluster) })
		: errors.clusterIsInstance({
				cluster,
				instance: cluster,
				name: ofInstance.alias || ofInstance.clusterName,
			});
};

/** Why no cluster is selected: of what was given, what is not known. */
const whyNone = async (
	deps: TargetDependencies,
	instance: () => Promise<InstanceName>,
): Promise<BatonError> => {
	const { alias: cluster, instance: given } = deps.flags;
	const { clusters, inventory } = await deps.store();
	const known = await clusters.all();
	const isGiven = cluster !== "" || given !== "";
	if (known.length === 0)
		return isGiven
			? errors.noClusterKnown({ cluster: cluster || given })
			: errors.noClusterAtAll();
	if (!isGiven)
		return errors.clusterNotSelected({
			host: deps.localHostname(),
			count: known.length,
		});
	if (given === "") return whyNotCalled(deps, known);
	const name = await instance();
	const matches = matchesInWords(name, await inventory.names());
	return cluster === ""
		? errors.clusterOfNobody({ instance: name, matches })
		: errors.unknownClusterAndInstance({
				cluster,
				near: nearClusters(known, cluster),
				instance: name,
				matches,
			});
};

/** @param instance that of `-i`, completed */
export const createClusterTargets = (
	deps: TargetDependencies,
	instance: () => Promise<InstanceName>,
): Pick<Targets, "cluster" | "requiredCluster" | "clusterOrOnly"> => {
	const { alias, instance: given } = deps.flags;

	/** The words that the reference begins with, for whoever looks for them. */
	const logged = (why: BatonError): void => {
		const hint = alias || given || deps.localHostname();
		deps.log.error(errors.clusterNotGoneBy({ hint, why: why.message }).message);
	};

	return {
		cluster: async () => {
			const found = await selectCluster(deps, instance);
			if (found !== undefined) return found;
			const why = await whyNone(deps, instance);
			// What orchestrator lets pass is a failure in Baton's own form.
			if (deps.flags.isPlain) throw why;
			logged(why);
			return undefined;
		},
		requiredCluster: async () => {
			const found = await selectCluster(deps, instance);
			if (found !== undefined) return found;
			throw await whyNone(deps, instance);
		},
		clusterOrOnly: async () => {
			const found = await selectCluster(deps, instance);
			if (found !== undefined) return found;
			const why = await whyNone(deps, instance);
			const { clusters } = await deps.store();
			const [only, second] = await clusters.all();
			if (only === undefined || second !== undefined) throw why;
			logged(why);
			return only;
		},
	};
};
