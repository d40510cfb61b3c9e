import { type Coordinates, NO_COORDINATES } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { End } from "./row.ts";

/** What came of a change of primary: of a dead one, or a planned one. */
export interface PrimaryChange {
	readonly analysis: string;
	/** The failed or demoted instance. */
	readonly failed: InstanceName | "";
	/** The new primary; empty when there is none. */
	readonly successor: InstanceName | "";
	readonly successorCoordinates: Coordinates;
	readonly successorAlias: string;
	/** Direct replicas of the failed instance before. */
	readonly replicas: readonly InstanceName[];
	/** What is known about lost transactions, in words; empty when nothing can have been lost. */
	readonly loss: string;
}

export const primaryChange = (
	analysis: string,
	{ subject, successor, seen, replicas, loss }: End,
): PrimaryChange => ({
	analysis,
	failed: subject,
	successor,
	successorCoordinates: seen?.selfCoordinates ?? NO_COORDINATES,
	successorAlias: seen?.instanceAlias ?? "",
	replicas,
	loss,
});
