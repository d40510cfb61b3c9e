import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { errorText } from "../errors.ts";
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
	 * Runs the commands one after another. A command that ends in `&` is started and not waited for.
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

/** What Linux takes as one variable is 128 KiB, with its name. Bytes. */
const VALUE_CAP = 120_000;

/** How long what a hook has left in the background may hold its output open after its own end. Milliseconds. */
const LEFT_OPEN_MS = 500;

/** As an environment can hold it: servers' strings may hold a NUL, and lists may be long. No name of a list is cut in two. */
const asVariable = (value: string): string => {
	const text = value.replaceAll("\0", "");
	if (Buffer.byteLength(text) <= VALUE_CAP) return text;
	const cut = Buffer.from(text).subarray(0, VALUE_CAP).toString("utf8");
	const comma = cut.lastIndexOf(",");
	return comma === -1 ? cut : cut.slice(0, comma);
};

/** Whether all of them succeeded. */
export const succeeded = (outcomes: readonly HookOutcome[]): boolean =>
	outcomes.every((outcome) => outcome.exitCode === 0);

/** What a hook is told by its environment, on top of that of the node. */
export const hookEnvironment = (
	inherited: HookRunnerDeps["inherited"],
	context: HookContext,
) => ({
	...inherited,
	...Object.fromEntries(
		toldTo(context).flatMap((told) =>
			told.variable === undefined
				? []
				: [[told.variable, asVariable(told.value)]],
		),
	),
});

export const createHookRunner = (deps: HookRunnerDeps): HookRunner => {
	/** Never throws: what cannot be started has failed, as one that ran and failed has. */
	const start = async (
		text: string,
		context: HookContext,
		signal: AbortSignal | undefined,
	): Promise<Ended> => {
		let folder: string | undefined;
		try {
			folder = await mkdtemp(join(tmpdir(), "baton-hook-"));
			const file = join(folder, "command");
			await writeFile(file, fillIn(text, context), { mode: 0o700 });
			return await runFile(
				deps.shell(),
				file,
				hookEnvironment(deps.inherited, context),
				deps.timeoutMs,
				signal,
			);
		} catch (error) {
			return {
				exitCode: -1,
				output: `could not be started: ${errorText(error)}`,
			};
		} finally {
			if (folder !== undefined)
				await rm(folder, { recursive: true, force: true }).catch(
					() => undefined,
				);
		}
	};

	const execute = async (
		command: string,
		context: HookContext,
		signal: AbortSignal | undefined,
	): Promise<HookOutcome> => {
		const startedMs = deps.nowMs();
		const isAsync = command.endsWith("&");
		const text = isAsync ? command.slice(0, -1).trim() : command;
		const ended = start(text, context, signal);
		if (isAsync)
			return {
				command: text,
				exitCode: 0,
				output: "",
				tookMs: 0,
				says: `started in the background: ${text}`,
			};
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

interface Ended {
	readonly exitCode: number;
	readonly output: string;
}

/**
 * A process group of its own, so that what the hook started ends with it. What has left the group may hold the output open for as long
 * as it lives: that is not waited for.
 */
const runFile = (
	shell: string,
	file: string,
	environment: Readonly<Record<string, string | undefined>>,
	timeoutMs: number,
	signal: AbortSignal | undefined,
): Promise<Ended> =>
	new Promise((resolve) => {
		const child = spawn(shell, [file], {
			detached: true,
			env: environment,
			stdio: ["ignore", "pipe", "pipe"],
		});
		let output = "";
		const take = (text: string) => {
			if (output.length < OUTPUT_CAP)
				output += text.slice(0, OUTPUT_CAP - output.length);
		};
		child.stdout.setEncoding("utf8").on("data", take);
		child.stderr.setEncoding("utf8").on("data", take);
		let leftOpen: NodeJS.Timeout | undefined;
		const done = (exitCode: number) => {
			clearTimeout(timer);
			clearTimeout(leftOpen);
			child.stdout.destroy();
			child.stderr.destroy();
			signal?.removeEventListener("abort", abort);
			resolve({ exitCode, output: output.trim() });
		};
		const end = (why: string) => {
			output += why;
			try {
				if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
			} catch (error) {
				// ESRCH: the group has ended by itself. Nobody would catch what is thrown here.
				if ((error as NodeJS.ErrnoException).code !== "ESRCH")
					output += ` (could not be ended: ${errorText(error)})`;
			}
			done(-1);
		};
		const timer = setTimeout(
			() => end(` (killed after ${timeoutMs} ms)`),
			timeoutMs,
		);
		const abort = () => end(" (killed: the step was cancelled)");
		signal?.addEventListener("abort", abort, { once: true });
		child.on("error", (error) => {
			output += error.message;
			done(-1);
		});
		child.on("exit", (code) => {
			leftOpen = setTimeout(() => done(code ?? -1), LEFT_OPEN_MS);
		});
		child.on("close", (code) => done(code ?? -1));
		if (signal?.aborted === true) abort();
	});
