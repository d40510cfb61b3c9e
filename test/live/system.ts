// A lab with a Baton process that watches it.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ServerFlavor } from "../../setup/locate.mjs";
import { createEnvironment } from "../../src/config/environment.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import { storeOptionsOf } from "../../src/config/store-options.ts";
import type { Store } from "../../src/store/contract.ts";
import { openStore } from "../../src/store/open-store.ts";
import { type BatonProcess, startBaton } from "../lab/baton-process.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { LayOptions, Topology } from "../lab/laying.ts";
import { waitUntil } from "../lab/replication.ts";
import { type ResetOptions, resetTopology } from "../lab/reset.ts";
import type { LabServer } from "../lab/server.ts";

export const FLAVORS: readonly ServerFlavor[] = ["mysql", "mariadb"];

/** BATON_ALL_FAULTS=1: every case on both flavours, with the longer waits. */
export const ALL_FAULTS = process.env.BATON_ALL_FAULTS === "1";

/** Where Baton does the same on both: the other one in a full run only. */
const oneOf = (flavor: ServerFlavor): readonly ServerFlavor[] =>
	ALL_FAULTS ? FLAVORS : [flavor];

/** Where most of the test is Baton's part, or MySQL's own. */
export const FIRST_FLAVORS = oneOf("mysql");

/** Where the servers of a test are laid and moved a lot: MariaDB's are up in half the time. */
export const QUICK_FLAVORS = oneOf("mariadb");

const testOn =
	(flavors: readonly ServerFlavor[]) =>
	(flavor: ServerFlavor) =>
	(name: string, work: () => Promise<void>): void => {
		if (flavors.includes(flavor)) test(name, work, TEST_MS);
	};

/** A test on each of {@link FIRST_FLAVORS}. */
export const testOnFirst = testOn(FIRST_FLAVORS);

/** A test on each of {@link QUICK_FLAVORS}. */
export const testOnQuick = testOn(QUICK_FLAVORS);

/** Of one test with servers and a Baton process, milliseconds. */
export const TEST_MS = 120_000;

/** A failover on a loaded machine takes a few seconds; one that did not come by then will not come. */
export const FAILOVER_MS = 15_000;

export interface SystemOptions extends Partial<LayOptions> {
	readonly flavor: ServerFlavor;
	/** Keys on top of the lab's own; what it is given knows the lab's folder. */
	readonly config?: (lab: Lab) => Readonly<Record<string, unknown>>;
	/** Default true: the topology is discovered and watched. */
	readonly watched?: boolean;
}

export interface System {
	readonly flavor: ServerFlavor;
	readonly lab: Lab;
	readonly baton: BatonProcess;
	readonly primary: LabServer;
	readonly replicas: readonly LabServer[];
	readonly servers: readonly LabServer[];
	/** Reads what Baton keeps. */
	inStore<T>(read: (store: Store) => Promise<T>): Promise<T>;
	stop(): Promise<void>;
}

export async function startSystem(options: SystemOptions): Promise<System> {
	const { flavor, config, watched, ...laying } = options;
	const lab = await createLab({ flavor });
	try {
		const topology = await lab.lay({ replicas: 3, ...laying });
		return await startOn(lab, topology, {
			...(config === undefined ? {} : { config }),
			...(watched === undefined ? {} : { watched }),
		});
	} catch (error) {
		await lab.stop();
		throw error;
	}
}

/** A new Baton, which knows nothing yet, for servers that are laid already. It is stopped when it does not come up. */
export async function startOn(
	lab: Lab,
	topology: Topology,
	{ config, watched }: Pick<SystemOptions, "config" | "watched"> = {},
): Promise<System> {
	const baton = await startBaton({
		lab,
		...(config === undefined ? {} : { config: config(lab) }),
	});
	const system: System = {
		flavor: lab.flavor,
		lab,
		baton,
		...topology,
		inStore: (read) => readStore(baton, read),
		stop: async () => {
			await baton.stop();
			await lab.stop();
		},
	};
	if (watched ?? true)
		await watchAll(system).catch(async (error: unknown) => {
			await baton.stop();
			throw error;
		});
	return system;
}

interface AfreshOptions
	extends Pick<SystemOptions, "config" | "watched">,
		ResetOptions {
	/** Changes the topology before Baton sees it. */
	readonly before?: (topology: Topology) => Promise<void>;
}

/** A lab that the tests of a file share. */
export interface SharedLab {
	readonly lab: Lab;
	readonly topology: Topology;
	/** The topology made anew, watched by a new Baton; the one before it is stopped. */
	afresh(options?: AfreshOptions): Promise<System>;
	stop(): Promise<void>;
}

export async function shareLab(
	options: LayOptions & {
		readonly flavor: ServerFlavor;
		/** Puts something between servers, or changes how they are set up. */
		readonly arrange?: (laid: Topology) => Promise<Topology>;
	},
): Promise<SharedLab> {
	const { flavor, arrange = async (laid) => laid, ...laying } = options;
	const lab = await createLab({ flavor });
	let system: System | undefined;
	try {
		const topology = await arrange(await lab.lay(laying));
		return {
			lab,
			topology,
			afresh: async ({ config, watched, before, ...reset } = {}) => {
				await system?.baton.stop();
				system = undefined;
				await resetTopology(topology, reset);
				await before?.(topology);
				system = await startOn(lab, topology, {
					...(config === undefined ? {} : { config }),
					...(watched === undefined ? {} : { watched }),
				});
				return system;
			},
			stop: async () => {
				await system?.baton.stop();
				await lab.stop();
			},
		};
	} catch (error) {
		await lab.stop();
		throw error;
	}
}

async function readStore<T>(
	baton: BatonProcess,
	read: (store: Store) => Promise<T>,
): Promise<T> {
	const { config } = loadConfiguration({
		environment: createEnvironment(),
		file: baton.configFile,
	});
	const store = await openStore({ ...storeOptionsOf(config), readOnly: true });
	try {
		return await read(store);
	} finally {
		await store.close();
	}
}

/** Discovers the primary, and waits until every server is probed by the watcher, again and again. */
async function watchAll(system: System): Promise<void> {
	const { host, port } = system.primary;
	const found = await system.baton.get<{ Code: string }>(
		`discover/${host}/${port}`,
	);
	expect(found.Code).toBe("OK");
	await waitWatched(system);
}

/** Discovery looks at each server once; only the watcher looks twice. */
export async function waitWatched(
	system: System,
	servers: readonly Pick<LabServer, "name">[] = system.servers,
): Promise<void> {
	const looks = new Map<string, Set<number>>();
	const unwatched = () =>
		servers.filter((each) => (looks.get(each.name)?.size ?? 0) < 3);
	await explaining(system, () =>
		waitUntil(
			`${servers.length} servers watched`,
			async () => {
				const known = await system.inStore((store) => store.inventory.all());
				for (const { name, check } of known)
					if (check.outcome === "ok")
						looks.set(name, (looks.get(name) ?? new Set()).add(check.seenAtMs));
				return unwatched().length === 0;
			},
			30_000,
		).catch((error: unknown) => {
			const names = unwatched().map((each) => each.name);
			throw new Error(`${names.join(", ")} not watched`, { cause: error });
		}),
	);
}

export const serverNamed = (system: System, name: string): LabServer => {
	const server = system.servers.find((each) => each.name === name);
	if (server === undefined) throw new Error(`no server ${name} in the lab`);
	return server;
};

/** Waits for a text in what Baton wrote from now on, or from an earlier length of it. */
export async function waitLogged(
	system: System,
	text: string,
	from = 0,
	deadlineMs = FAILOVER_MS,
): Promise<void> {
	await explaining(system, () =>
		waitUntil(
			`'${text}' in the log`,
			async () => system.baton.output().slice(from).includes(text),
			deadlineMs,
		),
	);
}

/** A failed wait is told with the end of Baton's log. */
export async function explaining<T>(
	system: System,
	work: () => Promise<T>,
): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw new Error(
			`${error instanceof Error ? error.message : String(error)}\n${logTail(system)}`,
			{ cause: error },
		);
	}
}

export const logTail = (system: System): string =>
	readFileSync(join(system.baton.directory, "baton.log"), "utf8")
		.split("\n")
		.filter((line) => !line.includes('"msg":"request"'))
		.slice(-25)
		.join("\n");
