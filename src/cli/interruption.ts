import { constants } from "node:os";
import type { Log } from "../log.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

type Ending = (typeof SIGNALS)[number];

interface Interruptible {
	on(signal: Ending, listener: (signal: Ending) => void): unknown;
	off(signal: Ending, listener: (signal: Ending) => void): unknown;
	/** Ends the process. */
	exit(code: number): void;
}

/** As a shell gives it for a process that a signal has ended. */
const codeOf = (signal: Ending): number => 128 + constants.signals[signal];

const saysOf = (doesTheWork: boolean, times: number): string => {
	if (!doesTheWork)
		return "no longer waited for: what was asked for goes on without this command; the audit of recoveries and the Temporal UI tell how it ends";
	return times === 1
		? "this command does the work itself, and no node goes on with it: it is brought to its end first; interrupt it once more to leave the servers as they are now"
		: "left in the middle: a server may be read-only, or its replication stopped; the next operation of the cluster takes up what was left";
};

/**
 * Ctrl-C on a command that changes a topology. Where nodes do the work, the command only waits for them: it ends, and says that they go
 * on. Where it does the work itself, nobody would go on between the closing of one server and the opening of the next: it goes on, and
 * ends in the middle of it only when it is told once more.
 * @returns how to let go of the signals
 */
export const heedInterruption = (
	from: Interruptible,
	{ doesTheWork, log }: { readonly doesTheWork: boolean; readonly log: Log },
): (() => void) => {
	let times = 0;
	const interrupted = (signal: Ending): void => {
		times += 1;
		log.error(saysOf(doesTheWork, times));
		if (!doesTheWork || times > 1) from.exit(codeOf(signal));
	};
	for (const signal of SIGNALS) from.on(signal, interrupted);
	return () => {
		for (const signal of SIGNALS) from.off(signal, interrupted);
	};
};
