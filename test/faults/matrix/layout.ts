// What an operation that faults are tried on begins with.

import type { ServerFlavor } from "../../../setup/locate.mjs";
import type { OperationRequest } from "../../../src/planning/operation.ts";
import type { InstanceName } from "../../../src/topology/instance-name.ts";
import { waitUntil } from "../../lab/replication.ts";
import type { Bystander } from "./cases.ts";
import type { Seen } from "./judge.ts";
import type { Stage } from "./stage.ts";

export interface Spoilt {
	/** Matches `s2: STATEMENT`. */
	readonly at: RegExp;
	/** The first such statement only; every one where it is missing. */
	readonly once?: true;
}

export interface Layout {
	readonly operation: string;
	/** All where it is missing. */
	readonly flavors?: readonly ServerFlavor[];
	/** So many replicas; three where it is missing. */
	readonly replicas?: number;
	/** The operation is to leave this one stopped, or without its source. */
	readonly leaves?: string;
	/** Replicas go by file and position, and no server knows GTIDs where it can do without; by Pseudo-GTID markers in the logs, or without. */
	readonly by?: "places" | "markers";
	/** The operation is to end with nobody who takes writes. */
	readonly isClosing?: true;
	/** The primary may replicate from one that is read-only. */
	readonly isPairing?: true;
	/** That a server is named by a sentence is no excuse for how it is left when all is whole again. */
	readonly isStrict?: true;
	/**
	 * What of the state that it leads to is not so on the servers, a sentence each. Asked where it was told to have succeeded, and at
	 * the end, unless the primary was changed.
	 */
	goal?(
		stage: Stage,
		now: readonly Seen[],
		/** As the operation began. */
		before: readonly Seen[],
	): Promise<readonly string[]>;
	/** Replicas are delayed: what they have yet to apply is not waited for. */
	readonly isDelayed?: boolean;
	/** What servers refuse as long as it runs for the first time, so that it is taken back. */
	readonly spoilt?: Spoilt;
	/** Brings the topology, as it was laid, to where the operation begins. @returns what is asked for then */
	prepare(stage: Stage): Promise<OperationRequest>;
	/** Servers that are hit wherever it stands. */
	readonly bystanders: readonly Bystander[];
}

export const nameOf = ({ ground }: Stage, alias: string): InstanceName =>
	ground.server(alias).name;

const POSITION = {
	mysql: "SELECT @@GLOBAL.gtid_executed AS gtid",
	mariadb: "SELECT @@GLOBAL.gtid_current_pos AS gtid",
} as const;

/** Waits until these servers have the same: who is promoted does not depend on the moment then. */
export const level = async (
	{ ground }: Stage,
	aliases: readonly string[],
): Promise<void> =>
	waitUntil("the servers to have the same", async () => {
		const rows = await Promise.all(
			aliases.map((each) => ground.server(each).query(POSITION[ground.flavor])),
		);
		const all = rows.map(([row]) => String(row?.gtid));
		return new Set(all).size === 1;
	});

export const ALL = ["s1", "s2", "s3", "s4"] as const;

/** What makes a server writable. */
export const OPENING =
	/: SET GLOBAL (rpl_semi_sync_\w+_enabled = \d, GLOBAL read_onl|read_only = 0)/;
