import { compareVersions } from "../topology/version.ts";
import type { Dialect } from "./dialect.ts";
import { classic } from "./dialects/classic/dialect.ts";
import { legacy } from "./dialects/legacy/dialect.ts";
import { mariadb } from "./dialects/mariadb/dialect.ts";
import { modern } from "./dialects/modern/dialect.ts";

/** The dialect for a version as `@@version` says it. Percona Server is MySQL. */
export const dialectFor = (version: string): Dialect => {
	if (/mariadb/i.test(version)) return mariadb;
	if (compareVersions(version, "8.4") >= 0) return modern;
	return compareVersions(version, "8.0") >= 0 ? classic : legacy;
};
