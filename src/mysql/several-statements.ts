import type mysql from "mysql2";
import type { Answer, Row } from "./answer.ts";
import { leftUntil } from "./deadline.ts";
import { ServerFault, serverFault } from "./driver-error.ts";

/** Starts a call that ends the session when it is not done within the deadline. Rejects with a ServerFault. */
type Within = (
	deadlineMs: number,
	start: (done: (error: unknown, result: undefined) => void) => void,
) => Promise<undefined>;

/** A statement without rows is reported by a header, which is no row. */
const isHeader = (row: unknown): boolean =>
	(row as { constructor?: { name?: string } }).constructor?.name ===
	"ResultSetHeader";

/**
 * Sends statements as one packet and gathers what comes back, result by result, so that what was answered before a fault is
 * known. The separator stands on a line of its own: a statement may end in a comment.
 */
const sendTogether = (
	connection: mysql.Connection,
	statements: readonly string[],
	results: Row[][],
	done: (error: unknown) => void,
): void => {
	let failed: unknown;
	connection
		.query(statements.join("\n;\n"))
		.on("fields", () => results.push([]))
		.on("result", (row: unknown) => {
			if (!isHeader(row)) results.at(-1)?.push(row as Row);
		})
		.on("error", (error: unknown) => {
			failed = error;
		})
		.on("end", () => done(failed));
};

interface Outcome {
	readonly results: readonly Row[][];
	readonly fault?: ServerFault;
	/** The fault is the answer to the statement after the results; otherwise it may be that one's or the next one's. */
	readonly isItsFault?: boolean;
}

/**
 * A fault may have ended the last result half-way, or have come before the first row of the next one, which the driver does not
 * tell apart: the last result counts as not answered.
 */
const outcomeOf = (results: readonly Row[][], fault: ServerFault): Outcome => ({
	results: results.slice(0, -1),
	fault,
	isItsFault: results.length === 0,
});

const UNANSWERED = "the server left a statement unanswered";

/** See {@link Session.queryAll}. */
export const createQueryAll = (
	connection: mysql.Connection,
	how: { readonly within: Within; readonly isTogether: boolean },
) => {
	const ask = async (
		statements: readonly string[],
		deadlineMs: number,
	): Promise<Outcome> => {
		const results: Row[][] = [];
		try {
			await how.within(deadlineMs, (done) =>
				sendTogether(connection, statements, results, (error) =>
					done(error, undefined),
				),
			);
		} catch (error) {
			return outcomeOf(results, serverFault(error));
		}
		return results.length > 0
			? { results: results.slice(0, statements.length) }
			: { results, fault: new ServerFault("lost", UNANSWERED) };
	};
	return async (
		statements: readonly string[],
		deadlineMs: number,
	): Promise<Answer[]> => {
		const endMs = performance.now() + deadlineMs;
		const answers: Answer[] = [];
		let isAlone = !how.isTogether;
		while (answers.length < statements.length) {
			const from = answers.length;
			const asked = statements.slice(from, isAlone ? from + 1 : undefined);
			const { results, fault, isItsFault } = await ask(
				asked,
				leftUntil(endMs, deadlineMs),
			);
			answers.push(...results);
			if (fault !== undefined && fault.outcome !== "refused-by-server")
				while (answers.length < statements.length) answers.push(fault);
			const isRefused = isItsFault === true || asked.length === 1;
			if (fault !== undefined && isRefused) answers.push(fault);
			// Whose refusal it was shows when the statement in question is asked alone; the others then go together again.
			isAlone = !how.isTogether || (fault !== undefined && !isRefused);
		}
		return answers.slice(0, statements.length);
	};
};
