// npm run demo: gets what the demo needs, builds Baton when that is due, and
// runs the demo. What it is asked for is looked at before all that.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { demoArguments, USAGE } from "./demo-arguments.mjs";
import { isBuildStale } from "./stale.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const args = process.argv.slice(2);

const node = (...words) =>
	new Promise((resolve, reject) => {
		const child = spawn(process.execPath, words, {
			cwd: ROOT,
			stdio: "inherit",
		});
		// A terminal's Ctrl-C reaches the child too, which then ends what it
		// started: its end is waited for. Other signals reach this process only.
		const pass = (signal) => child.kill(signal);
		const wait = () => {};
		process.on("SIGINT", wait).on("SIGTERM", pass).on("SIGHUP", pass);
		child.on("error", reject);
		child.on("close", (code) => {
			process.off("SIGINT", wait).off("SIGTERM", pass).off("SIGHUP", pass);
			resolve(code ?? 1);
		});
	});

/** The first step that does not end with 0 is the last. */
const inOrder = async (...steps) => {
	for (const step of steps) {
		const code = await step();
		if (code !== 0) return code;
	}
	return 0;
};

const asked = demoArguments(args);
if (asked.kind === "help") {
	console.log(USAGE);
	process.exit(0);
}
if (asked.kind === "wrong") {
	console.error(`${asked.says}\n${USAGE}`);
	process.exit(2);
}

process.exitCode = await inOrder(
	() => node("setup/main.mjs", "node-modules", "temporal", asked.flavor),
	() => (isBuildStale(ROOT) ? node("setup/build.mjs") : 0),
	() => node("--import", "tsx", "bench/demo.ts", ...args),
);
