import type {
	Coordinates,
	Instance,
	Replication,
} from "../../src/topology/instance.ts";
import { replica } from "./made-up-servers.ts";

// Made-up replicas that replicate by file and position.

/** No GTID at all. */
export const WITHOUT = { gtidMode: "OFF", supportsOracleGtid: false } as const;

/** A place in the first binary log. */
export const at = (position: number): Coordinates => ({
	file: "bin.000001",
	position,
});

/** A replica of `p` that goes by file and position. */
export const byPlace = (
	name: string,
	id: number,
	replication: Partial<Replication> = {},
	rest: Partial<Instance> = {},
): Instance =>
	replica(
		name,
		id,
		{ ...WITHOUT, selfCoordinates: at(100), ...rest },
		{
			usingOracleGtid: false,
			retrievedGtid: "",
			readCoordinates: at(100),
			execCoordinates: at(100),
			...replication,
		},
	);
