// Running other programs, and the one kind of error that the set-up reports
// without a stack trace.

import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Something that the user must provide: what, why, and how. */
export class SetupProblem extends Error {
	/**
	 * @param {{ missing: string, why: string, remedy: string }} problem
	 */
	constructor({ missing, why, remedy }) {
		super(`${missing}\n    why:    ${why}\n    remedy: ${remedy}`);
		this.name = "SetupProblem";
	}
}

/**
 * @param {string} name
 * @returns {string | undefined} the executable's path, as a shell would find it
 */
export function onPath(name) {
	for (const folder of (process.env.PATH ?? "").split(delimiter)) {
		if (folder !== "" && isExecutable(join(folder, name)))
			return join(folder, name);
	}
	return undefined;
}

/** @param {string} path */
export function isExecutable(path) {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}

/**
 * Runs a program to its end without blocking the other set-up jobs.
 * @param {string} program
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string }} [options]
 * @returns {Promise<string>} what it wrote to stdout
 * @throws {Error} with the last lines of its output when it does not exit with 0
 */
export function run(program, args, { cwd, env, input } = {}) {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, {
			cwd,
			env: env ?? process.env,
			stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
		});
		let stdout = "";
		let all = "";
		child.stdout.on("data", (chunk) => {
			stdout += chunk;
			all += chunk;
		});
		child.stderr.on("data", (chunk) => {
			all += chunk;
		});
		if (input !== undefined) child.stdin.end(input);
		child.on("error", reject);
		child.on("close", (code, signal) => {
			if (code === 0) resolve(stdout);
			else
				reject(
					new Error(
						`${program} ${args.join(" ")}: ended with ${signal ?? code}\n${excerpt(all)}`,
					),
				);
		});
	});
}

/** The first and the last lines: some programs end with their usage. */
function excerpt(output) {
	const lines = output.trim().split("\n");
	if (lines.length <= 20) return lines.join("\n");
	return [...lines.slice(0, 10), "…", ...lines.slice(-10)].join("\n");
}

/**
 * A quick question to a program, such as its version.
 * @param {string} program
 * @param {string[]} args
 * @returns {string} stdout, or the empty string when it cannot be run
 */
export function ask(program, args) {
	const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
	return status === 0 ? stdout : "";
}
