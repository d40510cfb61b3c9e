import { matchesInWords } from "../../naming/instances.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { RowContext } from "../context.ts";

interface OfInstance {
	readonly instance: InstanceName;
}

/** What may have been meant by a name that nobody has; undefined where an instance has it. */
const matchesOf = async (
	{ instance }: OfInstance,
	{ store: { inventory } }: RowContext,
): Promise<string | undefined> =>
	(await inventory.get(instance)) === undefined
		? matchesInWords(instance, await inventory.names())
		: undefined;

/**
 * What is said beside a change that holds for a server which need not be known, as in the reference: whoever mistyped its name would
 * think the other one downtimed.
 */
export const notKnown = async (
	result: OfInstance,
	context: RowContext,
): Promise<readonly string[]> => {
	const matches = await matchesOf(result, context);
	return matches === undefined
		? []
		: [
				`${result.instance} is no known instance (${matches}): it was done all the same, and counts once a server is discovered by that name`,
			];
};

/** The same where there was nothing to end. */
export const nothingEnded = async (
	result: OfInstance & { readonly had: boolean },
	context: RowContext,
): Promise<readonly string[]> => {
	if (result.had) return [];
	const matches = await matchesOf(result, context);
	return matches === undefined
		? []
		: [
				`${result.instance} is no known instance (${matches}), and there was nothing to end`,
			];
};
