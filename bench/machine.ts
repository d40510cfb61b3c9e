// What was measured on.

import { execFileSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { locateTemporal } from "../setup/locate.mjs";

export interface Machine {
	readonly cores: number;
	readonly cpu: string;
	readonly memory_gb: number;
	readonly kernel: string;
	readonly node: string;
	readonly temporal: string;
	/** The database server, such as "mysql 9.7.0". */
	readonly server: string;
	/** One minute's load average when the measurement began: above 0.5 it was not alone. */
	readonly load_before: number;
}

export const describeMachine = (server: string): Machine => ({
	cores: cpus().length,
	cpu: cpus()[0]?.model ?? "unknown",
	memory_gb: Math.round(totalmem() / 2 ** 30),
	kernel: `${type()} ${release()}`,
	node: process.version,
	temporal: versionOfTemporal(),
	server,
	load_before: Math.round((loadavg()[0] ?? 0) * 100) / 100,
});

const versionOfTemporal = (): string => {
	const program = locateTemporal();
	if (program === undefined) return "none";
	// "temporal version 1.2.3 (Server 1.4.5, UI 2.6.7)"
	return execFileSync(program, ["--version"], { encoding: "utf8" })
		.trim()
		.replace(/^temporal version /, "");
};
