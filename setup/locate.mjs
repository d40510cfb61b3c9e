// Where the programs are that Baton is developed and tested with. Nothing is
// fetched here; see main.mjs. Each function answers undefined when the program
// is neither named by an environment variable, nor on PATH, nor in the cache. A
// variable that is set is obeyed: when it names nothing usable, nothing else is
// taken instead.

import { existsSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { cacheFolder, entries } from "./cache.mjs";
import { ask, isExecutable, onPath } from "./run.mjs";
import {
	compareVersions,
	OLDEST_MARIADB,
	OLDEST_MYSQL,
	TEMPORAL_CLI_VERSION,
	TIME_SKIPPING_VERSION,
} from "./versions.mjs";

export function locateTemporal() {
	return firstExecutable(
		process.env.TEMPORAL_CLI,
		onPath("temporal"),
		join(cacheFolder(), `temporal-${TEMPORAL_CLI_VERSION}`, "temporal"),
	);
}

export function locateChromium() {
	return firstExecutable(
		process.env.BATON_CHROMIUM,
		onPath("chromium"),
		"/usr/bin/chromium",
	);
}

export function locateTimeSkippingServer() {
	return firstExecutable(
		undefined,
		join(
			cacheFolder(),
			`time-skipping-${TIME_SKIPPING_VERSION}`,
			"temporal-test-server",
		),
	);
}

export function locateMysql() {
	return locateServer("mysql", "mysqld", process.env.BATON_MYSQLD);
}

export function locateMariadb() {
	return locateServer("mariadb", "mariadbd", process.env.BATON_MARIADBD);
}

/**
 * Describes the server that Debian packages hold, unpacked below `root`. It is
 * run by that root's own loader: its C library may be newer than the machine's.
 */
export function describeUnpacked(flavor, root, version) {
	const libraries = libraryFolders(root);
	const loader = findLoader(libraries);
	const binary = join(
		root,
		"usr/sbin",
		flavor === "mysql" ? "mysqld" : "mariadbd",
	);
	if (loader === undefined || !existsSync(binary)) return undefined;
	const share = join(root, "usr/share/mysql");
	return {
		flavor,
		version,
		program: loader,
		argsPrefix: ["--library-path", libraries.join(":"), binary],
		baseArgs: [
			...serverArgs(flavor),
			`--lc-messages-dir=${share}`,
			`--character-sets-dir=${join(share, "charsets")}`,
			`--plugin-dir=${join(root, "usr/lib/mysql/plugin")}`,
		],
		shareDirectory: share,
	};
}

/** `mysqld --version` names the flavour: "… Ver 10.11.6-MariaDB …". */
export function readServerVersion(text) {
	const version = /Ver (\d+\.\d+\.\d+)/.exec(text)?.[1];
	if (version === undefined) return undefined;
	return { flavor: /mariadb/i.test(text) ? "mariadb" : "mysql", version };
}

function locateServer(flavor, binary, named) {
	if (named) return systemServer(flavor, named);
	return systemServer(flavor, onPath(binary)) ?? unpackedServer(flavor, binary);
}

function systemServer(flavor, program) {
	if (program === undefined || !isExecutable(program)) return undefined;
	const found = readServerVersion(ask(program, ["--version"]));
	const oldest = flavor === "mysql" ? OLDEST_MYSQL : OLDEST_MARIADB;
	if (found?.flavor !== flavor || compareVersions(found.version, oldest) < 0)
		return undefined;
	return {
		flavor,
		version: found.version,
		program,
		argsPrefix: [],
		baseArgs: serverArgs(flavor),
		shareDirectory: systemShare(program),
	};
}

function unpackedServer(flavor, binary) {
	const newest = entries(`${flavor}-`)
		.filter((name) => existsSync(join(cacheFolder(), name, "usr/sbin", binary)))
		.sort((a, b) => compareVersions(versionIn(b), versionIn(a)))[0];
	if (newest === undefined) return undefined;
	return describeUnpacked(
		flavor,
		join(cacheFolder(), newest),
		versionIn(newest),
	);
}

function versionIn(entry) {
	return /-(\d[\d.]*)/.exec(entry)?.[1] ?? "0";
}

/** mysqld refuses to run as root unless it is told to. */
function serverArgs(flavor) {
	const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
	const own = flavor === "mysql" ? ["--mysqlx=OFF"] : [];
	return [
		...asRoot,
		...own,
		"--secure-file-priv=",
		"--innodb-use-native-aio=0",
	];
}

function systemShare(program) {
	const prefix = dirname(dirname(realpathSync(program)));
	return ["share/mysql", "share/mariadb", "share"]
		.map((folder) => join(prefix, folder))
		.find((folder) => existsSync(join(folder, "english", "errmsg.sys")));
}

function libraryFolders(root) {
	return ["usr/lib", "lib"].flatMap((folder) => {
		const path = join(root, folder);
		if (!existsSync(path)) return [];
		return readdirSync(path)
			.filter((name) => name.endsWith("-linux-gnu"))
			.map((name) => join(path, name));
	});
}

/** The loader's links in the packages are absolute, so they are not followed. */
function findLoader(folders) {
	for (const folder of folders) {
		for (const name of readdirSync(folder)) {
			if (!/^ld-linux.*\.so\.\d+$/.test(name)) continue;
			const target = linkTarget(join(folder, name));
			return join(folder, target === undefined ? name : basename(target));
		}
	}
	return undefined;
}

function linkTarget(path) {
	try {
		return readlinkSync(path);
	} catch (error) {
		if (error.code === "EINVAL") return undefined;
		throw error;
	}
}

function firstExecutable(named, ...paths) {
	if (named) return isExecutable(named) ? named : undefined;
	return paths.find((path) => path !== undefined && isExecutable(path));
}
