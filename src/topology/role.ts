import type { InstanceName } from "./instance-name.ts";
import type { ServerMark } from "./server-mark.ts";

/**
 * On whose word a server is the primary: that of the first meeting, of an operation that opened it, of a person, or of the servers,
 * where the recorded primary has been made to replicate from another one.
 */
export type RoleWord = "met" | "operation" | "person" | "servers";

const RANKS: Readonly<Record<RoleWord, number>> = {
	met: 0,
	servers: 1,
	operation: 2,
	person: 2,
};

/** Of two records of one cluster that with the higher word counts; of equal words the newer one. An unknown word is the least one. */
export const wordRank = (word: unknown): number =>
	Object.entries(RANKS).find(([each]) => each === word)?.[1] ?? 0;

/**
 * Who is a cluster's primary. Written by operations and by persons only, each under its epoch; what is seen on the servers never
 * overwrites it, but for the first meeting, when there is none.
 */
export interface Role {
	readonly primary: InstanceName;
	readonly server: ServerMark;
	/** The cluster's epoch under which it was written. */
	readonly epoch: number;
	readonly word: RoleWord;
	/** Milliseconds since the epoch. */
	readonly sinceMs: number;
}

/** Its name, for whoever asks about many. */
export const onRecord = (
	role: Pick<Role, "primary"> | undefined,
): ReadonlySet<string> => new Set(role === undefined ? [] : [role.primary]);
