import type { Coordinates } from "./instance.ts";
import type { InstanceName } from "./instance-name.ts";

/** A place in the binary logs of a server. */
export interface LogPlace {
	readonly server: InstanceName;
	readonly at: Coordinates;
}
