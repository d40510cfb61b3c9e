/** What an operation needs to be started by itself, beside a reason. */
interface Means {
	/** Temporal as it was found a moment ago; undefined where it could not be asked. */
	readonly temporal:
		| { readonly address: string; readonly trouble: string }
		| undefined;
	/** Nodes that tell of themselves: they watch, and do the work. */
	readonly nodes: readonly unknown[];
}

/** Why nothing at all would be started now, whatever is found; undefined where something would. */
export const blindBecause = ({
	temporal,
	nodes,
}: Means): string | undefined => {
	if (temporal !== undefined && temporal.trouble !== "")
		return `Temporal does not answer at ${temporal.address} (${temporal.trouble}), and nothing is started until it does; a command with -break-glass does without it`;
	return nodes.length === 0
		? "no node tells of itself, so nobody would notice; start one with http"
		: undefined;
};
