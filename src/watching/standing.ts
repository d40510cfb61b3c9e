import {
	type Coordinates,
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

const at = ({ file, position }: Coordinates): string => `${file}:${position}`;

/**
 * How the servers of a cluster stand, as far as it decides what a failover can do: another text as soon as one of them is back, has applied
 * more, follows another source, or was put out of, or into, use. Lag is not in it, since it grows by itself.
 */
export const standingOf = (
	instances: readonly Instance[],
	maintained: readonly InstanceName[],
): string =>
	instances
		.map((each) => {
			const { receiver, applier, readCoordinates, execCoordinates } =
				each.replication;
			return [
				each.name,
				isLastCheckValid(each),
				each.readOnly,
				sourceOf(each) ?? "",
				receiver,
				applier,
				at(readCoordinates),
				at(execCoordinates),
				each.promotionRule,
				each.errantGtid.length,
				maintained.includes(each.name),
			].join(" ");
		})
		.join("\n");
