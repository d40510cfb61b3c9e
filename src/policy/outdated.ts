import type { InstanceName } from "../topology/instance-name.ts";

/** An operation that put another server in the place of one. */
interface Replacement {
	readonly instance: InstanceName | "";
	readonly successor: InstanceName | "";
	/** When that was done, milliseconds since the epoch; 0 while it is not. */
	readonly atMs: number;
}

/** What stands on looks at servers. */
interface Looked {
	readonly instance: InstanceName;
	/** When the last of the looks began that say what the instance is to others. One that is not told counts as new. */
	readonly lookedAtMs?: number;
}

/**
 * Who took the place of the instance since it was looked at: what was found of it says nothing of how things are now. A finding that
 * still stands is found again at the next look.
 */
export const replacedSince = (
	{ instance, lookedAtMs }: Looked,
	replacements: readonly Replacement[],
): InstanceName | undefined =>
	replacements.find(
		(each) =>
			lookedAtMs !== undefined &&
			each.instance === instance &&
			each.successor !== "" &&
			each.atMs > lookedAtMs,
	)?.successor || undefined;
