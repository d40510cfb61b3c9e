/** Configurations that may be shown. */
import {
	type Configuration,
	definitionOf,
	KEY_NAMES,
	withValues,
} from "./keys.ts";

/** Stands for a secret that is set, whatever its length. */
export const REDACTED = "********";

/** The configuration with every secret that is set blanked: for logs, pages and audit rows. */
export const redact = (configuration: Configuration): Configuration =>
	withValues(
		configuration,
		Object.fromEntries(
			KEY_NAMES.filter(
				(name) => definitionOf(name).secret && configuration[name] !== "",
			).map((name) => [name, REDACTED]),
		),
	);
