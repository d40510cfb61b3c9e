// Two nodes with one Temporal and one store: the one that watches is cut off from the store, the other is not.

import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { locateTemporal } from "../../setup/locate.mjs";
import { type Embedded, startEmbedded } from "../../temporal/embedded.ts";
import {
	type BatonProcess,
	type Envelope,
	startBaton,
} from "../lab/baton-process.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { Topology } from "../lab/laying.ts";
import { type Passage, passageTo } from "../lab/passage.ts";
import { waitUntil } from "../lab/replication.ts";
import { resetTopology } from "../lab/reset.ts";
import type { LabServer } from "../lab/server.ts";
import { writable } from "../live/findings.ts";
import { ALL_FAULTS, TEST_MS } from "../live/system.ts";

const ACCOUNT = { user: "store", password: "store-secret" };
/** Each thing that a failover does is done elsewhere after a second at most; before, it waited for a minute and a half. */
const FAILOVER_MS = 20_000;
/** A node that is cut off for ten seconds offers what it watches. */
const OFFERED_MS = 30_000;

interface Node {
	readonly name: string;
	readonly baton: BatonProcess;
	readonly toStore: Passage;
}

let storeLab: Lab;
let storeServer: LabServer;
let lab: Lab;
let topology: Topology;
let temporal: Embedded | undefined;
let nodes: Node[] = [];
let runs = 0;

beforeAll(async () => {
	storeLab = await createLab({ flavor: "mysql" });
	storeServer = await storeLab.startServer({ readOnlyAtStart: false });
	await storeServer.query(
		`CREATE USER '${ACCOUNT.user}'@'%' IDENTIFIED BY '${ACCOUNT.password}'`,
	);
	await storeServer.query(
		`GRANT ALL PRIVILEGES ON *.* TO '${ACCOUNT.user}'@'%'`,
	);
	lab = await createLab({ flavor: "mysql" });
	topology = await lab.lay({ replicas: 2 });
}, TEST_MS);

const stopNodes = async (): Promise<void> => {
	for (const { baton, toStore } of nodes) {
		await toStore.open();
		await baton.stop();
		toStore.stop();
	}
	nodes = [];
	await temporal?.stop();
	temporal = undefined;
};
afterEach(stopNodes, TEST_MS);
afterAll(async () => {
	await lab?.stop();
	await storeLab?.stop();
});

const startNode = async (name: string, address: string): Promise<Node> => {
	const toStore = await passageTo(storeServer);
	const baton = await startBaton({
		lab,
		directory: join(lab.directory, `run-${runs}-${name}`),
		upAt: "health",
		config: {
			BatonNode: name,
			BatonWatchGroups: 1,
			BatonTemporalAddress: address,
			BackendDB: "mysql",
			MySQLOrchestratorHost: toStore.host,
			MySQLOrchestratorPort: toStore.port,
			MySQLOrchestratorDatabase: `store_${runs}`,
			MySQLOrchestratorUser: ACCOUNT.user,
			MySQLOrchestratorPassword: ACCOUNT.password,
		},
	});
	const node = { name, baton, toStore };
	nodes.push(node);
	return node;
};

const isWatching = async ({ baton }: Node): Promise<boolean> =>
	(await fetch(`${baton.url}/api/leader-check`)).status === 200;

const watchedWhole = async ({ baton }: Node): Promise<boolean> => {
	const seen = await baton.get<readonly { IsLastCheckValid: boolean }[]>(
		`cluster/${topology.primary.name}`,
	);
	return (
		Array.isArray(seen) &&
		seen.filter((each) => each.IsLastCheckValid).length ===
			topology.servers.length
	);
};

/** The first watches, the second is there. */
const twoNodes = async (): Promise<readonly [Node, Node]> => {
	runs += 1;
	await resetTopology(topology);
	const program = locateTemporal();
	if (program === undefined) throw new Error("no temporal program");
	temporal = await startEmbedded({
		program,
		directory: join(lab.directory, `temporal-${runs}`),
		namespace: "default",
		log: { info: () => {}, warn: () => {} },
	});
	const first = await startNode("node1", temporal.address);
	await waitUntil("the first node watches", () => isWatching(first), 30_000);
	const second = await startNode("node2", temporal.address);
	const { host, port } = topology.primary;
	const { Code } = await first.baton.get<Envelope>(`discover/${host}/${port}`);
	expect(Code).toBe("OK");
	await waitUntil("the cluster is watched", () => watchedWhole(first), 30_000);
	await sleep(2_000);
	return [first, second];
};

const logged = ({ baton, name }: Node, text: string, withinMs: number) =>
	waitUntil(
		`'${text}' in the log of ${name}`,
		async () => baton.output().includes(text),
		withinMs,
	);

/** @returns after how long one of the replicas takes writes, and no other server does */
const failedOver = async (): Promise<number> => {
	const beganMs = performance.now();
	await waitUntil(
		"a new primary",
		async () => (await writable(topology.replicas)).length === 1,
		FAILOVER_MS,
	);
	return performance.now() - beganMs;
};

const explained = async <T>(work: () => Promise<T>): Promise<T> => {
	try {
		return await work();
	} catch (error) {
		const logs = nodes.map(
			({ name, baton }) =>
				`${name}:\n${baton
					.output()
					.split("\n")
					.filter((line) => !line.includes('"msg":"request"'))
					.slice(-30)
					.join("\n")}`,
		);
		throw new Error(`${String(error)}\n${logs.join("\n")}`, { cause: error });
	}
};

const ended = async ({ baton }: Node): Promise<boolean> => {
	const [row] =
		await baton.get<{ IsSuccessful: boolean; RecoveryEndTimestamp: string }[]>(
			"audit-recovery",
		);
	return row?.IsSuccessful === true && row.RecoveryEndTimestamp !== "";
};

/** One that says nothing is the harder one. */
const STORES = ["says nothing", "refuses"] as const;

test.each(ALL_FAULTS ? STORES : STORES.slice(0, 1))(
	"the primary dies while the store of the node that watches %s: the failover is done in seconds by way of the other",
	async (how) => {
		const [first, second] = await twoNodes();
		await explained(async () => {
			await first.toStore.close(how);
			await topology.primary.kill();
			const ms = await failedOver();
			process.stdout.write(`failed over after ${Math.round(ms)} ms\n`);
			await waitUntil("its record", () => ended(second), FAILOVER_MS);
		});
	},
	TEST_MS,
);

test(
	"a node whose store stays away gives up its watch to the other, and takes none before it is back",
	async () => {
		const [first, second] = await twoNodes();
		await explained(async () => {
			await first.toStore.close("refuses");
			await logged(first, "is offered to other nodes: for 10 s", OFFERED_MS);
			await waitUntil(
				"the second watches",
				() => isWatching(second),
				OFFERED_MS,
			);
			await logged(first, "is watched by another node", OFFERED_MS);
			expect(await isWatching(first)).toBe(false);
			await waitUntil(
				"the cluster is watched by the second",
				() => watchedWhole(second),
				OFFERED_MS,
			);
			await topology.primary.kill();
			await failedOver();
			await waitUntil("its record", () => ended(second), FAILOVER_MS);
		});
	},
	TEST_MS,
);

test(
	"a node that is alone watches on without its store, and fails over when that is back",
	async () => {
		const [first, second] = await twoNodes();
		await explained(async () => {
			await second.baton.kill();
			await first.toStore.close("refuses");
			await logged(first, "watches on without its store", 2 * OFFERED_MS);
			expect(await isWatching(first)).toBe(true);
			await topology.primary.kill();
			await sleep(3_000);
			expect(await writable(topology.replicas)).toEqual([]);
			await first.toStore.open();
			await failedOver();
		});
	},
	TEST_MS,
);
