import { type Instance, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** A UUID that two have, one a copy of the other, says of neither that it is meant. */
const namesByUuid = (
	instances: readonly Instance[],
): ReadonlyMap<string, InstanceName> => {
	const names = new Map<string, InstanceName>();
	const shared = new Set<string>();
	for (const { serverUuid, name } of instances) {
		if (serverUuid === "") continue;
		if (names.has(serverUuid)) shared.add(serverUuid);
		names.set(serverUuid, name);
	}
	for (const each of shared) names.delete(each);
	return names;
};

/**
 * By the source's host and port, as the replica names it. One whose source is known by another name here is joined by the
 * source's UUID, which the server forgets whenever the channel is pointed elsewhere.
 */
export const replicasBySource = (
	instances: readonly Instance[],
	elsewhere: readonly Instance[],
): ReadonlyMap<InstanceName, readonly Instance[]> => {
	const names = new Set(instances.map((each) => each.name));
	let byUuid: ReadonlyMap<string, InstanceName> | undefined;
	const sourceNameOf = (replica: Instance, named: InstanceName) => {
		if (names.has(named)) return named;
		byUuid ??= namesByUuid(instances);
		return byUuid.get(replica.replication.sourceUuid) ?? named;
	};
	const replicasOf = new Map<InstanceName, Instance[]>();
	for (const instance of elsewhere.length === 0
		? instances
		: [...instances, ...elsewhere]) {
		const named = sourceOf(instance);
		if (named === undefined) continue;
		const source = sourceNameOf(instance, named);
		const siblings = replicasOf.get(source);
		if (siblings) siblings.push(instance);
		else replicasOf.set(source, [instance]);
	}
	return replicasOf;
};
