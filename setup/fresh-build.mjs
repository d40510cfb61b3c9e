// Before tests that start Baton: bin/baton prefers what was built to the sources, and would run yesterday's.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isBuildStale } from "./stale.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Builds dist/ when the sources are newer. */
export default function freshBuild() {
	if (!isBuildStale(root)) return;
	execFileSync(process.execPath, ["setup/build.mjs"], {
		cwd: root,
		stdio: "inherit",
	});
}
