// Changes of one server.

import type {
	OperationRequest,
	RequestOf,
} from "../../../src/planning/operation.ts";
import { ACCOUNTS } from "../../lab/accounts.ts";
import {
	setReadOnly,
	setSemiSyncSource,
	waitUntil,
} from "../../lab/replication.ts";
import {
	changeChannel,
	channelStatus,
	sayOfChannel,
	unlogged,
} from "../../lab/statements.ts";
import { commitErrant } from "../../lab/trouble.ts";
import { all, channelIs, holds, standing, startedAnew } from "./goals.ts";
import type { Channel } from "./judge.ts";
import { type Layout, nameOf } from "./layout.ts";
import { runByManager } from "./manager.ts";
import { laidBelow } from "./moves-layouts.ts";
import { withTwoChannels } from "./odd-failover-layouts.ts";
import type { Stage } from "./stage.ts";

type Change = RequestOf<"serverChange">["change"];

const asked = (stage: Stage, alias: string, change: Change) =>
	({
		kind: "serverChange",
		instance: nameOf(stage, alias),
		change,
	}) as const satisfies OperationRequest;

interface OneChange
	extends Pick<Layout, "flavors" | "leaves" | "isClosing" | "goal"> {
	readonly on: string;
	readonly change: Change | ((stage: Stage) => Promise<Change>);
	/** Before anybody writes. */
	readonly laid?: (stage: Stage) => Promise<void>;
	/** Nobody takes writes when it begins. */
	readonly isClosed?: true;
}

const layoutOf = (
	operation: string,
	{ on, change, laid, isClosed, ...rest }: OneChange,
): Layout => ({
	operation,
	isStrict: true,
	...rest,
	prepare: async (stage) => {
		await laid?.(stage);
		await stage.write({ acknowledged: isClosed !== true });
		await stage.know();
		return asked(
			stage,
			on,
			typeof change === "function" ? await change(stage) : change,
		);
	},
	bystanders: on === "s1" ? [] : [{ victim: "s1", faults: ["server-killed"] }],
});

/** It goes by file and position then: a failover cannot bring it along, and says so. */
const leftByFailover = ({ isStrict: _, ...layout }: Layout): Layout => layout;

const S4_FOLLOWS = standing({ s4: "s1" });

const isStopped = (channel: Channel | undefined): boolean =>
	channel?.source === "s1" &&
	channel.receiver === "stopped" &&
	!channel.applies;

const stopped = async ({ ground }: Stage): Promise<void> =>
	sayOfChannel(ground.server("s4"), "STOP", "");

const byFile = async ({ ground }: Stage): Promise<void> => {
	const s4 = ground.server("s4");
	await sayOfChannel(s4, "STOP", "");
	await changeChannel(
		s4,
		ground.flavor === "mysql" ? ["AUTO_POSITION = 0"] : ["USE_GTID = no"],
	);
	await sayOfChannel(s4, "START", "");
};

const isByGtid = (is: boolean): NonNullable<Layout["goal"]> => {
	return async ({ ground }) => {
		const row = await channelStatus(ground.server("s4"));
		const told = row?.Auto_Position ?? row?.Using_Gtid;
		const isSo = ground.flavor === "mysql" ? `${told}` === "1" : told !== "No";
		return isSo === is ? [] : [`s4 is positioned by ${told}`];
	};
};

/** The applier of s4 has failed on a row that it has already. */
const broken = async ({ ground }: Stage): Promise<void> => {
	const s4 = ground.server("s4");
	if (ground.flavor === "mariadb")
		await unlogged(
			s4,
			`GRANT SUPER ON *.* TO '${ACCOUNTS.orchestrator.user}'@'%'`,
		);
	await unlogged(s4, "INSERT INTO app.writes VALUES (1, NOW(6), 'in the way')");
	await ground
		.server("s1")
		.query("INSERT INTO app.writes VALUES (1, NOW(6), 'matrix')", "app");
	await waitUntil("the applier of s4 to fail", async () => {
		const row = await channelStatus(s4);
		return (
			(row?.Replica_SQL_Running ?? row?.Slave_SQL_Running) === "No" &&
			`${row?.Last_SQL_Error}` !== ""
		);
	});
};

const errant = ({ ground }: Stage): Promise<void> =>
	commitErrant(ground.server("s4"));

const executed = async ({ ground }: Stage, alias: string): Promise<string> => {
	const [row] = await ground
		.server(alias)
		.query("SELECT @@GLOBAL.gtid_executed AS gtid");
	return String(row?.gtid).replaceAll("\n", "");
};

const detached = async (stage: Stage): Promise<void> => {
	const { ground, store } = stage;
	const ran = await runByManager(
		{ ground, store },
		asked(stage, "s4", { name: "detach-replica-master-host" }),
	);
	if (ran.how !== "ended" || !ran.outcome.successful)
		throw new Error(`not detached: ${JSON.stringify(ran)}`);
};

const VARIABLES = {
	mysql: "rpl_semi_sync_replica_enabled",
	mariadb: "rpl_semi_sync_slave_enabled",
} as const;

/** On MySQL a receiver that stops may end that of another channel while the replica acknowledges (MySQL bug 102994). */
const withTwoQuietChannels = async (stage: Stage): Promise<void> => {
	const { flavor, server } = stage.ground;
	const s4 = server("s4");
	await sayOfChannel(s4, "STOP", "");
	await s4.query(`SET GLOBAL ${VARIABLES[flavor]} = 0`);
	await sayOfChannel(s4, "START", "");
	await withTwoChannels(stage);
};

const acknowledges = (is: 0 | 1) =>
	holds(
		"s4",
		({ ground }) => `SELECT @@GLOBAL.${VARIABLES[ground.flavor]} = ${is} AS ok`,
		`does not ${is === 1 ? "" : "stop to "}acknowledge`,
	);

const SOURCE_SIDE = {
	mysql: "rpl_semi_sync_source_enabled",
	mariadb: "rpl_semi_sync_master_enabled",
} as const;

const wouldWait = (is: 0 | 1) =>
	holds(
		"s4",
		({ ground }) =>
			`SELECT @@GLOBAL.${SOURCE_SIDE[ground.flavor]} = ${is} AS ok`,
		`would ${is === 1 ? "not " : ""}wait for acknowledgements`,
	);

const logsOf = async ({ ground }: Stage) =>
	(await ground.server("s1").query("SHOW BINARY LOGS")).map((row) =>
		String(row.Log_name),
	);

/** A client of s4 is at something that takes long. */
const sleeping = async ({ ground }: Stage): Promise<number> => {
	const client = await ground.server("s4").connect();
	const [rows] = await client.query("SELECT CONNECTION_ID() AS id");
	void client
		.query("SELECT SLEEP(60)")
		.catch(() => undefined)
		.finally(() => client.destroy());
	return Number((rows as { id: number }[])[0]?.id);
};

const isOpen = (is: 0 | 1) =>
	holds(
		"s1",
		() => `SELECT @@GLOBAL.read_only = ${is === 1 ? 0 : 1} AS ok`,
		`is not ${is === 1 ? "writable" : "read-only"}`,
	);

const DELAY_S = 2;

/** Of s4, which has two: each runs, or each is stopped. */
const bothChannels =
	(
		areSo: (channel: Channel) => boolean,
		says: string,
	): NonNullable<Layout["goal"]> =>
	async (_, now) => {
		const channels = now.find(({ alias }) => alias === "s4")?.channels ?? [];
		return channels.length === 2 && channels.every(areSo)
			? []
			: [
					`s4 does not have two channels that ${says}: ${JSON.stringify(channels)}`,
				];
	};

export const SERVER_CHANGES: readonly Layout[] = [
	layoutOf("stop-replica", {
		on: "s4",
		change: { name: "stop-replica" },
		leaves: "s4",
		goal: channelIs("s4", isStopped, "stopped"),
	}),
	layoutOf("stop-replica-nice", {
		on: "s4",
		change: { name: "stop-replica-nice" },
		leaves: "s4",
		goal: channelIs("s4", isStopped, "stopped"),
	}),
	layoutOf("start-replica", {
		on: "s4",
		laid: stopped,
		change: { name: "start-replica" },
		goal: S4_FOLLOWS,
	}),
	layoutOf("restart-replica", {
		on: "s4",
		change: { name: "restart-replica" },
		goal: all(S4_FOLLOWS, startedAnew("s4")),
	}),
	layoutOf("stop-replica-two-channels", {
		on: "s4",
		laid: withTwoQuietChannels,
		change: { name: "stop-replica-nice" },
		leaves: "s4",
		goal: bothChannels(
			({ receiver, applies }) => receiver === "stopped" && !applies,
			"are stopped",
		),
	}),
	layoutOf("restart-replica-two-channels", {
		on: "s4",
		laid: withTwoQuietChannels,
		change: { name: "restart-replica" },
		goal: all(
			bothChannels(
				({ receiver, applies }) => receiver === "runs" && applies,
				"run",
			),
			startedAnew("s4"),
		),
	}),
	layoutOf("reset-replica", {
		on: "s4",
		change: { name: "reset-replica" },
		leaves: "s4",
		goal: channelIs("s4", (channel) => channel === undefined, "alone"),
	}),
	layoutOf("detach", {
		on: "s4",
		change: { name: "detach-replica-master-host" },
		leaves: "s4",
		goal: channelIs(
			"s4",
			(channel) => channel?.source.startsWith("//") === true,
			"detached",
		),
	}),
	layoutOf("reattach", {
		on: "s4",
		laid: detached,
		change: { name: "reattach-replica-master-host" },
		goal: S4_FOLLOWS,
	}),
	layoutOf("enable-gtid", {
		on: "s4",
		laid: byFile,
		change: { name: "enable-gtid" },
		goal: all(S4_FOLLOWS, isByGtid(true)),
	}),
	leftByFailover(
		layoutOf("disable-gtid", {
			on: "s4",
			change: { name: "disable-gtid" },
			goal: all(S4_FOLLOWS, isByGtid(false)),
		}),
	),
	layoutOf("gtid-errant-reset-master", {
		on: "s4",
		flavors: ["mysql"],
		laid: errant,
		change: { name: "gtid-errant-reset-master" },
		goal: all(
			S4_FOLLOWS,
			holds(
				"s4",
				() =>
					"SELECT NOT GTID_SUBSET(CONCAT(@@GLOBAL.server_uuid, ':1'), @@GLOBAL.gtid_executed) AS ok",
				"has its errant transactions still",
			),
		),
	}),
	layoutOf("gtid-errant-inject-empty", {
		on: "s4",
		flavors: ["mysql"],
		laid: errant,
		change: { name: "gtid-errant-inject-empty" },
		goal: async (stage, ...asked) => {
			const s4 = await executed(stage, "s4");
			const [row] = await stage.ground
				.server("s1")
				.query(
					`SELECT GTID_SUBSET('${s4}', @@GLOBAL.gtid_executed) OR GTID_SUBTRACT('${s4}', @@GLOBAL.gtid_executed) LIKE CONCAT(@@GLOBAL.server_uuid, ':%') AS ok`,
				);
			return [
				...(await S4_FOLLOWS(stage, ...asked)),
				...(Number(row?.ok) === 1 ? [] : ["s1 lacks what s4 has of its own"]),
			];
		},
	}),
	layoutOf("disable-semi-sync-replica", {
		on: "s4",
		change: { name: "disable-semi-sync-replica" },
		goal: all(S4_FOLLOWS, acknowledges(0)),
	}),
	layoutOf("enable-semi-sync-replica", {
		on: "s4",
		laid: async ({ ground }) => {
			const s4 = ground.server("s4");
			await s4.query(`SET GLOBAL ${VARIABLES[ground.flavor]} = 0`);
			await sayOfChannel(s4, "STOP", "IO_THREAD");
			await sayOfChannel(s4, "START", "IO_THREAD");
		},
		change: { name: "enable-semi-sync-replica" },
		goal: all(S4_FOLLOWS, acknowledges(1)),
	}),
	// Of a replica: what the primary acknowledges without it may be lost. Without one that acknowledges its applier would stand still.
	layoutOf("enable-semi-sync-master", {
		on: "s4",
		laid: (stage) => laidBelow(stage, "s4", "s3"),
		change: { name: "enable-semi-sync-master" },
		goal: all(S4_FOLLOWS, wouldWait(1)),
	}),
	layoutOf("disable-semi-sync-master", {
		on: "s4",
		laid: async (stage) => {
			await laidBelow(stage, "s4", "s3");
			await setSemiSyncSource(stage.ground.server("s4"), true);
		},
		change: { name: "disable-semi-sync-master" },
		goal: all(S4_FOLLOWS, wouldWait(0)),
	}),
	layoutOf("set-read-only", {
		on: "s1",
		change: { name: "set-read-only" },
		isClosing: true,
		goal: isOpen(0),
	}),
	layoutOf("set-writeable", {
		on: "s1",
		isClosed: true,
		laid: ({ ground }) => setReadOnly(ground.server("s1"), true),
		change: { name: "set-writeable" },
		goal: isOpen(1),
	}),
	layoutOf("flush-binary-logs", {
		on: "s1",
		change: { name: "flush-binary-logs" },
		goal: async (stage) =>
			(await logsOf(stage)).length > 1 ? [] : ["s1 writes its first log"],
	}),
	layoutOf("purge-binary-logs", {
		on: "s1",
		laid: async ({ ground }) => {
			await ground.server("s1").query("FLUSH BINARY LOGS");
			await ground.server("s1").query("FLUSH BINARY LOGS");
			await ground.server("s1").query("DELETE FROM app.writes WHERE id = 0");
		},
		change: async (stage) => ({
			name: "purge-binary-logs",
			upTo: (await logsOf(stage))[1] ?? "",
		}),
		goal: async (stage) =>
			(await logsOf(stage))[0]?.endsWith("1") === true
				? ["s1 has its first log still"]
				: [],
	}),
	layoutOf("delay-replication", {
		on: "s4",
		change: { name: "delay-replication", seconds: DELAY_S },
		goal: all(S4_FOLLOWS, async ({ ground }) => {
			const row = await channelStatus(ground.server("s4"));
			return Number(row?.SQL_Delay) === DELAY_S ? [] : ["s4 is not delayed"];
		}),
	}),
	layoutOf("kill-query", {
		on: "s4",
		change: async (stage) => ({
			name: "kill-query",
			process: await sleeping(stage),
		}),
		goal: holds(
			"s4",
			() =>
				"SELECT COUNT(*) = 0 AS ok FROM information_schema.processlist WHERE info = 'SELECT SLEEP(60)'",
			"runs it still",
		),
	}),
	// The last one: MariaDB wants SUPER for it, which stays.
	layoutOf("skip-query", {
		on: "s4",
		laid: broken,
		change: { name: "skip-query" },
		goal: S4_FOLLOWS,
	}),
];
