/** How urgent an operation is. Imported by workflows: it holds nothing else, so that a change of rules elsewhere changes no history. */

const SEVERITY = {
	/** The primary is gone: clients wait. */
	failover: 2,
	/** A person asked for a change of primary. */
	planned: 1,
	/** Moves, repairs, the return of a server. */
	repair: 0,
} as const;

export type Severity = keyof typeof SEVERITY;

const BY_KIND: Readonly<Record<string, Severity>> = {
	recovery: "failover",
	takeover: "planned",
};

export const severityOf = (kind: string): Severity => BY_KIND[kind] ?? "repair";

/** Only a failover pushes others aside, and none that is as urgent as itself. */
export const mayPreempt = (kind: string, running: string): boolean =>
	severityOf(kind) === "failover" &&
	SEVERITY[severityOf(kind)] > SEVERITY[severityOf(running)];
