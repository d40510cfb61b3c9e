import type { Configuration } from "../config/keys.ts";
import { BatonError } from "../errors.ts";

/**
 * The SQLite file that holds the store.
 * @throws BatonError BadConfiguration when another kind of store is configured: a file of its own beside a backend that
 * several nodes share would let each of them act by itself
 */
export const storeFileOf = (
	configuration: Pick<Configuration, "BackendDB" | "SQLite3DataFile">,
): string => {
	if (!configuration.BackendDB.includes("sqlite"))
		throw new BatonError(
			"BadConfiguration",
			`"BackendDB" is ${JSON.stringify(configuration.BackendDB)}, and this version keeps its store in SQLite only; set "BackendDB" to "sqlite" and "SQLite3DataFile" to a file`,
		);
	return configuration.SQLite3DataFile;
};
