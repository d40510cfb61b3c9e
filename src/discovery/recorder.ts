import type { Servers } from "../mysql/servers.ts";
import type { Store } from "../store/contract.ts";
import { derive } from "../topology/derive.ts";
import { errantAgainst } from "../topology/gtid/errant.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import type { Role } from "../topology/role.ts";
import { isAnother, markOf } from "../topology/server-mark.ts";
import { aliasAmong } from "./aliases.ts";

interface RecorderDeps {
	readonly store: Store;
	readonly servers: Servers;
	/** ClusterNameToAlias. */
	readonly aliasByName: (clusterName: string) => string;
	/** Takes a server out of its cluster. */
	readonly leave: (instance: Instance, identity: string) => Promise<void>;
}

/** Records instances that were looked at, in their place among those that are known. */
export const createRecorder = ({
	store,
	servers,
	aliasByName,
	leave,
}: RecorderDeps) => {
	/** It answers at the address of a member that it surely is not: it neither replicates there nor is on record. */
	const leaveIfStranger = async (
		found: Instance,
		before: Instance | undefined,
		roles: ReadonlyMap<string, Role>,
	): Promise<void> => {
		if (before === undefined || !isAnother(markOf(before), found)) return;
		const { clusters, operations } = store;
		const identity = await clusters.identityOf(found.name);
		if (identity === undefined || roles.get(identity)?.primary === found.name)
			return;
		const source = sourceOf(found);
		const home = source && (await clusters.identityOf(source));
		if (home === identity || (await operations.current(identity))) return;
		await leave(found, identity);
	};

	/** A source that was looked at before its replica is looked at once more, before the replica is said to have more than it. */
	const errantOf = async (
		replica: Instance,
		above: readonly Instance[],
	): Promise<string> => {
		const [source, ...further] = above;
		if (source === undefined || replica.otherChannels.length > 0) return "";
		const first = errantAgainst(replica, source, further);
		if (first === "") return "";
		const again = await servers.look(source.name, source);
		return isLastCheckValid(again)
			? errantAgainst(
					replica,
					{ ...again, ancestryUuid: source.ancestryUuid },
					further,
				)
			: replica.errantGtid;
	};

	const nameCluster = async (
		clusterName: string,
		members: readonly Instance[],
	): Promise<void> => {
		const top = members.find(({ name }) => name === clusterName);
		const alias =
			(top?.suggestedClusterAlias ?? "") ||
			aliasAmong(members, new Set()) ||
			aliasByName(clusterName);
		const clusters = alias === "" ? [] : await store.clusters.all();
		const isTaken = clusters.some(
			(each) => each.alias === alias && each.clusterName !== clusterName,
		);
		if (alias !== "" && !isTaken)
			await store.clusters.setSuggestedAlias(clusterName, alias);
		if (top !== undefined && top.clusterDomain !== "")
			await store.clusters.setDomain(clusterName, top.clusterDomain);
	};

	return {
		/**
		 * @param onlyKnown they were known when they were looked at: who was forgotten since is not recorded
		 * @returns them as they were recorded.
		 */
		record: async (
			found: readonly Instance[],
			{ onlyKnown = false } = {},
		): Promise<Instance[]> => {
			const names = new Set(found.map(({ name }) => name));
			const known = await store.inventory.all();
			const before = new Map(known.map((each) => [each.name, each]));
			const roles = await store.roles.all();
			const derived = derive(
				[
					...known.filter(({ name }) => !names.has(name)),
					...found.map((each) => ({
						...each,
						errantGtid: before.get(each.name)?.errantGtid ?? "",
					})),
				],
				new Set([...roles.values()].map(({ primary }) => primary)),
			);
			const lineage = lineageOf(derived);
			const recorded: Instance[] = [];
			for (const each of derived)
				if (names.has(each.name))
					recorded.push({
						...each,
						errantGtid: await errantOf(each, ancestorsOf(lineage, each)),
					});
			await store.inventory.save(recorded, { onlyKnown });
			for (const each of recorded)
				await leaveIfStranger(each, before.get(each.name), roles);
			for (const clusterName of new Set(
				recorded.map((each) => each.clusterName),
			)) {
				const members = derived.filter(
					(each) => each.clusterName === clusterName,
				);
				// Who belongs to an identity already decides which one it is.
				const inOrder = members.toSorted(
					(a, b) => Number(names.has(a.name)) - Number(names.has(b.name)),
				);
				await store.clusters.adopt(
					clusterName,
					inOrder.map(({ name }) => name),
					(name) => !onlyKnown && names.has(name),
				);
				await nameCluster(clusterName, members);
			}
			return recorded;
		},
	};
};
