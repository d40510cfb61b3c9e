// The two database servers that the lab starts.

import { join } from "node:path";
import { addEntry, withLock } from "./cache.mjs";
import { machineSuite, unpackPackages } from "./debian.mjs";
import {
	describeUnpacked,
	locateMariadb,
	locateMysql,
	readServerVersion,
} from "./locate.mjs";
import { run } from "./run.mjs";
import { OLDEST_MARIADB, OLDEST_MYSQL } from "./versions.mjs";

/** MySQL is in Debian's unstable suite only. */
export async function setUpMysql(say) {
	return setUpServer({
		flavor: "mysql",
		locate: locateMysql,
		suite: "sid",
		remedy: `install MySQL ${OLDEST_MYSQL} or newer and name its mysqld in BATON_MYSQLD`,
		say,
	});
}

/** MariaDB is taken from the suite of this machine. */
export async function setUpMariadb(say) {
	return setUpServer({
		flavor: "mariadb",
		locate: locateMariadb,
		suite: machineSuite(),
		remedy: `install MariaDB ${OLDEST_MARIADB} or newer and name its mariadbd in BATON_MARIADBD`,
		say,
	});
}

async function setUpServer({ flavor, locate, suite, remedy, say }) {
	if (locate() === undefined)
		await withLock(
			flavor,
			async () => {
				if (locate() === undefined)
					await unpackServer({ flavor, suite, remedy, say });
			},
			() => say("waiting for another set-up"),
		);
	const found = locate();
	return `${found.flavor} ${found.version}: ${found.argsPrefix.at(-1) ?? found.program}`;
}

async function unpackServer({ flavor, suite, remedy, say }) {
	await addEntry(flavor, async (folder) => {
		await unpackPackages({
			suite,
			packages: [`${flavor}-server-core`, `${flavor}-client-core`],
			folder,
			say,
			remedy,
		});
		return `${flavor}-${await unpackedVersion(flavor, folder)}-${process.arch}`;
	});
}

/** Runs the unpacked server once, so that a broken one never gets its name. */
async function unpackedVersion(flavor, folder) {
	const server = describeUnpacked(flavor, folder, "unknown");
	if (server === undefined)
		throw new Error(`the packages hold no server: ${join(folder, "usr/sbin")}`);
	const text = await run(server.program, [
		...server.argsPrefix,
		"--no-defaults",
		"--version",
	]);
	const found = readServerVersion(text);
	if (found?.flavor !== flavor)
		throw new Error(`not a ${flavor} server: ${text.trim()}`);
	return found.version;
}
