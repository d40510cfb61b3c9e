/** Which program may open which version of the store, and what it does to it first. */
import { errors } from "../../errors.ts";
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
	const versions = { place, version: state.version, own: STORE_VERSION };
	if (state.version > STORE_VERSION) throw errors.storeIsNewer(versions);
	if (force) return "upgrade";
	if (options.refuseOtherDeployment && !state.isDeployed)
		throw errors.storeOfAnother({ place, program: options.program });
	if (state.version < STORE_VERSION) {
		if (readOnly) throw errors.storeIsOlder(versions);
		if (skipUpdate) throw errors.storeNotUpdated(versions);
		return "upgrade";
	}
	return state.isDeployed || readOnly || skipUpdate ? "nothing" : "record";
};
