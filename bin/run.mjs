import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const built = new URL("../dist/cli.js", import.meta.url);
const source = new URL("../src/cli/main.ts", import.meta.url);

/** The source through tsx, for work on Baton itself; starts several times slower than the bundle. */
const loadSource = async () => {
	process.stderr.write(
		`${fileURLToPath(built)} is missing: running the source. \`node setup/build.mjs\` builds it.\n`,
	);
	const { register } = await import("tsx/esm/api");
	register();
	return import(source.href);
};

/** Runs the command line under the given program name and ends the process. */
export const run = async (program) => {
	const { main } = existsSync(built)
		? await import(built.href)
		: await loadSource();
	await main(program);
};
