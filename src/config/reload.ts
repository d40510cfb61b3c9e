/**
 * The configuration of a running service, and reading it again. Invariants:
 * 1. A reload is all or nothing: a file that cannot be taken leaves the old configuration in force (orchestrator exits).
 * 2. Files are laid over the values in force: a key removed from a file keeps its value.
 * 3. Only files read at start are read again; an extra file is read once and not remembered.
 */
import type { Environment } from "./environment.ts";
import {
	type Configuration,
	definitionOf,
	KEY_NAMES,
	type KeyName,
} from "./keys.ts";
import {
	type LoadedConfiguration,
	layFile,
	readIfExists,
	withHostDefaults,
} from "./load.ts";
import { valueWarnings } from "./warnings.ts";

interface Reloaded {
	readonly config: Configuration;
	readonly changed: readonly KeyName[];
	readonly warnings: readonly string[];
}

export interface LiveConfiguration {
	/** The configuration in force. Ask for it at each use; do not keep it. */
	current(): Configuration;
	/**
	 * Reads the files again, then the extra one; missing files are skipped.
	 * Throws BatonError BadConfiguration, in which case nothing has changed.
	 */
	reload(extraFile?: string): Reloaded;
}

const changedKeys = (
	before: Configuration,
	after: Configuration,
): readonly KeyName[] =>
	KEY_NAMES.filter(
		(name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
	);

const restartWarnings = (changed: readonly KeyName[]): readonly string[] =>
	changed
		.filter((name) => {
			const { effect, reload } = definitionOf(name);
			return effect === "honoured" && reload === "start";
		})
		.map((name) => `${name} has changed and takes effect at the next start`);

/** Holds the configuration in force. */
export const createLiveConfiguration = (
	loaded: LoadedConfiguration,
	environment: Environment,
): LiveConfiguration => {
	let inForce = loaded.config;

	const reload = (extraFile?: string): Reloaded => {
		const before = inForce;
		let config = before;
		const warnings: string[] = [];
		const extra = extraFile === undefined ? [] : [extraFile];
		for (const file of [...loaded.files, ...extra]) {
			const text = readIfExists(file);
			if (text === undefined) {
				warnings.push(`${file}: does not exist; its last values are kept`);
				continue;
			}
			const layer = layFile(config, file, text, environment);
			config = layer.config;
			warnings.push(...layer.warnings);
		}
		config = withHostDefaults(config, environment);
		inForce = config;
		const changed = changedKeys(before, config);
		warnings.push(...valueWarnings(config), ...restartWarnings(changed));
		return { config, changed, warnings };
	};

	return { current: () => inForce, reload };
};
