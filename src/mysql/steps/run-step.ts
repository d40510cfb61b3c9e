import { errorText } from "../../errors.ts";
import {
	type Step,
	type StepKind,
	type StepOf,
	stepText,
} from "../../planning/step.ts";
import { isSuperseded } from "../step-session.ts";
import { applyReceived } from "./apply-received.ts";
import { flushLogs, purgeLogs } from "./binary-logs.ts";
import { close } from "./close.ts";
import { drainReceived } from "./drain-received.ts";
import { endSemiSync } from "./end-semi-sync.ts";
import { injectEmpty, resetBinaryLogs } from "./errant.ts";
import { findCredential } from "./find-credential.ts";
import { fitSemiSync } from "./fit-semi-sync.ts";
import { forgetSource } from "./forget-source.ts";
import { handOver } from "./hand-over.ts";
import { killQuery } from "./kill-query.ts";
import { matchBelow } from "./match-below.ts";
import { moveBelow } from "./move-below.ts";
import { open } from "./open.ts";
import { renameSource } from "./rename-source.ts";
import { runReplication } from "./run-replication.ts";
import { setDelay } from "./set-delay.ts";
import { setPositioning } from "./set-positioning.ts";
import { setReadOnly } from "./set-read-only.ts";
import { setSemiSync } from "./set-semi-sync.ts";
import { skipTransaction } from "./skip-transaction.ts";
import { startReceiver, startReplication } from "./start.ts";
import type {
	Finding,
	StepAnswer,
	StepContext,
	StepRun,
} from "./step-context.ts";
import { createStepLog } from "./step-log.ts";
import { stopReceiver } from "./stop-receiver.ts";
import { stopReplication } from "./stop-replication.ts";

/** Each looks, acts only where that is still needed, and looks at the effect: run twice, it finds its work done. */
const EXECUTORS: {
	readonly [Kind in StepKind]: (
		run: StepRun,
		step: StepOf<Kind>,
	) => Promise<Finding>;
} = {
	findCredential,
	stopReceiver,
	startReceiver,
	startReplication,
	setDelay,
	applyReceived,
	moveBelow,
	matchBelow,
	open,
	close,
	handOver,
	forgetSource,
	fitSemiSync,
	endSemiSync,
	stopReplication,
	runReplication,
	drainReceived,
	renameSource,
	setPositioning,
	skipTransaction,
	setReadOnly,
	setSemiSync,
	flushLogs,
	purgeLogs,
	killQuery,
	resetBinaryLogs,
	injectEmpty,
};

const execute = (run: StepRun, step: Step): Promise<Finding> =>
	// The table gives each kind the executor of that kind; the compiler does not follow that through a union.
	(EXECUTORS[step.do] as (run: StepRun, step: Step) => Promise<Finding>)(
		run,
		step,
	);

/**
 * Runs one step. A server that cannot be reached, or that refuses, is an answer and no error.
 * @throws BatonError Superseded: a newer attempt or operation has taken over, or the step was cancelled
 */
export const runStep = async (
	context: StepContext,
	step: Step,
): Promise<StepAnswer> => {
	const log = createStepLog(context);
	let said: Finding;
	try {
		said = await execute(log.run, step);
	} catch (error) {
		if (isSuperseded(error)) throw error;
		said = {
			outcome: "failed",
			says: `could not ${stepText(step)}: ${errorText(error)}`,
		};
	}
	return { ...said, ...log.written() };
};
