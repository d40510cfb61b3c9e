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
import { createServerPort } from "../../../workers/deps.ts";
import { ACCOUNTS } from "../../lab/accounts.ts";
import { createLab, type Lab } from "../../lab/lab.ts";
import type { Topology } from "../../lab/laying.ts";
import { resetTopology } from "../../lab/reset.ts";
import type { LabServer } from "../../lab/server.ts";

export interface Ground {
	readonly flavor: ServerFlavor;
	/** s1 is the first primary; the others follow in the order in which a planner finds them. */
	readonly servers: readonly LabServer[];
	server(alias: string): LabServer;
	aliasOf(name: string): string;
	readonly config: Configuration;
	/** As Baton reaches them. */
	readonly port: Servers;
	/** A server of another cluster. */
	readonly stranger: LabServer;
	/** The topology as it was laid, and a store that knows it. @param replicas so many of them only; the others are out of it */
	reset(replicas?: number): Promise<Store>;
	/** Lets the store know the servers as they are now. */
	learn(store: Store): Promise<void>;
	stop(): Promise<void>;
}

/** Lossless: with it an acknowledged write that is missing is always a fault. */
const configurationFor = (flavor: ServerFlavor): Configuration =>
	withValues(documentedDefaults(), {
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

const layAnew = async (flavor: ServerFlavor): Promise<Laid> => {
	const lab = await createLab({ flavor });
	try {
		const topology = await lab.lay({ replicas: REPLICAS, ...LAYING });
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

export const createGround = async (flavor: ServerFlavor): Promise<Ground> => {
	let laid = await layAnew(flavor);
	let servers = inOrder(laid.topology);
	let used = servers.length;
	let store: Store | undefined;
	const directory = mkdtempSync(join(tmpdir(), "baton-matrix-"));
	let stores = 0;
	const config = configurationFor(flavor);
	const port = createServerPort(() => config);

	const inUse = (): readonly LabServer[] => servers.slice(0, used);
	const topologyInUse = (): Topology => {
		const { primary } = laid.topology;
		return { primary, replicas: inUse().slice(1), servers: inUse() };
	};
	const resetServers = async (): Promise<void> => {
		try {
			servers.forEach(resume);
			await Promise.all(servers.slice(used).map(standAlone));
			await resetTopology(topologyInUse());
			for (const server of inUse())
				for (const statement of SETTINGS[flavor]) await server.query(statement);
		} catch {
			// What a case has done to them cannot be taken back: new ones.
			servers.forEach(resume);
			await laid.lab.stop();
			laid = await layAnew(flavor);
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
	const newStore = async (): Promise<Store> => {
		await store?.close();
		stores += 1;
		store = await openStore({ file: join(directory, `${stores}.sqlite3`) });
		await learn(store);
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
			rmSync(directory, { recursive: true, force: true });
		},
	};
};
