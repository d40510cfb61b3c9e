/** Work on a store as a script of statements: it runs on a driver that waits for answers and on one that does not. */
import type { Row } from "./merged-rows.ts";

export interface Statement {
	readonly sql: string;
	readonly values: readonly unknown[];
}

/** Yields statements, and is given the rows that they answer with. */
export type Script<Result> = Generator<Statement, Result, readonly Row[]>;

/** What the databases write differently. */
export interface Spelling {
	readonly quoted: (name: string) => string;
	/** An expression that is equal only to the very same letters. */
	readonly exactly: (column: string) => string;
}

/** On a driver that answers at once. */
export const runScript = <Result>(
	script: Script<Result>,
	run: (statement: Statement) => readonly Row[],
): Result => {
	let step = script.next();
	while (!step.done) step = script.next(run(step.value));
	return step.value;
};

/** On one that is waited for. */
export const awaitScript = async <Result>(
	script: Script<Result>,
	run: (statement: Statement) => Promise<readonly Row[]>,
): Promise<Result> => {
	let step = script.next();
	while (!step.done) step = script.next(await run(step.value));
	return step.value;
};
