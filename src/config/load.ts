/**
 * Loading a configuration: defaults, then each file on top of the previous ones, each checked by itself.
 * A file that cannot be taken ends the loading with one line that names it.
 */
import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { errors, errorText } from "../errors.ts";
import { adjustAfterFile } from "./adjust.ts";
import { applyFile } from "./apply-file.ts";
import type { Environment } from "./environment.ts";
import {
	type Configuration,
	documentedDefaults,
	type KeyName,
	withValues,
} from "./keys.ts";
import { unknownKeyWarning } from "./unknown-key.ts";
import {
	effectWarnings,
	valueWarnings,
	type WrittenValue,
} from "./warnings.ts";

/** Where files are looked for, in order; relative ones from the working directory. */
const SEARCH_PATHS: readonly string[] = [
	"/etc/orchestrator.conf.json",
	"conf/orchestrator.conf.json",
	"orchestrator.conf.json",
];

export interface LoadOptions {
	readonly environment: Environment;
	/** `-config F`: only this file, which must exist. Empty or absent: the search paths. */
	readonly file?: string;
	/** Defaults to SEARCH_PATHS; those that do not exist are skipped. */
	readonly searchPaths?: readonly string[];
}

export interface LoadedConfiguration {
	readonly config: Configuration;
	/** The files that were read, in order; empty where none exists. */
	readonly files: readonly string[];
	/** Complete lines for the log, each said once at start. */
	readonly warnings: readonly string[];
	/** The last file that gave the key a value. A key that no file names is absent. */
	readonly sources: ReadonlyMap<KeyName, string>;
}

const read = (file: string): string => readFileSync(file, "utf8");

const isMissing = (error: unknown): boolean =>
	error instanceof Error &&
	"code" in error &&
	(error.code === "ENOENT" || error.code === "ENOTDIR");

/** The file's text; undefined where there is no such file. Throws BatonError where it cannot be read. */
export const readIfExists = (file: string): string | undefined => {
	try {
		return read(file);
	} catch (error) {
		if (isMissing(error)) return undefined;
		throw errors.unreadableConfiguration({ file, why: errorText(error) });
	}
};

/** Where a SQLite store of a file's own is kept: its directory, whatever else is kept goes there, too. */
const besideStore = ({
	BackendDB,
	SQLite3DataFile: file,
}: Configuration): string | undefined =>
	BackendDB === "sqlite" && file !== "" && file !== ":memory:"
		? dirname(resolve(file))
		: undefined;

/** Values that depend on the host, filled in where no file gave them. */
export const withHostDefaults = (
	config: Configuration,
	environment: Environment,
): Configuration => {
	const node = config.BatonNode || environment.hostName();
	if (node === "") throw errors.hostNameNotKnown();
	return withValues(config, {
		BatonNode: node,
		BatonDataDirectory:
			config.BatonDataDirectory ||
			environment.dataDirectory(besideStore(config)),
	});
};

export interface ConfigurationLayer {
	readonly config: Configuration;
	readonly warnings: readonly string[];
	/** The keys that the file names, with their values before any adjustment. */
	readonly written: ReadonlyMap<KeyName, WrittenValue>;
}

/** One file laid over a configuration, checked and adjusted. Throws BatonError BadConfiguration. */
export const layFile = (
	base: Configuration,
	file: string,
	text: string,
	environment: Environment,
): ConfigurationLayer => {
	const { configuration, named, unknown } = applyFile(base, file, text);
	const warnings = unknown
		.map((name) => unknownKeyWarning(file, name))
		.filter((line) => line !== undefined);
	const config = adjustAfterFile(configuration, file, {
		variable: environment.variable,
		readText: read,
		warn: (line) => warnings.push(`${file}: ${line}`),
	});
	const written = new Map(
		[...named].map((name) => [name, { file, value: configuration[name] }]),
	);
	return { config, written, warnings };
};

const givenFile = (file: string): readonly (readonly [string, string])[] => {
	const text = readIfExists(file);
	if (text === undefined) throw errors.configurationMissing({ file });
	return [[file, text]];
};

const existingFiles = (
	paths: readonly string[],
): readonly (readonly [string, string])[] =>
	paths.flatMap((path) => {
		const text = readIfExists(path);
		return text === undefined ? [] : [[path, text] as const];
	});

/** With no file at all Baton works by itself on one machine, open to that machine only. */
const withoutFiles = (config: Configuration): Configuration =>
	withValues(config, {
		BackendDB: "sqlite",
		SQLite3DataFile: join(config.BatonDataDirectory, "baton.sqlite3"),
		ListenAddress: "127.0.0.1:3000",
	});

/** Loads the configuration. Throws BatonError BadConfiguration. */
export const loadConfiguration = ({
	environment,
	file,
	searchPaths = SEARCH_PATHS,
}: LoadOptions): LoadedConfiguration => {
	const found = file ? givenFile(file) : existingFiles(searchPaths);
	let config = documentedDefaults();
	const warnings: string[] = [];
	const written = new Map<KeyName, WrittenValue>();
	for (const [path, text] of found) {
		const layer = layFile(config, path, text, environment);
		config = layer.config;
		warnings.push(...layer.warnings);
		for (const [name, value] of layer.written) written.set(name, value);
	}
	config = withHostDefaults(config, environment);
	if (found.length === 0) config = withoutFiles(config);
	warnings.push(...valueWarnings(config), ...effectWarnings(written));
	return {
		config,
		files: found.map(([path]) => path),
		warnings,
		sources: new Map([...written].map(([name, { file }]) => [name, file])),
	};
};
