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
	/** The topology as it was laid, and a store that knows it. */
	reset(): Promise<Store>;
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

const layAnew = async (flavor: ServerFlavor, replicas: number) => {
	const lab = await createLab({ flavor });
	try {
		return { lab, topology: await lab.lay({ replicas, ...LAYING }) };
	} catch (error) {
		await lab.stop();
		throw error;
	}
};

/** A hung server is woken first; its commits may wait for acknowledgements that nobody sends any more. */
const resume = (server: LabServer): void => {
	if (server.isRunning()) server.resume();
};

const SETTINGS = {
	mysql: [],
	mariadb: ["SET GLOBAL rpl_semi_sync_slave_kill_conn_timeout = DEFAULT"],
} as const;

export const createGround = async (
	flavor: ServerFlavor,
	replicas: number,
): Promise<Ground> => {
	let laid: { readonly lab: Lab; readonly topology: Topology } = await layAnew(
		flavor,
		replicas,
	);
	let servers = inOrder(laid.topology);
	let store: Store | undefined;
	const directory = mkdtempSync(join(tmpdir(), "baton-matrix-"));
	let stores = 0;
	const config = configurationFor(flavor);
	const port = createServerPort(() => config);

	const resetServers = async (): Promise<void> => {
		try {
			servers.forEach(resume);
			await resetTopology(laid.topology);
			for (const server of servers)
				for (const statement of SETTINGS[flavor]) await server.query(statement);
		} catch {
			// What a case has done to them cannot be taken back: new ones.
			servers.forEach(resume);
			await laid.lab.stop();
			laid = await layAnew(flavor, replicas);
			servers = inOrder(laid.topology);
		}
	};
	const newStore = async (): Promise<Store> => {
		await store?.close();
		stores += 1;
		store = await openStore({ file: join(directory, `${stores}.sqlite3`) });
		const found = await Promise.all(servers.map(({ name }) => port.look(name)));
		await createRecorder({
			store,
			servers: port,
			aliasByName: () => "",
		}).record(found);
		return store;
	};

	return {
		flavor,
		get servers() {
			return servers;
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
		config,
		port,
		reset: async () => {
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
