// What a process has used so far, as Linux counts it.

import { readFileSync } from "node:fs";

export interface ProcessUsage {
	/** User and system time of all its threads. */
	readonly cpuSeconds: number;
	readonly residentMb: number;
}

/** USER_HZ: fixed by the kernel's interface, see proc(5). */
const TICKS_A_SECOND = 100;

export const usageOf = (pid: number): ProcessUsage => {
	const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
	// The name in brackets may hold blanks; utime and stime are the 12th and 13th after it.
	const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return {
		cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND,
		residentMb: Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0) / 1024,
	};
};
