// node setup/main.mjs <what ...>: gets what Baton is developed and tested with.
// It runs before node_modules exist, so it uses Node's own modules only.

import { setUpChromium } from "./chromium.mjs";
import {
	locateChromium,
	locateMariadb,
	locateMysql,
	locateTemporal,
} from "./locate.mjs";
import { setUpNodeModules } from "./node-modules.mjs";
import { SetupProblem } from "./run.mjs";
import { setUpMariadb, setUpMysql } from "./servers.mjs";
import { setUpTemporal } from "./temporal.mjs";
import { setUpTimeSkipping } from "./time-skipping.mjs";
import { OLDEST_MARIADB, OLDEST_MYSQL } from "./versions.mjs";

const JOBS = {
	"node-modules": setUpNodeModules,
	temporal: setUpTemporal,
	mysql: setUpMysql,
	mariadb: setUpMariadb,
	chromium: setUpChromium,
	"time-skipping": setUpTimeSkipping,
};

/** A variable that names what to use, and what it must name. */
const VARIABLES = {
	temporal: ["TEMPORAL_CLI", "the Temporal CLI", locateTemporal],
	mysql: ["BATON_MYSQLD", `mysqld ${OLDEST_MYSQL} or newer`, locateMysql],
	mariadb: [
		"BATON_MARIADBD",
		`mariadbd ${OLDEST_MARIADB} or newer`,
		locateMariadb,
	],
	chromium: ["BATON_CHROMIUM", "chromium", locateChromium],
};

const started = Date.now();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in JOBS));
if (wanted.length === 0 || unknown.length > 0) {
	if (unknown.length > 0) console.error(`unknown: ${unknown.join(", ")}`);
	console.error(
		`usage: node setup/main.mjs <what ...>\n  what: ${Object.keys(JOBS).join(" ")}`,
	);
	process.exit(2);
}

const results = await Promise.all([...new Set(wanted)].map(runJob));
const failed = results.filter((problem) => problem !== undefined);
for (const problem of failed) console.error(`\n${problem}`);
process.exit(failed.length === 0 ? 0 : 1);

async function runJob(name) {
	const say = (text) => console.log(`[${elapsed()}] ${name}: ${text}`);
	try {
		checkVariable(name);
		say(`ready: ${await JOBS[name](say)}`);
		return undefined;
	} catch (error) {
		say("failed");
		return `${name}: ${error instanceof SetupProblem ? error.message : error.stack}`;
	}
}

function checkVariable(name) {
	const [variable, what, locate] = VARIABLES[name] ?? [];
	if (!process.env[variable] || locate() !== undefined) return;
	throw new SetupProblem({
		missing: `${variable} is set to ${process.env[variable]}, which cannot be used`,
		why: `it must name the executable of ${what}`,
		remedy: `correct ${variable}, or unset it`,
	});
}

function elapsed() {
	return `${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s`;
}
