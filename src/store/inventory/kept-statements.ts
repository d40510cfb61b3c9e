/** The statements that are written often: each text is made once. */
import { CompiledQuery } from "kysely";
import type { Queries } from "../driver.ts";

export type KeptStatement = (
	queries: Queries,
	/** Two statements of one name are the same. */
	name: string,
	text: () => string,
	values: readonly unknown[],
) => Promise<void>;

export const createKeptStatements = (): KeptStatement => {
	const texts = new Map<string, string>();
	return async (queries, name, make, values) => {
		const text = texts.get(name) ?? make();
		texts.set(name, text);
		await queries.executeQuery(CompiledQuery.raw(text, [...values]));
	};
};
