// Which replica a floor promotes. Pure.

import type { ServerFlavor } from "../../setup/locate.mjs";
import { contains, union } from "../../src/topology/gtid/gtid.ts";

export interface Received {
	/** "host:port" */
	readonly name: string;
	/** All that it has received or executed, as GTIDs. */
	readonly gtids: string;
}

/**
 * The first of those that have all that any of them has.
 * @throws when none has: replicas of one source differ only in how far they have come
 */
export const mostReceived = (
	flavor: ServerFlavor,
	replicas: readonly Received[],
): Received => {
	const complete = replicas.find(({ gtids }) =>
		replicas.every((other) => contains(flavor, gtids, other.gtids)),
	);
	if (complete === undefined)
		throw new Error(
			`no replica has all that was received: ${replicas.map(({ name, gtids }) => `${name} ${gtids}`).join("; ")}`,
		);
	return complete;
};

/** All that a replica has, from those columns of what it says of its channel. */
export const receivedOf = (
	flavor: ServerFlavor,
	channel: Readonly<Record<string, unknown>>,
	columns: readonly string[],
): string =>
	columns
		.map((column) => String(channel[column] ?? "").replaceAll("\n", ""))
		.reduce((all, each) => union(flavor, all, each), "");
