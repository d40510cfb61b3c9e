import { errorText } from "../errors.ts";
import { ServerFault } from "../mysql/driver-error.ts";
import type { Servers } from "../mysql/servers.ts";
import { type Shut, shut } from "../mysql/shut.ts";
import { rowNamed } from "../operations/kinds.ts";
import type { Fence, Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { isAnother } from "../topology/server-mark.ts";

interface ShuttingDeps {
	readonly servers: Servers;
	readonly store: Pick<Store, "fences" | "clusters" | "operations">;
	readonly log: { warn(text: string): void };
	readonly onShut: (name: InstanceName) => void;
}

/** It may be about to make a server the primary, by whatever means. */
const mayMakePrimary = (kind: string): boolean =>
	kind === "adoption" || rowNamed(kind)?.opens !== false;

/**
 * Whether the store says that the server must not take writes, and no operation may be about to make it the primary. Which operation
 * came when is told by epochs: nodes have clocks of their own.
 */
export const isToBeShut = async (
	{ fences, clusters, operations }: ShuttingDeps["store"],
	identity: string,
	name: InstanceName,
	now: Parameters<typeof isAnother>[1],
): Promise<boolean> => {
	// One after another: an operation that makes it the primary and ends in between is seen by the role that it has written.
	const running = await operations.current(identity);
	const fence = await fences.get(name);
	const cluster = await clusters.byIdentity(identity);
	return (
		fence !== undefined &&
		(fence.state === "waiting" || fence.state === "fenced") &&
		fence.identity === identity &&
		// Another server at its address is not the one that was replaced.
		!isAnother(fence.server, now) &&
		cluster !== undefined &&
		cluster.clusterName !== name &&
		cluster.role?.primary !== name &&
		(running === undefined ||
			!mayMakePrimary(running.kind) ||
			// The one that has laid the fence.
			running.epoch === fence.epoch)
	);
};

/** Closes a deposed primary in the moment in which it answers. What it is and has is looked into by an operation, which comes later. */
export const createShutting = ({
	servers,
	store,
	log,
	onShut,
}: ShuttingDeps) => {
	const troubles = new Map<InstanceName, string>();

	const failed = (name: InstanceName, error: unknown): Shut | undefined => {
		// That it is down, still: it is tried again.
		if (error instanceof ServerFault && error.outcome !== "refused-by-server")
			return undefined;
		const says = errorText(error);
		if (troubles.get(name) !== says)
			log.warn(
				`${name} was replaced, and could not be closed at once: ${says}`,
			);
		troubles.set(name, says);
		return "open";
	};

	/** @returns undefined where it does not answer */
	return async ({
		identity,
		instance: name,
	}: Pick<Fence, "identity" | "instance">): Promise<Shut | undefined> => {
		try {
			const found = await shut(servers, name, (now) =>
				isToBeShut(store, identity, name, now),
			);
			troubles.delete(name);
			if (found === "closed now") {
				log.warn(
					`${name} was replaced, and is back with its writes open: it was made read-only`,
				);
				onShut(name);
			}
			return found;
		} catch (error) {
			return failed(name, error);
		}
	};
};
