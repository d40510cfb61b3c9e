// A process is known by its id *and* its start time: an id that was given to
// another process since is never signalled.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

export interface ProcessIdentity {
	readonly pid: number;
	/** Opaque: clock ticks since boot on Linux, else what ps says. */
	readonly startTime: string;
}

/** @throws when there is no such process. */
export function identify(pid: number): ProcessIdentity {
	const startTime = startTimeOf(pid);
	if (startTime === undefined) throw new Error(`no process ${pid}`);
	return { pid, startTime };
}

/** A zombie is not alive. */
export function isAlive(process: ProcessIdentity): boolean {
	return startTimeOf(process.pid) === process.startTime;
}

/** Answers whether the process was there to be signalled. */
export function signal(owned: ProcessIdentity, name: NodeJS.Signals): boolean {
	if (!isAlive(owned)) return false;
	process.kill(owned.pid, name);
	return true;
}

/** Answers whether the process was gone before the deadline. */
export async function waitGone(
	owned: ProcessIdentity,
	deadlineMs: number,
): Promise<boolean> {
	const end = performance.now() + deadlineMs;
	while (isAlive(owned)) {
		if (performance.now() > end) return false;
		await sleep(5);
	}
	return true;
}

function startTimeOf(pid: number): string | undefined {
	return process.platform === "linux" ? linuxStartTime(pid) : psStartTime(pid);
}

function linuxStartTime(pid: number): string | undefined {
	let stat: string;
	try {
		stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	} catch {
		return undefined;
	}
	// The second field, in parentheses, may hold anything; see proc(5).
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	// A killed process's first thread is a zombie while others still hold its
	// sockets: it is gone when that thread is the last.
	const gone =
		fields[0] === "X" || (fields[0] === "Z" && Number(fields[17]) <= 1);
	return gone ? undefined : fields[19];
}

function psStartTime(pid: number): string | undefined {
	const { stdout } = spawnSync("ps", ["-o", "lstart=", "-p", String(pid)], {
		encoding: "utf8",
	});
	return stdout.trim() || undefined;
}
