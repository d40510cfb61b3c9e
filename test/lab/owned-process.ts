// A process is known by its id *and* its start time: an id that was given to
// another process since is never signalled.

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

const STOPPED_WITHIN_MS = 1_000;

/** SIGSTOP. A thread that runs when the signal is sent stops a little later: it is waited for, and the caller's next statement finds none. */
export function stopAtOnce(owned: ProcessIdentity): void {
	if (!signal(owned, "SIGSTOP") || process.platform !== "linux") return;
	const end = performance.now() + STOPPED_WITHIN_MS;
	while (!isStopped(owned.pid) && isAlive(owned))
		if (performance.now() > end)
			throw new Error(`process ${owned.pid} does not stop`);
}

/** Of a process or one of its threads; undefined when it is gone. See proc(5). */
function statOf(path: string): string[] | undefined {
	try {
		const stat = readFileSync(`/proc/${path}/stat`, "utf8");
		// The second field, in parentheses, may hold anything.
		return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	} catch {
		return undefined;
	}
}

function isStopped(pid: number): boolean {
	return readdirSync(`/proc/${pid}/task`).every((thread) =>
		["T", "t", "Z", "X", undefined].includes(
			statOf(`${pid}/task/${thread}`)?.[0],
		),
	);
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
	const fields = statOf(String(pid)) ?? ["X"];
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
