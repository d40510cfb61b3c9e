export type ServerFlavor = "mysql" | "mariadb";

/**
 * A database server that can be started: `program` with `argsPrefix`, then
 * `--defaults-file` or `--no-defaults`, then `baseArgs`, then what the caller
 * adds.
 */
export interface ServerProgram {
	readonly flavor: ServerFlavor;
	/** Dotted, such as "9.7.4". */
	readonly version: string;
	readonly program: string;
	readonly argsPrefix: readonly string[];
	readonly baseArgs: readonly string[];
	/** Folder of the error messages and of MariaDB's system tables. */
	readonly shareDirectory: string | undefined;
}

/** The Temporal CLI: TEMPORAL_CLI, PATH, the cache. */
export function locateTemporal(): string | undefined;

/** BATON_CHROMIUM, PATH, /usr/bin/chromium. */
export function locateChromium(): string | undefined;

/** Temporal's Java test server, which skips time. */
export function locateTimeSkippingServer(): string | undefined;

/** BATON_MYSQLD, PATH when it is MySQL and new enough, the cache. */
export function locateMysql(): ServerProgram | undefined;

/** BATON_MARIADBD, PATH, the cache. */
export function locateMariadb(): ServerProgram | undefined;

/** A server unpacked from Debian packages below `root`. */
export function describeUnpacked(
	flavor: ServerFlavor,
	root: string,
	version: string,
): ServerProgram | undefined;

/** Reads the output of `mysqld --version`. */
export function readServerVersion(
	text: string,
): { flavor: ServerFlavor; version: string } | undefined;
