// node_modules from the lock file. better-sqlite3 is compiled from source, so a
// finished tree is kept in the cache, by lock file and Node version.

import { createHash } from "node:crypto";
import {
	existsSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addEntry, cacheFolder, withLock } from "./cache.mjs";
import { run, SetupProblem } from "./run.mjs";

const REPOSITORY = fileURLToPath(new URL("..", import.meta.url));
const STAMP = ".baton-lock";

export async function setUpNodeModules(say) {
	const target = join(REPOSITORY, "node_modules");
	const key = treeKey();
	if (stampOf(target) !== key)
		await withLock(
			"node-modules",
			async () => {
				if (stampOf(target) !== key) await install(target, key, say);
			},
			() => say("waiting for another set-up"),
		);
	return target;
}

/** What the finished tree depends on, as a folder name. */
function treeKey() {
	const lock = createHash("sha256")
		.update(readFileSync(join(REPOSITORY, "package-lock.json")))
		.digest("hex")
		.slice(0, 16);
	return `node-modules-${lock}-node${process.versions.node}-${process.platform}-${process.arch}`;
}

function stampOf(folder) {
	const stamp = join(folder, STAMP);
	return existsSync(stamp) ? readFileSync(stamp, "utf8") : undefined;
}

async function install(target, key, say) {
	const cached = join(cacheFolder(), key);
	if (existsSync(cached)) {
		say("copying from the cache");
		return replace(target, cached);
	}
	say("npm ci (some minutes the first time: better-sqlite3 is compiled)");
	await npmInstall();
	writeFileSync(join(target, STAMP), key);
	say("keeping a copy in the cache");
	await addEntry("node-modules", async (folder) => {
		await copyTree(target, folder);
		return key;
	});
}

async function npmInstall() {
	const env = { ...process.env };
	// The compiler finds Node's headers here; npm would otherwise download them.
	if (
		env.npm_config_nodedir === undefined &&
		existsSync("/usr/include/node/node.h")
	)
		env.npm_config_nodedir = "/usr";
	try {
		await run("npm", ["ci", "--no-audit", "--no-fund"], {
			cwd: REPOSITORY,
			env,
		});
	} catch (error) {
		throw new SetupProblem({
			missing: `npm ci did not work:\n${error.message}`,
			why: "Baton and its tests need the packages of package-lock.json",
			remedy:
				"a reachable npm registry, and a C++ compiler with python3 and make for better-sqlite3",
		});
	}
}

async function replace(target, cached) {
	const fresh = `${target}.tmp-${process.pid}`;
	const old = `${target}.old-${process.pid}`;
	try {
		await run("mkdir", [fresh]);
		await copyTree(cached, fresh);
		if (existsSync(target)) renameSync(target, old);
		renameSync(fresh, target);
	} finally {
		rmSync(fresh, { recursive: true, force: true });
		rmSync(old, { recursive: true, force: true });
	}
}

function copyTree(from, to) {
	return run("cp", ["-a", `${from}/.`, to]);
}
