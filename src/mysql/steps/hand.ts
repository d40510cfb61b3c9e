import { errors } from "../../errors.ts";
import type { StepOf } from "../../planning/step.ts";
import type { Instance } from "../../topology/instance.ts";
import { gtidOf } from "../cell.ts";
import type { Reader, StepSession } from "../step-session.ts";
import type { SemiSyncChange } from "./semi-sync.ts";
import type { StepRun } from "./step-context.ts";
import type { WriteGap } from "./write-gap.ts";

/** Everything that is known before the first client notices, and how far it got. */
export interface HandOver {
	readonly run: StepRun;
	readonly step: StepOf<"handOver">;
	readonly from: StepSession;
	readonly to: StepSession;
	readonly fromBefore: Instance;
	readonly toBefore: Instance;
	readonly semiSync: SemiSyncChange | undefined;
	readonly gap: WriteGap;
	/** The parts that were begun: what has to be taken back. */
	readonly begun: {
		blocking: boolean;
		/** All writes are held up. */
		blocked: boolean;
		/** Writes of privileged accounts are held up by the session to `from`. */
		holding: boolean;
		opening: boolean;
	};
}

/**
 * The deadline of a statement on the way forward. @throws BatonError OperationFailed when the time in which nobody may take writes
 * leaves none
 */
export const inGap = (
	{ gap, step }: Pick<HandOver, "gap" | "step">,
	mostMs: number,
): number => {
	const leftMs = Math.ceil(gap.leftMs());
	if (leftMs <= 0)
		throw errors.writeGapOver({ server: step.from, ms: gap.forwardMs });
	return Math.min(mostMs, leftMs);
};

/** Clients wait for it. Milliseconds. */
const POSITION_MS = 2_000;

/** @param deadlineMs less than usual, where less time is left */
export const positionOf = async (
	reader: Reader,
	deadlineMs = POSITION_MS,
): Promise<string> => {
	const [row] = await reader.read(
		reader.dialect.position,
		Math.min(POSITION_MS, deadlineMs),
	);
	return gtidOf(row ?? {}, "gtid");
};
