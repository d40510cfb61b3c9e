import { BatonError, errors } from "../../errors.ts";
import { type Instance, sourceOf } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { RowContext } from "../context.ts";

/** The store may not have heard of a move of just now: who says no looks at the server first. */
const replicatesFrom = async (
	{ lookAt }: RowContext,
	known: Instance,
	primary: InstanceName,
): Promise<boolean> => {
	if (sourceOf(known) === primary) return true;
	try {
		return sourceOf(await lookAt(known.name)) === primary;
	} catch (error) {
		if (error instanceof BatonError) return false;
		throw error;
	}
};

/**
 * Refuses a designated instance that is unknown, or is no direct replica of the primary. The operation itself looks again at
 * the servers. Programs look for the words.
 * @throws BatonError Refused
 */
export const checkDirectReplica = async (
	context: RowContext,
	primary: Instance,
	designated: InstanceName,
): Promise<void> => {
	if (designated === primary.name)
		throw errors.successorIsPrimary({ instance: designated });
	const known = await context.store.inventory.get(designated);
	if (known && (await replicatesFrom(context, known, primary.name))) return;
	throw (
		known === undefined ? errors.successorUnknown : errors.successorElsewhere
	)({ instance: designated, primary: primary.name });
};

/** The same, and a takeover whose successor is not indicated where there are several. @throws BatonError Refused */
export const checkSuccessor = async (
	context: RowContext,
	primary: Instance,
	designated: InstanceName | undefined,
	auto: boolean,
): Promise<void> => {
	if (designated !== undefined)
		return checkDirectReplica(context, primary, designated);
	if (auto) return;
	const replicas = await context.store.inventory.replicasOf(primary.name);
	if (replicas.length > 1)
		throw errors.successorNotIndicated({
			primary: primary.name,
			count: replicas.length,
		});
};
