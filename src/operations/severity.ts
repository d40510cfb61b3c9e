import type { Severity } from "./kinds/row.ts";
import { rowNamed } from "./kinds.ts";

const URGENCY: Readonly<Record<Severity, number>> = {
	failover: 2,
	planned: 1,
	repair: 0,
};

export const severityOf = (kind: string): Severity =>
	rowNamed(kind)?.severity ?? "repair";

/** Only a failover pushes others aside, and none that is as urgent as itself. */
export const mayPreempt = (kind: string, running: string): boolean =>
	severityOf(kind) === "failover" &&
	URGENCY[severityOf(kind)] > URGENCY[severityOf(running)];
