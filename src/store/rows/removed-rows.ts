import type { DeleteResult } from "kysely";

/** Runs a deletion. @returns how many rows are gone. */
export const removedRows = async (deletion: {
	executeTakeFirst(): Promise<DeleteResult | undefined>;
}): Promise<number> =>
	Number((await deletion.executeTakeFirst())?.numDeletedRows ?? 0);
