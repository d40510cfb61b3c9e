import { createCli } from "./run.ts";
import { streamsOf } from "./terminal.ts";
import { createDependencies } from "./wiring.ts";

/** What a pipe does not take at once, more than 64 KiB ahead of its reader, would be lost at the end of the process. */
const written = (stream: NodeJS.WritableStream): Promise<void> =>
	new Promise((resolve) => {
		stream.write("", () => resolve());
	});

/** Runs this process's command line and ends the process. `program` is the name that the listings show. */
export const main = async (program: string): Promise<never> => {
	// A reader that has seen enough (`| head -1`) is no error.
	process.stdout.on("error", (error: NodeJS.ErrnoException) =>
		process.exit(error.code === "EPIPE" ? 0 : 1),
	);
	const { stdout, stderr, env } = process;
	const streams = streamsOf(stdout, stderr, env);
	// Also when it is interrupted: the shell writes there next.
	process.once("exit", () => streams.foot?.hide());
	const code = await createCli(createDependencies(program)).run(
		process.argv.slice(2),
		streams,
	);
	await written(process.stdout);
	await written(process.stderr);
	process.exit(code);
};
