// Debian packages: unpacked into a folder of their own, with apt's lists, cache
// and status apart from the machine's, or (only where a browser must be in the
// system) installed. Signatures are verified with the machine's own keyring.

import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { withLock } from "./cache.mjs";
import { onPath, run, SetupProblem } from "./run.mjs";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** @returns {string} the machine's own suite, such as "bookworm" */
export function machineSuite() {
	const release = existsSync("/etc/os-release")
		? readFileSync("/etc/os-release", "utf8")
		: "";
	return /^VERSION_CODENAME=(\S+)$/m.exec(release)?.[1] ?? "";
}

/**
 * Fetches `packages` with all they depend on from `suite` and unpacks them into
 * `folder`. Needs no root.
 * @param {{ suite: string, packages: string[], folder: string, say: (text: string) => void, remedy: string }} order
 */
export async function unpackPackages({ suite, packages, folder, say, remedy }) {
	const why = `${packages.join(" and ")} of Debian ${suite} give the server that the tests run against`;
	requireDebian(why, remedy);
	const work = `${folder}/.apt`;
	for (const path of ["lists/partial", "cache/archives/partial"])
		mkdirSync(join(work, path), { recursive: true });
	const archives = join(work, "cache/archives");
	await withLock(
		"apt",
		async () => {
			const options = await ownApt(work, suite, why, remedy);
			say(`reading the package list of Debian ${suite}`);
			await fetchOrExplain(
				["update", "--error-on=any"].concat(options),
				why,
				remedy,
			);
			say(`fetching ${packages.join(", ")} and what they need`);
			await fetchOrExplain(
				["install", "-y", "--no-install-recommends", "--download-only"].concat(
					options,
					packages,
				),
				why,
				remedy,
			);
		},
		() => say("waiting for another apt run"),
	);
	const files = readdirSync(archives).filter((name) => name.endsWith(".deb"));
	say(`unpacking ${files.length} packages`);
	for (const file of files)
		await run("dpkg-deb", ["-x", join(archives, file), folder]);
	rmSync(work, { recursive: true });
}

/**
 * Installs packages into the system. Needs root.
 * @param {{ packages: string[], why: string, remedy: string, say: (text: string) => void }} order
 */
export async function installPackages({ packages, why, remedy, say }) {
	requireDebian(why, remedy);
	if (process.getuid?.() !== 0)
		throw new SetupProblem({
			missing: `installing ${packages.join(" and ")} needs root`,
			why,
			remedy,
		});
	const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
	await withLock(
		"apt",
		async () => {
			say("reading the package lists");
			await fetchOrExplain(["update"], why, remedy, env);
			say(`installing ${packages.join(", ")}`);
			await fetchOrExplain(
				["install", "-y", "--no-install-recommends", ...packages],
				why,
				remedy,
				env,
			);
		},
		() => say("waiting for another apt run"),
	);
}

function requireDebian(why, remedy) {
	for (const program of ["apt-get", "dpkg-deb"])
		if (onPath(program) === undefined)
			throw new SetupProblem({
				missing: `${program} is not on PATH (this is no Debian)`,
				why,
				remedy,
			});
}

async function ownApt(work, suite, why, remedy) {
	if (!existsSync(KEYRING))
		throw new SetupProblem({
			missing: `${KEYRING} is not there (package debian-archive-keyring)`,
			why,
			remedy,
		});
	const sources = join(work, "sources.list");
	writeFileSync(
		sources,
		`deb [signed-by=${KEYRING}] ${await debianBase(why, remedy)} ${suite} main\n`,
	);
	const settings = {
		"Dir::Etc::sourcelist": sources,
		"Dir::Etc::sourceparts": "/dev/null",
		"Dir::State::Lists": join(work, "lists"),
		"Dir::State::status": "/dev/null",
		"Dir::State::extended_states": join(work, "extended_states"),
		"Dir::Cache": join(work, "cache"),
		"APT::Sandbox::User": "",
		"Acquire::Languages": "none",
		"Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
		"Debug::NoLocking": "1",
	};
	return Object.entries(settings).flatMap(([key, value]) => [
		"-o",
		`${key}=${value}`,
	]);
}

/** The mirror that this machine's own apt takes Debian from. */
async function debianBase(why, remedy) {
	const targets = await run("apt-get", [
		"indextargets",
		"--format",
		"$(RELEASE) $(REPO_URI)",
		"Created-By: Packages",
	]);
	const suite = machineSuite();
	const line = targets
		.split("\n")
		.map((text) => text.split(" "))
		.find(([release]) => release === suite);
	if (line?.[1] === undefined)
		throw new SetupProblem({
			missing: `apt on this machine knows no mirror of Debian ${suite}`,
			why,
			remedy,
		});
	return line[1];
}

async function fetchOrExplain(args, why, remedy, env) {
	try {
		await run("apt-get", args, env === undefined ? {} : { env });
	} catch (error) {
		throw new SetupProblem({
			missing: `apt-get ${args[0]} did not work:\n${error.message}`,
			why,
			remedy: `the network or the mirror, then run this again; or ${remedy}`,
		});
	}
}
