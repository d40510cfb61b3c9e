import type { StepOf } from "../../planning/step.ts";
import type { Instance } from "../../topology/instance.ts";
import { gtidOf } from "../cell.ts";
import type { Reader, StepSession } from "../step-session.ts";
import type { SemiSyncChange } from "./semi-sync.ts";
import type { StepRun } from "./step-context.ts";

/** Everything that is known before the first client notices, and how far it got. */
export interface HandOver {
	readonly run: StepRun;
	readonly step: StepOf<"handOver">;
	readonly from: StepSession;
	readonly to: StepSession;
	readonly fromBefore: Instance;
	readonly toBefore: Instance;
	readonly semiSync: SemiSyncChange | undefined;
	/** The parts that were begun: what has to be taken back. */
	readonly begun: {
		blocking: boolean;
		/** Writes of privileged accounts are held up by the session to `from`. */
		holding: boolean;
		opening: boolean;
	};
}

/** Clients wait for it. Milliseconds. */
const POSITION_MS = 2_000;

export const positionOf = async (reader: Reader): Promise<string> => {
	const [row] = await reader.read(reader.dialect.position, POSITION_MS);
	return gtidOf(row ?? {}, "gtid");
};
