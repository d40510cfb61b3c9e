// Whether dist/ has to be built.

import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What is built into dist/: see build.mjs. */
const SOURCES = [
	"src",
	"workflows",
	"activities",
	"workers",
	"temporal",
	"web",
	"setup/build.mjs",
	"package.json",
	"package-lock.json",
];
const RESULTS = ["dist/cli.js", "dist/workflow-bundle.js", "dist/web"];

/**
 * @param {string} root the repository
 * @returns {boolean} also when a result is missing
 */
export function isBuildStale(root) {
	const built = RESULTS.map((path) => join(root, path));
	if (!built.every((path) => existsSync(path))) return true;
	const oldest = Math.min(...built.map((path) => newestIn(path)));
	return SOURCES.some((path) => newestIn(join(root, path)) > oldest);
}

/** Modification time of the newest file at or below the path, in milliseconds; 0 when there is none. */
function newestIn(path) {
	if (!existsSync(path)) return 0;
	const entry = statSync(path);
	if (!entry.isDirectory()) return entry.mtimeMs;
	return Math.max(
		0,
		...readdirSync(path)
			.filter((name) => name !== "node_modules")
			.map((name) => newestIn(join(path, name))),
	);
}
