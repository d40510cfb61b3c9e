import { toGoJson } from "../compat/json/go-json.ts";
import type { Changed } from "./action.ts";
import type { Failure } from "./ending.ts";
import type { OperationTold } from "./operation.ts";

/** What came of a command, as both surfaces tell it. Plain JSON: counters of 64 bits are rounded. */
export interface Told {
	/** The command line's lines: stdout. */
	readonly lines: readonly string[];
	/** What else whoever asked should know. */
	readonly hints: readonly string[];
	/** The API's envelope. */
	readonly answer: {
		readonly Code: "OK" | "ERROR";
		readonly Message: string;
		readonly Details: unknown;
	};
}

/** @param details what the envelope has, with its 64-bit counters */
const plain = (details: Parameters<typeof toGoJson>[0]): unknown =>
	JSON.parse(toGoJson(details));

export const operationTold = async (
	told: OperationTold,
): Promise<Told & { readonly failure?: Failure }> => {
	const { failure, message, lines, outcome } = told;
	return {
		lines,
		hints: [...outcome.errors, ...(outcome.warnings ?? [])],
		answer: {
			Code: failure === undefined ? "OK" : "ERROR",
			Message: failure?.message ?? message,
			Details: plain(await told.json()),
		},
		...(failure === undefined ? {} : { failure }),
	};
};

export const changeTold = async (changed: Changed): Promise<Told> => ({
	lines: changed.lines,
	hints: await changed.hints(),
	answer: {
		Code: "OK",
		Message: changed.message,
		Details: plain(await changed.json()),
	},
});
