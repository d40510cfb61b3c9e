import { TAXONOMY } from "../analysis/taxonomy.ts";
import type { RecoveryKind } from "../analysis/taxonomy-row.ts";
import { FAILOVER_HOOKS, type HookPlan } from "../operations/hook-lists.ts";

/** What changes a topology, where it is built. */
type ActingKind = Exclude<RecoveryKind, "notice" | "none">;

/** One kind of recovery: which settings it goes by, and what records call it. */
interface RecoveryRow {
	/** The setting that names the clusters in which it starts by itself. */
	readonly filter:
		| "RecoverMasterClusterFilters"
		| "RecoverIntermediateMasterClusterFilters";
	/** The setting for how long after it no other recovery of its cluster starts by itself. */
	readonly blockPeriod: "RecoveryPeriodBlockSeconds";
	/** `Type` of its record. */
	readonly recordType: string;
	/** Its word in the audit. */
	readonly audit: string;
}

/** Its planner is in the planners' table. */
interface Built extends RecoveryRow {
	readonly hooks: HookPlan;
	readonly notBuilt?: never;
}

interface NotBuilt extends RecoveryRow {
	/** Why this version does not have it, and what a person can do instead. */
	readonly notBuilt: string;
	readonly hooks?: never;
}

export const RECOVERIES = {
	primary: {
		filter: "RecoverMasterClusterFilters",
		blockPeriod: "RecoveryPeriodBlockSeconds",
		recordType: "MasterRecovery",
		audit: "recover-dead-master",
		hooks: FAILOVER_HOOKS,
	},
	"co-primary": {
		filter: "RecoverMasterClusterFilters",
		blockPeriod: "RecoveryPeriodBlockSeconds",
		recordType: "CoMasterRecovery",
		audit: "recover-dead-co-master",
		notBuilt:
			"the recovery of a co-primary is not built in this version; move its replicas to the other one yourself, with relocate",
	},
	intermediate: {
		filter: "RecoverIntermediateMasterClusterFilters",
		blockPeriod: "RecoveryPeriodBlockSeconds",
		recordType: "IntermediateMasterRecovery",
		audit: "recover-dead-intermediate-master",
		notBuilt:
			"the recovery of an intermediate source is not built in this version; move its replicas yourself, with relocate",
	},
	"group-member": {
		filter: "RecoverIntermediateMasterClusterFilters",
		blockPeriod: "RecoveryPeriodBlockSeconds",
		recordType: "ReplicationGroupMemberRecovery",
		audit: "recover-dead-replication-group-member-with-replicas",
		notBuilt:
			"the recovery of a group member's replicas is not built in this version; move them to another member yourself, with relocate",
	},
	"semi-sync": {
		filter: "RecoverMasterClusterFilters",
		blockPeriod: "RecoveryPeriodBlockSeconds",
		recordType: "MasterRecovery",
		audit: "recover-dead-master",
		notBuilt:
			"the recovery of semi-sync is not built in this version; change which replicas acknowledge, or how many the primary waits for, yourself",
	},
	"make-writable": {
		filter: "RecoverMasterClusterFilters",
		blockPeriod: "RecoveryPeriodBlockSeconds",
		recordType: "MasterRecovery",
		audit: "recover-non-writeable-master",
		notBuilt:
			"making a primary writable is not built in this version; clear its read_only yourself",
	},
} as const satisfies Readonly<Record<ActingKind, Built | NotBuilt>>;

type Recoveries = typeof RECOVERIES;

/** A kind of recovery that this version has: it has hooks here, and a planner. */
export type BuiltRecovery = {
	[Kind in keyof Recoveries]: Recoveries[Kind] extends Built ? Kind : never;
}[keyof Recoveries];

/** The row of a kind; that of a dead primary for kinds that are only told. */
export const recoveryRow = (kind: RecoveryKind): Built | NotBuilt =>
	kind === "notice" || kind === "none" ? RECOVERIES.primary : RECOVERIES[kind];

const kindOfCode = (code: string): RecoveryKind =>
	TAXONOMY.find((row) => row.code === code)?.recovery ?? "none";

/** The row of the recovery that an analysis code calls for. */
export const recoveryOfCode = (code: string): RecoveryRow =>
	recoveryRow(kindOfCode(code));

const isBuilt = (kind: RecoveryKind): kind is BuiltRecovery =>
	kind !== "notice" &&
	kind !== "none" &&
	recoveryRow(kind).notBuilt === undefined;

/**
 * The recovery that is run where a code is acted on: that of a dead primary where the code calls for none, or for one that is not built.
 * That one finds out by itself whether such a failure stands.
 */
export const builtRecoveryOf = (code: string): BuiltRecovery => {
	const kind = kindOfCode(code);
	return isBuilt(kind) ? kind : "primary";
};

export type BlockPeriods = Readonly<Record<RecoveryRow["blockPeriod"], number>>;

/** For how long a recovery from this code blocks others, milliseconds from its start. */
export const blocksForMs = (code: string, settings: BlockPeriods): number =>
	settings[recoveryOfCode(code).blockPeriod] * 1000;

/** After which time no recovery blocks another one, whatever its kind, milliseconds from its start. */
export const longestBlockMs = (settings: BlockPeriods): number =>
	Math.max(
		...Object.values(RECOVERIES).map(
			({ blockPeriod }) => settings[blockPeriod] * 1000,
		),
	);
