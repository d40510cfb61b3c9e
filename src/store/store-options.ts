import type { MysqlSettings } from "./mysql/settings.ts";
import type { ProcessingNode } from "./nodes/processing-node.ts";

interface SqlitePlace {
	/** Path of the SQLite file, or `:memory:`. Its directory is made when missing. */
	readonly file: string;
	readonly mysql?: never;
}

interface MysqlPlace {
	/** Asked for each new connection, so that a reload of the configuration takes effect. */
	readonly mysql: () => MysqlSettings;
	readonly file?: never;
}

/** Where a store is. */
export type StorePlace = SqlitePlace | MysqlPlace;

interface StoreBehaviour {
	/** Reads only: nothing is created or upgraded, and every change fails. */
	readonly readOnly?: boolean;
	/** `SkipOrchestratorDatabaseUpdate`: the tables stay as they are. */
	readonly skipUpdate?: boolean;
	/** `PanicIfDifferentDatabaseDeploy`: a store that this version has not set up is refused. */
	readonly refuseOtherDeployment?: boolean;
	/** Told about upgrades, in one line. */
	readonly log?: (message: string) => void;
	/** Who this process is, for the rows that say who registered them. */
	readonly node?: ProcessingNode;
	/** Milliseconds since the epoch, where a call does not say its own time. */
	readonly clock?: () => number;
}

export type StoreOptions = StorePlace & StoreBehaviour;
