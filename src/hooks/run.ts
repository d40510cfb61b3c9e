import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fillIn, type HookContext, toldTo } from "./placeholders.ts";

export interface HookOutcome {
	readonly command: string;
	/** 0 is success; −1 when it was killed or could not be started. */
	readonly exitCode: number;
	readonly output: string;
	readonly tookMs: number;
	/** One sentence for the record. */
	readonly says: string;
}

export interface HookRunner {
	/**
	 * Runs the commands one after another. A command that ends in `&` is started and not waited for (config.md G).
	 * @param stopAtFailure detection and pre lists stop at the first failure; post lists run to their end
	 */
	run(
		commands: readonly string[],
		context: HookContext,
		stopAtFailure: boolean,
		signal?: AbortSignal,
	): Promise<readonly HookOutcome[]>;
}

export interface HookRunnerDeps {
	/** ProcessesShellCommand. */
	readonly shell: () => string;
	readonly inherited: Readonly<Record<string, string | undefined>>;
	readonly timeoutMs: number;
	readonly nowMs: () => number;
}

const OUTPUT_CAP = 16_384;

/** Whether all of them succeeded. */
export const succeeded = (outcomes: readonly HookOutcome[]): boolean =>
	outcomes.every((outcome) => outcome.exitCode === 0);

export const createHookRunner = (deps: HookRunnerDeps): HookRunner => {
	const environment = (context: HookContext) => ({
		...deps.inherited,
		...Object.fromEntries(
			toldTo(context).flatMap((told) =>
				told.variable === undefined ? [] : [[told.variable, told.value]],
			),
		),
	});

	const execute = async (
		command: string,
		context: HookContext,
		signal: AbortSignal | undefined,
	): Promise<HookOutcome> => {
		const startedMs = deps.nowMs();
		const isAsync = command.endsWith("&");
		const text = isAsync ? command.slice(0, -1).trim() : command;
		const folder = await mkdtemp(join(tmpdir(), "baton-hook-"));
		const file = join(folder, "command");
		await writeFile(file, fillIn(text, context), { mode: 0o700 });
		const ended = runFile(
			deps.shell(),
			file,
			environment(context),
			deps.timeoutMs,
			signal,
		).finally(() => rm(folder, { recursive: true, force: true }));
		if (isAsync) {
			ended.catch(() => undefined);
			return {
				command: text,
				exitCode: 0,
				output: "",
				tookMs: 0,
				says: `started in the background: ${text}`,
			};
		}
		const { exitCode, output } = await ended;
		const tookMs = deps.nowMs() - startedMs;
		return {
			command: text,
			exitCode,
			output,
			tookMs,
			says: `${exitCode === 0 ? "ran" : `FAILED (${exitCode})`} in ${tookMs} ms: ${text}${exitCode === 0 || output === "" ? "" : `: ${output.slice(0, 500)}`}`,
		};
	};

	return {
		run: async (commands, context, stopAtFailure, signal) => {
			const outcomes: HookOutcome[] = [];
			for (const command of commands.map((each) => each.trim())) {
				if (command === "") continue;
				const outcome = await execute(command, context, signal);
				outcomes.push(outcome);
				if (outcome.exitCode !== 0 && stopAtFailure) break;
			}
			return outcomes;
		},
	};
};

/** A process group of its own, so that what the hook started ends with it. */
const runFile = (
	shell: string,
	file: string,
	environment: Readonly<Record<string, string | undefined>>,
	timeoutMs: number,
	signal: AbortSignal | undefined,
): Promise<{ exitCode: number; output: string }> =>
	new Promise((resolve) => {
		const child = spawn(shell, [file], {
			detached: true,
			env: environment,
			stdio: ["ignore", "pipe", "pipe"],
		});
		let output = "";
		const take = (chunk: Buffer) => {
			if (output.length < OUTPUT_CAP)
				output += chunk.toString("utf8").slice(0, OUTPUT_CAP - output.length);
		};
		child.stdout.on("data", take);
		child.stderr.on("data", take);
		const end = (why: string) => {
			output += why;
			if (child.pid === undefined) return;
			try {
				process.kill(-child.pid, "SIGKILL");
			} catch (error) {
				// ESRCH: the group has ended by itself.
				if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
			}
		};
		const timer = setTimeout(
			() => end(` (killed after ${timeoutMs} ms)`),
			timeoutMs,
		);
		const abort = () => end(" (killed: the step was cancelled)");
		signal?.addEventListener("abort", abort, { once: true });
		if (signal?.aborted === true) abort();
		const done = (exitCode: number) => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", abort);
			resolve({ exitCode, output: output.trim() });
		};
		child.on("error", (error) => {
			output += error.message;
			done(-1);
		});
		child.on("close", (code) => done(code ?? -1));
	});
