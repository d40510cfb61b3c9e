// The operations that faults are tried on, each with the state in which it begins.

import { setTimeout as sleep } from "node:timers/promises";
import type { ServerFlavor } from "../../../setup/locate.mjs";
import { hearingMark } from "../../../src/analysis/silence.ts";
import type {
	OperationRequest,
	Silence,
} from "../../../src/planning/operation.ts";
import type { InstanceName } from "../../../src/topology/instance-name.ts";
import { ACCOUNTS } from "../../lab/accounts.ts";
import { setSemiSyncSource, waitUntil } from "../../lab/replication.ts";
import { changeChannel, sayOfChannel } from "../../lab/statements.ts";
import { commitErrant, stopReceiver } from "../../lab/trouble.ts";
import type { Bystander } from "./cases.ts";
import { runByManager } from "./manager.ts";
import type { Stage } from "./stage.ts";

export interface Spoilt {
	/** Matches `s2: STATEMENT`. */
	readonly at: RegExp;
	/** The first such statement only; every one where it is missing. */
	readonly once?: true;
}

export interface Layout {
	readonly operation: string;
	/** All where it is missing. */
	readonly flavors?: readonly ServerFlavor[];
	/** So many replicas; three where it is missing. */
	readonly replicas?: number;
	/** Replicas are delayed: what they have yet to apply is not waited for. */
	readonly isDelayed?: boolean;
	/** What servers refuse as long as it runs for the first time, so that it is taken back. */
	readonly spoilt?: Spoilt;
	/** Brings the topology, as it was laid, to where the operation begins. @returns what is asked for then */
	prepare(stage: Stage): Promise<OperationRequest>;
	/** Servers that are hit wherever it stands. */
	readonly bystanders: readonly Bystander[];
}

const nameOf = ({ ground }: Stage, alias: string): InstanceName =>
	ground.server(alias).name;

const takeover: Layout = {
	operation: "takeover",
	prepare: async (stage) => {
		await stage.write();
		return {
			kind: "takeover",
			cluster: nameOf(stage, "s1"),
			to: nameOf(stage, "s2"),
			auto: true,
		};
	},
	bystanders: [{ victim: "s1", faults: ["server-killed"] }],
};

const POSITION = {
	mysql: "SELECT @@GLOBAL.gtid_executed AS gtid",
	mariadb: "SELECT @@GLOBAL.gtid_current_pos AS gtid",
} as const;

/** Waits until these servers have the same: who is promoted does not depend on the moment then. */
const level = async (
	{ ground }: Stage,
	aliases: readonly string[],
): Promise<void> =>
	waitUntil("the servers to have the same", async () => {
		const rows = await Promise.all(
			aliases.map((each) => ground.server(each).query(POSITION[ground.flavor])),
		);
		const all = rows.map(([row]) => String(row?.gtid));
		return new Set(all).size === 1;
	});

const ALL = ["s1", "s2", "s3", "s4"] as const;

/** Dead, with writers that look for another primary. */
const killPrimary = async (stage: Stage): Promise<void> => {
	await stage.rest();
	await stage.ground.server("s1").kill();
	await stage.write({ acknowledged: false });
	await sleep(150);
};

const failoverOf = (stage: Stage): OperationRequest => ({
	kind: "recovery",
	cluster: nameOf(stage, "s1"),
	instance: nameOf(stage, "s1"),
	analysis: "DeadMaster",
});

const OF_A_FAILOVER: readonly Bystander[] = [
	{ victim: "s1", faults: ["server-started"] },
	{ victim: "s2", faults: ["server-killed", "server-stopped"] },
	{ victim: "s4", faults: ["server-killed", "server-stopped"] },
];

const failover: Layout = {
	operation: "failover",
	prepare: async (stage) => {
		await stage.write();
		await stage.rest();
		await level(stage, ALL);
		await killPrimary(stage);
		return failoverOf(stage);
	},
	bystanders: OF_A_FAILOVER,
};

/** Hung is not dead: it wakes up, open, when all is over. */
const failoverOfHung: Layout = {
	operation: "failover-hung",
	prepare: async (stage) => {
		const { ground } = stage;
		await stage.write();
		await stage.rest();
		await level(stage, ALL);
		ground.server("s1").pause();
		stage.hit("s1", "server-stopped");
		await stage.write({ acknowledged: false });
		const silence = await silenceFor(stage, 2_500);
		return { ...failoverOf(stage), silence } as OperationRequest;
	},
	bystanders: [{ victim: "s2", faults: ["server-killed", "server-stopped"] }],
};

/** What a watcher knows of receivers that have heard nothing for so long. */
const silenceFor = async (
	{ ground }: Stage,
	ms: number,
): Promise<Readonly<Record<InstanceName, Silence>>> => {
	await sleep(100);
	const sinceMs = Date.now();
	const seen = await Promise.all(
		ground.servers.slice(1).map(({ name }) => ground.port.look(name)),
	);
	await sleep(ms);
	return Object.fromEntries(
		seen.map((each) => [each.name, { mark: hearingMark(each), sinceMs }]),
	);
};

/** The one that is asked for has to fetch from another what it lacks. */
const failoverWithCatchUp: Layout = {
	operation: "failover-catch-up",
	prepare: async (stage) => {
		await stage.write();
		await stopReceiver(stage.ground.server("s2"));
		await stage.rest();
		await stage.write();
		await stage.rest();
		await level(stage, ["s1", "s3", "s4"]);
		await killPrimary(stage);
		return {
			...failoverOf(stage),
			candidate: nameOf(stage, "s2"),
		} as OperationRequest;
	},
	bystanders: [
		{ victim: "s1", faults: ["server-started"] },
		{ victim: "s3", faults: ["server-killed", "server-stopped"] },
	],
};

/** A person wants a primary replaced that lives: it is closed first. */
const failoverForced: Layout = {
	operation: "failover-forced",
	prepare: async (stage) => {
		await stage.write();
		return {
			...failoverOf(stage),
			command: "force-master-failover",
		} as OperationRequest;
	},
	bystanders: [
		{ victim: "s1", faults: ["server-killed", "server-stopped"] },
		{ victim: "s2", faults: ["server-killed", "server-stopped"] },
	],
};

const OTHER = "other";

/** s4 replicates from a server of another cluster, too. */
const failoverWithTwoChannels: Layout = {
	operation: "failover-two-channels",
	// What such a replica of MariaDB has received is not known by channel: lossless mode refuses.
	flavors: ["mysql"],
	prepare: async (stage) => {
		const { server, stranger } = stage.ground;
		await changeChannel(
			server("s4"),
			[
				`HOST = '${stranger.host}'`,
				`PORT = ${stranger.port}`,
				`USER = '${ACCOUNTS.repl.user}'`,
				`PASSWORD = '${ACCOUNTS.repl.password}'`,
				stage.ground.flavor === "mysql"
					? "AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1"
					: "USE_GTID = slave_pos",
			],
			OTHER,
		);
		await sayOfChannel(server("s4"), "START", "", OTHER);
		await stage.know();
		return failover.prepare(stage);
	},
	bystanders: [],
};

const relocation: Layout = {
	operation: "relocation",
	prepare: async (stage) => {
		await stage.write();
		return {
			kind: "relocation",
			instance: nameOf(stage, "s4"),
			below: nameOf(stage, "s3"),
		};
	},
	bystanders: [
		{ victim: "s1", faults: ["server-killed"] },
		{ victim: "s3", faults: ["server-killed", "server-stopped"] },
	],
};

/** The old primary is back with its writes open, and has nothing of its own. */
const rejoin: Layout = {
	operation: "rejoin",
	prepare: async (stage) => {
		const { ground, store } = stage;
		const failed = await failover.prepare(stage);
		await stage.rest();
		const ran = await runByManager({ ground, store }, failed);
		if (ran.how !== "ended" || !ran.outcome.successful)
			throw new Error(`no failover: ${JSON.stringify(ran)}`);
		await ground.server("s1").start();
		await stage.write({ acknowledged: true, not: "s1" });
		return {
			kind: "rejoin",
			cluster: nameOf(stage, "s2"),
			instance: nameOf(stage, "s1"),
		};
	},
	bystanders: [{ victim: "s2", faults: ["server-killed"] }],
};

/** Nobody else is there to take over, to acknowledge, or to tell the account. */
const takeoverOfTwo: Layout = {
	...takeover,
	operation: "takeover-1+1",
	replicas: 1,
};

/** s1 → s2 → s3. */
const takeoverOfChain: Layout = {
	...takeover,
	operation: "takeover-chain",
	replicas: 2,
	prepare: async (stage) => {
		const { server } = stage.ground;
		await sayOfChannel(server("s3"), "STOP", "");
		await changeChannel(server("s3"), [`PORT = ${server("s2").port}`]);
		await sayOfChannel(server("s3"), "START", "");
		await stage.know();
		return takeover.prepare(stage);
	},
	bystanders: [
		{ victim: "s1", faults: ["server-killed"] },
		{ victim: "s3", faults: ["server-killed"] },
	],
};

/** The old primary is left stopped below the new one. */
const takeoverByHand: Layout = {
	...takeover,
	operation: "takeover-by-hand",
	prepare: async (stage) =>
		({ ...(await takeover.prepare(stage)), auto: false }) as OperationRequest,
};

/** What makes a server writable. */
const OPENING =
	/: SET GLOBAL (rpl_semi_sync_\w+_enabled = \d, GLOBAL read_onl|read_only = 0)/;

const takeoverUndone: Layout = {
	...takeover,
	operation: "takeover-undone",
	spoilt: { at: new RegExp(`^s2${OPENING.source}`) },
};

const failoverUndone: Layout = {
	...failover,
	operation: "failover-undone",
	spoilt: { at: OPENING },
};

/** The old primary, which lives, is opened again. */
const failoverForcedUndone: Layout = {
	...failoverForced,
	operation: "failover-forced-undone",
	spoilt: { at: new RegExp(`^s[234]${OPENING.source}`) },
	bystanders: [{ victim: "s1", faults: ["server-killed"] }],
};

const relocationUndone: Layout = {
	...relocation,
	operation: "relocation-undone",
	spoilt: { at: /^s4: START /, once: true },
};

/** s4 is to be the primary and lacks much: the readiest is opened first, then they change places. */
const failoverWithReplacement: Layout = {
	operation: "failover-replaced",
	prepare: async (stage) => {
		const { server } = stage.ground;
		await stage.store.candidates.register(
			nameOf(stage, "s4"),
			"prefer",
			Date.now(),
		);
		await stage.write();
		const startReceiver = await stopReceiver(server("s4"));
		await stage.rest();
		await stage.write();
		await stage.rest();
		await level(stage, ["s1", "s2", "s3"]);
		await server("s1").kill();
		await startReceiver();
		await killPrimary(stage);
		return failoverOf(stage);
	},
	bystanders: [{ victim: "s4", faults: ["server-killed"] }],
};

/** Whoever is chosen has its delay taken off. MariaDB would throw its relay log away. */
const failoverOfDelayed: Layout = {
	operation: "failover-delayed",
	isDelayed: true,
	flavors: ["mysql"],
	prepare: async (stage) => {
		for (const alias of ["s2", "s3", "s4"]) {
			const server = stage.ground.server(alias);
			await sayOfChannel(server, "STOP", "SQL_THREAD");
			await changeChannel(server, ["DELAY = 3600"]);
			await sayOfChannel(server, "START", "SQL_THREAD");
		}
		await stage.know();
		await stage.write();
		await stage.rest();
		await killPrimary(stage);
		return failoverOf(stage);
	},
	bystanders: [{ victim: "s3", faults: ["server-killed"] }],
};

/** The old primary is back with transactions that nobody else has. */
const rejoinHeldBack: Layout = {
	...rejoin,
	operation: "rejoin-held-back",
	prepare: async (stage) => {
		const request = await rejoin.prepare(stage);
		const s1 = stage.ground.server("s1");
		// Nobody acknowledges for it: it is open for a moment before Baton knows of it.
		await setSemiSyncSource(s1, false);
		await commitErrant(s1);
		await setSemiSyncSource(s1, true);
		return request;
	},
};

export const LAYOUTS: readonly Layout[] = [
	takeover,
	takeoverOfTwo,
	takeoverOfChain,
	takeoverByHand,
	takeoverUndone,
	failover,
	failoverOfHung,
	failoverWithCatchUp,
	failoverWithTwoChannels,
	failoverForced,
	failoverWithReplacement,
	failoverOfDelayed,
	failoverUndone,
	failoverForcedUndone,
	relocation,
	relocationUndone,
	rejoin,
	rejoinHeldBack,
];
