// npm run demo: gets what the demo needs, builds Baton when that is due, and
// runs the demo. `node setup/demo.mjs [--flavor mysql|mariadb] [--check]`

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
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

const flavor = flavorIn(args);
if (flavor === undefined) {
	console.error("usage: npm run demo -- [--flavor mysql|mariadb] [--check]");
	process.exit(2);
}

process.exitCode = await inOrder(
	() => node("setup/main.mjs", "node-modules", "temporal", flavor),
	() => (isBuildStale(ROOT) ? node("setup/build.mjs") : 0),
	() => node("--import", "tsx", "bench/demo.ts", ...args),
);

/** undefined when it is none that there is. */
function flavorIn(words) {
	const at = words.findIndex((word) => /^--flavor(=|$)/.test(word));
	if (at === -1) return "mysql";
	const named = words[at].includes("=") ? words[at].slice(9) : words[at + 1];
	return ["mysql", "mariadb"].find((each) => each === named);
}
