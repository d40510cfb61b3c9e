import type { ApplierQueries } from "../../dialect.ts";
import { applier as mariadb } from "../mariadb/applier.ts";
import { applier as modern } from "../modern/applier.ts";

/** Not all of 8.0 have the process list in the performance schema. */
export const applier: ApplierQueries = {
	...mariadb,
	holders: modern.holders,
};
