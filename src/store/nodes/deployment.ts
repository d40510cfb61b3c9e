/** Which program may open which version of the store, and what it does to it first. */
import { BatonError } from "../../errors.ts";
import { STORE_VERSION } from "../schema/version.ts";

export interface UpgradeOptions {
	/** Name of this program's version, for the reference's list of deployments. */
	readonly program: string;
	readonly readOnly: boolean;
	/** `SkipOrchestratorDatabaseUpdate`: the tables stay as they are. */
	readonly skipUpdate: boolean;
	/** `PanicIfDifferentDatabaseDeploy`: a store that this version has not set up is refused. */
	readonly refuseOtherDeployment: boolean;
	/** Compare every table with its definition, whatever the version says. */
	readonly force: boolean;
	/** Told about upgrades, in one line. */
	readonly log: (message: string) => void;
}

export interface StoreState {
	/** 0 for an empty store, and for one of the reference. */
	readonly version: number;
	/** Whether this program is in the list of deployments. */
	readonly isDeployed: boolean;
}

/** `nothing`, `record` this program as deployed, or `upgrade` the tables, which records too. */
export type UpgradeStep = "nothing" | "record" | "upgrade";

const refuse = (place: string, state: StoreState, remedy: string): never => {
	throw new BatonError(
		"StoreVersion",
		`${place} has version ${state.version}, this program knows version ${STORE_VERSION}; ${remedy}`,
	);
};

/**
 * @param place the store, as the beginning of a sentence
 * @throws BatonError StoreVersion
 */
export const upgradeStep = (
	place: string,
	state: StoreState,
	options: UpgradeOptions,
): UpgradeStep => {
	const { readOnly, skipUpdate, force } = options;
	if (state.version > STORE_VERSION)
		refuse(place, state, "use the newer program that wrote it");
	if (force) return "upgrade";
	if (options.refuseOtherDeployment && !state.isDeployed)
		throw new BatonError(
			"StoreVersion",
			`${place} was not set up by ${options.program}, and "PanicIfDifferentDatabaseDeploy" forbids to do it now; set that key to false for one start, or run redeploy-internal-db`,
		);
	if (state.version < STORE_VERSION) {
		if (readOnly)
			refuse(place, state, "start the program once with write access");
		if (skipUpdate)
			refuse(
				place,
				state,
				'"SkipOrchestratorDatabaseUpdate" forbids to bring it up to date; start once with -enable-database-update, or run redeploy-internal-db',
			);
		return "upgrade";
	}
	return state.isDeployed || readOnly || skipUpdate ? "nothing" : "record";
};
