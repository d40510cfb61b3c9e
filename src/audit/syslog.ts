import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A syslog that hangs must not hold up what is audited. */
const TIMEOUT_MS = 5_000;

/** Longer lines are cut: Linux takes 128 KiB as one argument, and no syslog as much. Characters, of four bytes at most. */
const LONGEST = 30_000;

/** Writes one line at INFO. @throws when it cannot be handed over */
export type Syslog = (text: string) => Promise<void>;

/**
 * The local syslog, with the tag of the reference. By logger(1): Node has no datagram sockets of the local
 * kind, on which syslog listens.
 * @param program what stands for logger(1)
 */
export const createSyslog =
	(program = "logger"): Syslog =>
	async (text) => {
		await run(
			program,
			["-t", "orchestrator", "-p", "user.info", "--", text.slice(0, LONGEST)],
			{
				timeout: TIMEOUT_MS,
			},
		);
	};
