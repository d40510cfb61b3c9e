import { adoption } from "./kinds/adoption.ts";
import { coPrimary } from "./kinds/co-primary.ts";
import { exchange } from "./kinds/exchange.ts";
import { moves } from "./kinds/moves.ts";
import { recovery } from "./kinds/recovery.ts";
import { rejoin } from "./kinds/rejoin.ts";
import { relocation } from "./kinds/relocation.ts";
import { serverChange } from "./kinds/server-changes.ts";
import { takeover } from "./kinds/takeover.ts";

/**
 * The kinds of operation, each a workflow type of the same name. A new kind is a row here, its planner in the planners' table and
 * its workflow in `workflows/index.ts`; whatever is forgotten does not compile. Workflows load this and decide by `severity` and
 * `record`: to change one of these in a kind that exists changes what a history replays.
 */
export const KINDS = {
	recovery,
	takeover,
	relocation,
	moves,
	exchange,
	coPrimary,
	rejoin,
	adoption,
	serverChange,
};

/** The row of a kind as the store has it, where another version of Baton may have written. */
export const rowNamed = (
	kind: string,
): (typeof KINDS)[keyof typeof KINDS] | undefined =>
	Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : undefined;
