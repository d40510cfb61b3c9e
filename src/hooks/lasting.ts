import { spawn } from "node:child_process";
import { mkdir, open, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../errors.ts";
import { fillIn, type HookContext } from "./placeholders.ts";
import { type HookRunnerDeps, hookEnvironment } from "./run.ts";

/** How a hook that may outlive its node came out. */
export interface LastingOutcome {
	/** `lost`: it was begun, and nobody can say how it ended, or whether it has. */
	readonly end: "ran" | "failed" | "lost";
	readonly says: string;
}

export interface LastingHooks {
	/**
	 * Runs the commands one after another until one fails. What was begun before under the same key, by this process or by one before it
	 * on this machine, is waited for and not begun again.
	 * @param key a path below the folder of these hooks
	 * @param options.mayBegin false: it was asked for before, so that a key which is not known here was begun elsewhere, or by nobody
	 * @throws the reason of the signal when that is aborted; what runs goes on
	 */
	run(
		key: string,
		commands: readonly string[],
		context: HookContext,
		options: { readonly mayBegin: boolean; readonly signal: AbortSignal },
	): Promise<LastingOutcome>;
	/** Forgets all keys below this one. */
	forget(key: string): Promise<void>;
}

interface LastingDeps extends Pick<HookRunnerDeps, "shell" | "inherited"> {
	/** Where they are kept while they run. */
	readonly folder: () => string;
}

const POLL_MS = 200;
/** How long the end of a process that is gone may take to be written. Polls. */
const GRACE_POLLS = 10;
/** Of what a hook printed, as it is told. Characters. */
const TOLD = 500;

/** It writes down by itself how it ends: nobody may be there to hear it. */
const KEEPER =
	'"$1" "$2/command" >"$2/output" 2>&1 </dev/null; echo $? >"$2/code.new"; mv "$2/code.new" "$2/code"';

/** Of a file; a hook prints as much as it likes for as long as it runs. Bytes. */
const MOST_READ = 16_384;

const beginningOf = async (file: string): Promise<string> => {
	const handle = await open(file);
	try {
		const { bytesRead, buffer } = await handle.read(
			Buffer.alloc(MOST_READ),
			0,
			MOST_READ,
		);
		return buffer.toString("utf8", 0, bytesRead).trim();
	} finally {
		await handle.close();
	}
};

/** How it begins; empty where there is none. */
const readOr = async (file: string): Promise<string> => {
	try {
		return await beginningOf(file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
		throw error;
	}
};

const isThere = async (folder: string): Promise<boolean> => {
	try {
		await stat(folder);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
		throw error;
	}
};

const isAlive = (pid: string): boolean => {
	if (!/^\d+$/.test(pid)) return false;
	try {
		process.kill(Number(pid), 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
};

/** Hooks that go on when the node ends, and whose end the next one hears of. */
export const createLastingHooks = (deps: LastingDeps): LastingHooks => {
	const begin = async (
		folder: string,
		command: string,
		context: HookContext,
	): Promise<void> => {
		// Whoever makes the folder begins the hook.
		await mkdir(folder, { mode: 0o700 });
		await writeFile(join(folder, "command"), fillIn(command, context), {
			mode: 0o700,
		});
		const child = spawn(
			"/bin/sh",
			["-c", KEEPER, "baton-hook", deps.shell(), folder],
			{
				detached: true,
				env: hookEnvironment(deps.inherited, context),
				stdio: "ignore",
			},
		);
		const started = new Promise<void>((resolve, reject) => {
			child.once("spawn", resolve);
			child.once("error", reject);
		});
		await started;
		child.unref();
		await writeFile(join(folder, "pid"), String(child.pid ?? ""));
	};

	const ended = async (
		folder: string,
		command: string,
		signal: AbortSignal,
	): Promise<LastingOutcome> => {
		for (let missed = 0; ; ) {
			signal.throwIfAborted();
			const code = await readOr(join(folder, "code"));
			if (code !== "") {
				const output = (await readOr(join(folder, "output"))).slice(0, TOLD);
				return code === "0"
					? { end: "ran", says: `ran: ${command}` }
					: {
							end: "failed",
							says: `FAILED (${code}): ${command}${output === "" ? "" : `: ${output}`}`,
						};
			}
			missed = isAlive(await readOr(join(folder, "pid"))) ? 0 : missed + 1;
			if (missed > GRACE_POLLS)
				return {
					end: "lost",
					says: `it was ended before it could say how it came out: ${command}`,
				};
			await delay(POLL_MS);
		}
	};

	const runOne = async (
		folder: string,
		command: string,
		context: HookContext,
		options: Parameters<LastingHooks["run"]>[3],
	): Promise<LastingOutcome> => {
		if (!(await isThere(folder))) {
			if (!options.mayBegin)
				return {
					end: "lost",
					says: `the node that was to run it was lost, and this one does not know whether it did: ${command}`,
				};
			try {
				await begin(folder, command, context);
			} catch (error) {
				return {
					end: "failed",
					says: `could not be started: ${command}: ${errorText(error)}`,
				};
			}
		}
		return ended(folder, command, options.signal);
	};

	return {
		run: async (key, commands, context, options) => {
			const folder = join(deps.folder(), key);
			let { mayBegin } = options;
			if (mayBegin) await mkdir(folder, { recursive: true, mode: 0o700 });
			const said: string[] = [];
			for (const [nth, command] of commands
				.map((each) => each.trim())
				.filter((each) => each !== "")
				.entries()) {
				const ran = await runOne(join(folder, String(nth)), command, context, {
					...options,
					mayBegin,
				});
				if (ran.end !== "ran") return ran;
				said.push(ran.says);
				// The one before it has ended here, so that nobody else has begun this one.
				mayBegin = true;
			}
			return { end: "ran", says: said.join("; ") };
		},
		forget: (key) =>
			rm(join(deps.folder(), key), { recursive: true, force: true }),
	};
};
