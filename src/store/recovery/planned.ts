import type { RecoveryRecord } from "../contract.ts";

/** A planned change is no failure: it is recorded like one, and acknowledged with this at once, so that it holds up none. */
export const PLANNED = {
	owner: "baton",
	comment: "planned takeover",
} as const;

export const isPlanned = ({
	acknowledgedBy,
	acknowledgedComment,
}: RecoveryRecord): boolean =>
	acknowledgedBy === PLANNED.owner && acknowledgedComment === PLANNED.comment;
