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

/** Whether the store says that the server must not take writes, and no operation may be about to open it. */
export const isToBeShut = async (
	{ fences, clusters, operations }: ShuttingDeps["store"],
	identity: string,
	name: InstanceName,
): Promise<boolean> => {
	const [fence, cluster, running] = await Promise.all([
		fences.get(name),
		clusters.byIdentity(identity),
		operations.current(identity),
	]);
	return (
		fence !== undefined &&
		(fence.state === "waiting" || fence.state === "fenced") &&
		fence.identity === identity &&
		cluster !== undefined &&
		cluster.clusterName !== name &&
		(running === undefined ||
			rowNamed(running.kind)?.opens === false ||
			// The one that has replaced it.
			running.startedAtMs <= fence.sinceMs)
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
		server,
	}: Fence): Promise<Shut | undefined> => {
		try {
			const found = await shut(
				servers,
				name,
				async (now) =>
					// Another server at its address is not the one that was replaced.
					!isAnother(server, now) && (await isToBeShut(store, identity, name)),
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
