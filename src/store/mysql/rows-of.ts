import type { MysqlSession } from "./connection.ts";

export type Rows = readonly Readonly<Record<string, unknown>>[];

/** Of a statement that answers with rows. */
export const rowsOf = async (
	session: MysqlSession,
	sql: string,
	values: readonly unknown[] = [],
): Promise<Rows> => (await session.query(sql, values)) as Rows;
