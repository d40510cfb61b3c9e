// Commands that read, each a whole process of the built command line, on a large
// store that another process filled.

import { execFileSync } from "node:child_process";
import {
	existsSync,
	mkdtempSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "../src/store/open-store.ts";
import { fleetOf } from "./fleet.ts";
import { UsageError } from "./options.ts";
import type { Run } from "./runs.ts";
import { rounded } from "./statistics.ts";

const CLUSTERS = 2_000;
const INSTANCES = 5;
const PROGRAM = fileURLToPath(new URL("../bin/baton", import.meta.url));
const BUNDLE = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

const REPLICA = "c1234-db3.bench:3306";
const PRIMARY = "c1234-db1.bench:3306";
const COMMANDS: readonly (readonly string[])[] = [
	["help"],
	["which-instance", "-i", REPLICA],
	["topology", "-alias", "cluster-1234"],
	["which-replicas", "-i", PRIMARY],
	["find", "-pattern", "c123.-db1"],
	["all-instances"],
	["search", "-pattern", "c1234"],
	["clusters"],
	["replication-analysis"],
	["tags", "-i", REPLICA],
];

/**
 * One run: each command once, start to exit. A command that fails fails the run, with what it said.
 * @throws UsageError when there is no build: what runs from the sources is several times slower.
 */
export const measureReads = async (
	count: number,
	log: (text: string) => void,
): Promise<Run[]> => {
	if (!existsSync(BUNDLE))
		throw new UsageError(`${BUNDLE} is missing; make it with: npm run build`);
	log(`the command line as built ${statSync(BUNDLE).mtime.toISOString()}`);
	const directory = mkdtempSync(join(tmpdir(), "baton-bench-"));
	try {
		const config = join(directory, "baton.conf.json");
		const file = join(directory, "baton.sqlite3");
		writeFileSync(
			config,
			JSON.stringify({ BackendDB: "sqlite", SQLite3DataFile: file }),
		);
		const from = performance.now();
		await fillStore(file);
		log(
			`filled a store with ${CLUSTERS * INSTANCES} instances in ${Math.round(performance.now() - from)} ms`,
		);
		readAll(config);
		return Array.from({ length: count }, () => readAll(config));
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
};

const fillStore = async (file: string): Promise<void> => {
	const store = await openStore({ file });
	const fleet = fleetOf(CLUSTERS, INSTANCES, Date.now());
	await store.inventory.save(fleet.flatMap(({ instances }) => instances));
	for (const { name, instances } of fleet)
		await store.clusters.adopt(
			name,
			instances.map((each) => each.name),
		);
	await store.close();
};

const readAll = (config: string): Run =>
	Object.assign({}, ...COMMANDS.map((words) => timeOf(config, words)));

const timeOf = (config: string, words: readonly string[]): Run => {
	const [name = "", ...rest] = words;
	const args = name === "help" ? [name] : ["-c", name, ...rest];
	const from = performance.now();
	try {
		execFileSync(PROGRAM, ["-config", config, ...args], { stdio: "pipe" });
	} catch (error) {
		return { failed: `${name}: ${(error as Error).message}` };
	}
	return {
		[`${name.replaceAll("-", "_")}_ms`]: rounded(performance.now() - from),
	};
};
