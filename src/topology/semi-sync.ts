/** What a server tells of semi-synchronous replication, on both of its sides. */
export interface SemiSync {
	readonly available: boolean;
	readonly sourceEnabled: boolean;
	/** Semi-sync is operational (it has not fallen back to asynchronous). */
	readonly sourceActive: boolean;
	/** Milliseconds before falling back to asynchronous. */
	readonly sourceTimeoutMs: number;
	readonly waitForReplicaCount: number;
	readonly waitPoint: string;
	readonly clients: number;
	readonly replicaEnabled: boolean;
	readonly replicaActive: boolean;
	/** Priority as an acker by DetectSemiSyncEnforcedQuery; 0 = asynchronous. */
	readonly priority: number;
}

export const NO_SEMI_SYNC: SemiSync = {
	available: false,
	sourceEnabled: false,
	sourceActive: false,
	sourceTimeoutMs: 0,
	waitForReplicaCount: 0,
	waitPoint: "",
	clients: 0,
	replicaEnabled: false,
	replicaActive: false,
	priority: 0,
};
