// What all cases of one layout share: servers that are reset between them, and a store that is new for each.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServerFlavor } from "../../../setup/locate.mjs";
import {
	type Configuration,
	documentedDefaults,
	withValues,
} from "../../../src/config/keys.ts";
import { createLeaving } from "../../../src/discovery/leaving.ts";
import { createRecorder } from "../../../src/discovery/recorder.ts";
import type { Servers } from "../../../src/mysql/servers.ts";
import type { Store } from "../../../src/store/contract.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { markOf } from "../../../src/topology/server-mark.ts";
import { createServerPort } from "../../../workers/deps.ts";
import { ACCOUNTS } from "../../lab/accounts.ts";
import { createLab, type Lab } from "../../lab/lab.ts";
import type { Topology } from "../../lab/laying.ts";
import { resetTopology } from "../../lab/reset.ts";
import type { LabServer } from "../../lab/server.ts";
import { startTemporal, type TemporalServer } from "./by-temporal.ts";
import type { Layout } from "./layout.ts";
import { createNetwork, type Network } from "./network.ts";

export interface Ground {
	readonly flavor: ServerFlavor;
	/** s1 is the first primary; the others follow in the order in which a planner finds them. */
	readonly servers: readonly LabServer[];
	server(alias: string): LabServer;
	aliasOf(name: string): string;
	readonly config: Configuration;
	/** As Baton reaches them. */
	readonly port: Servers;
	readonly network: Network;
	/** For what only a node with its workflows can be asked for. */
	temporal(): Promise<TemporalServer>;
	/** A server of another cluster. */
	readonly stranger: LabServer;
	/** The topology as it was laid, and a store that knows it. @param replicas so many of them only; the others are out of it */
	reset(replicas?: number): Promise<Store>;
	/** Lets the store know the servers as they are now. */
	learn(store: Store): Promise<void>;
	stop(): Promise<void>;
}

/** What a Pseudo-GTID marker begins with, the way a person or a cron job writes one. */
export const MARKED = "drop view if exists `_pseudo_gtid_`.`_asc:";

/** What servers are laid for. */
export interface Land {
	readonly flavor: ServerFlavor;
	/** Replicas go by file and position, without GTIDs. */
	readonly by?: Layout["by"];
}

/** Lossless: with it an acknowledged write that is missing is always a fault. */
const configurationFor = ({ flavor, by }: Land): Configuration =>
	withValues(documentedDefaults(), {
		...(by === "markers"
			? {
					PseudoGTIDPattern: MARKED,
					PseudoGTIDPatternIsFixedSubstring: true,
					PseudoGTIDMonotonicHint: "asc:",
				}
			: {}),
		BatonMode: "lossless",
		BatonApplyWaitTimeoutSeconds: 4,
		MySQLTopologyUser: ACCOUNTS.orchestrator.user,
		MySQLTopologyPassword: ACCOUNTS.orchestrator.password,
		MySQLHostnameResolveMethod: "none",
		DiscoverByShowSlaveHosts: true,
		...(flavor === "mariadb"
			? {
					ReplicationCredentialsQuery: `SELECT '${ACCOUNTS.repl.user}', '${ACCOUNTS.repl.password}'`,
				}
			: {}),
	});

/** By port, as planners sort them. */
const inOrder = ({ primary, replicas }: Topology): readonly LabServer[] => [
	primary,
	...[...replicas].sort((a, b) => a.port - b.port),
];

/** The primary, killed and started again, is writable at once. */
const LAYING = { readOnlyAtStart: false } as const;

const REPLICAS = 3;

interface Laid {
	readonly lab: Lab;
	readonly topology: Topology;
	readonly stranger: LabServer;
}

/** Writes of its own would end the applier of a strict one. */
const WITHOUT_GTID = {
	mysql: { gtid_mode: false, enforce_gtid_consistency: false },
	mariadb: { gtid_strict_mode: false },
} as const;

const layAnew = async ({ flavor, by }: Land): Promise<Laid> => {
	const lab = await createLab({ flavor });
	try {
		const topology = await lab.lay({
			replicas: REPLICAS,
			...LAYING,
			...(by === undefined
				? {}
				: { positioning: "file", extraOptions: WITHOUT_GTID[flavor] }),
		});
		return {
			lab,
			topology,
			stranger: await lab.startServer({ semiSync: true }),
		};
	} catch (error) {
		await lab.stop();
		throw error;
	}
};

/** A hung server is woken first; its commits may wait for acknowledgements that nobody sends any more. */
const resume = (server: LabServer): void => {
	if (server.isRunning()) server.resume();
};

/** It replicates from nobody, and nobody counts on its acknowledgements. */
const standAlone = async (server: LabServer): Promise<void> => {
	await server.start();
	await server.query(
		server.flavor === "mysql" ? "STOP REPLICA" : "STOP ALL SLAVES",
	);
	await server.query(
		server.flavor === "mysql" ? "RESET REPLICA ALL" : "RESET SLAVE ALL",
	);
};

const SETTINGS = {
	mysql: [],
	mariadb: ["SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = DEFAULT"],
} as const;

/** What changes of one server may have switched. A receiver tells its source when it connects whether it acknowledges. */
const SWITCHES = {
	mysql: ["SET GLOBAL rpl_semi_sync_replica_enabled = 1"],
	mariadb: ["SET GLOBAL rpl_semi_sync_slave_enabled = 1"],
} as const;

export const createGround = async (land: Land): Promise<Ground> => {
	const { flavor } = land;
	let laid = await layAnew(land);
	let servers = inOrder(laid.topology);
	let used = servers.length;
	let store: Store | undefined;
	let temporal: Promise<TemporalServer> | undefined;
	const directory = mkdtempSync(join(tmpdir(), "baton-matrix-"));
	let stores = 0;
	const config = configurationFor(land);
	const network = createNetwork(createServerPort(() => config));
	const { port } = network;

	const inUse = (): readonly LabServer[] => servers.slice(0, used);
	const topologyInUse = (): Topology => {
		const { primary } = laid.topology;
		return { primary, replicas: inUse().slice(1), servers: inUse() };
	};
	const resetServers = async (): Promise<void> => {
		try {
			servers.forEach(resume);
			await Promise.all(servers.slice(used).map(standAlone));
			for (const server of inUse()) {
				await server.start();
				for (const statement of SWITCHES[flavor]) await server.query(statement);
			}
			await resetTopology(
				topologyInUse(),
				land.by === undefined ? {} : { positioning: "file" },
			);
			for (const server of inUse())
				for (const statement of SETTINGS[flavor]) await server.query(statement);
		} catch {
			// What a case has done to them cannot be taken back: new ones.
			servers.forEach(resume);
			await laid.lab.stop();
			laid = await layAnew(land);
			servers = inOrder(laid.topology);
			await Promise.all(servers.slice(used).map(standAlone));
		}
	};
	const learn: Ground["learn"] = async (to) => {
		const found = await Promise.all(inUse().map(({ name }) => port.look(name)));
		await createRecorder({
			store: to,
			servers: port,
			aliasByName: () => "",
			leave: createLeaving({
				store: to,
				tell: async () => undefined,
				log: { info: () => undefined },
			}),
		}).record(found);
	};
	/** As the node that watches a cluster records who takes writes there when it is met. */
	const meet = async (to: Store): Promise<void> => {
		const { name } = laid.topology.primary;
		const identity = await to.clusters.identityOf(name);
		const met = (await to.inventory.all()).find((each) => each.name === name);
		if (identity === undefined || met === undefined) return;
		await to.roles.meet(identity, {
			primary: name,
			server: markOf(met),
			sinceMs: Date.now(),
		});
	};
	const newStore = async (): Promise<Store> => {
		await store?.close();
		stores += 1;
		store = await openStore({ file: join(directory, `${stores}.sqlite3`) });
		await learn(store);
		await meet(store);
		return store;
	};

	return {
		flavor,
		get servers() {
			return inUse();
		},
		server: (alias) => {
			const found = servers[Number(alias.slice(1)) - 1];
			if (found === undefined) throw new Error(`no server ${alias}`);
			return found;
		},
		aliasOf: (name) => {
			const at = servers.findIndex((each) => each.name === name);
			return at < 0 ? name : `s${at + 1}`;
		},
		get stranger() {
			return laid.stranger;
		},
		config,
		port,
		network,
		temporal: () => {
			temporal ??= startTemporal();
			return temporal;
		},
		learn,
		reset: async (replicas = REPLICAS) => {
			used = replicas + 1;
			await resetServers();
			return newStore();
		},
		stop: async () => {
			await store?.close();
			servers.forEach(resume);
			await laid.lab.stop();
			await (await temporal)?.stop();
			rmSync(directory, { recursive: true, force: true });
		},
	};
};
