/** Errant transactions by a look at the servers as they are now: for the commands and the routes about them. */
import { errors } from "../errors.ts";
import type { Inventory } from "../store/contract.ts";
import { doubtfulAgainst, errantAgainst } from "../topology/gtid/errant.ts";
import { familyOf } from "../topology/gtid/gtid.ts";
import {
	type BinaryLogStart,
	holdingLogs,
} from "../topology/gtid/holding-logs.ts";
import { type Instance, sourceOf } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

export interface ErrantLook {
	readonly inventory: Pick<Inventory, "get">;
	/** The server as it is now. @throws BatonError ServerUnreachable */
	lookAt(name: InstanceName): Promise<Instance>;
	/** Its binary logs, oldest first. @throws BatonError ServerUnreachable, ServerError */
	binaryLogStarts(name: InstanceName): Promise<readonly BinaryLogStart[]>;
	warn(text: string): void;
}

/** What is known of the servers above, nearest first. A ring ends where it closes. */
const knownAncestors = async (
	inventory: Pick<Inventory, "get">,
	instance: Instance,
): Promise<Instance[]> => {
	const ancestors: Instance[] = [];
	const passed = new Set<InstanceName>();
	let name = sourceOf(instance);
	while (name !== undefined && !passed.has(name)) {
		passed.add(name);
		const ancestor = await inventory.get(name);
		if (ancestor === undefined) break;
		ancestors.push(ancestor);
		name = sourceOf(ancestor);
	}
	return ancestors;
};

/** What a replica has that its source is not seen to have. */
interface Beyond {
	/** Its errant transactions; empty when it has none. */
	readonly errant: string;
	/** Of these it cannot be told. */
	readonly doubtful: string;
}

const NOTHING: Beyond = { errant: "", doubtful: "" };

/**
 * What a replica that was just looked at has beyond its source. That is looked at after it, so that nothing counts
 * that the source passed on meanwhile; one that cannot be reached stands as it was last seen.
 */
export const beyondSource = async (
	look: ErrantLook,
	seen: Instance,
): Promise<Beyond> => {
	// What it has of another source is nobody's error.
	if (seen.otherChannels.length > 0) return NOTHING;
	const [known, ...further] = await knownAncestors(look.inventory, seen);
	const sourceName = sourceOf(seen);
	if (sourceName === undefined) return NOTHING;
	const source = await look.lookAt(sourceName).catch((error: unknown) => {
		if (known === undefined) throw error;
		look.warn(
			`${sourceName} cannot be looked at; it is taken as it was last seen`,
		);
		return known;
	});
	const placed = {
		...source,
		// Its place in the topology is known from the store.
		ancestryUuid: known?.ancestryUuid ?? source.ancestryUuid,
	};
	return {
		errant: errantAgainst(seen, placed, further),
		doubtful: doubtfulAgainst(seen, placed, further),
	};
};

/** The binary logs of the server that hold its errant transactions. @throws BatonError Refused when it has none, or they were purged */
export const errantLogs = async (
	look: ErrantLook,
	name: InstanceName,
): Promise<readonly string[]> => {
	const seen = await look.lookAt(name);
	const { errant } = await beyondSource(look, seen);
	if (errant === "") throw errors.noErrantGtid({ server: name });
	const { files, purged } = holdingLogs(
		familyOf(seen),
		errant,
		await look.binaryLogStarts(name),
	);
	const gone = errors.errantGtidPurged({ gtids: purged, server: name });
	if (files.length === 0) throw gone;
	if (purged !== "") look.warn(gone.message);
	return files;
};
