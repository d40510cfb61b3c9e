/** The same tables, in which 5.7 tells of locks. */
export { applier } from "../mariadb/applier.ts";
