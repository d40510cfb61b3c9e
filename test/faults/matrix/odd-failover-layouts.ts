// Failovers with something of their own: asked for, delayed, of servers with several channels, in two goes, taken back.

import type { OperationRequest } from "../../../src/planning/operation.ts";
import { ACCOUNTS } from "../../lab/accounts.ts";
import { changeChannel, sayOfChannel } from "../../lab/statements.ts";
import { stopReceiver } from "../../lab/trouble.ts";
import { failover, failoverOf, killPrimary } from "./failover-layouts.ts";
import { type Layout, level, nameOf, OPENING } from "./layout.ts";
import type { Stage } from "./stage.ts";

/** A person wants a primary replaced that lives: it is closed first. */
export const failoverForced: Layout = {
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
export const withTwoChannels = async (stage: Stage): Promise<void> => {
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
};

export const failoverWithTwoChannels: Layout = {
	operation: "failover-two-channels",
	// What such a replica of MariaDB has received is not known by channel: lossless mode refuses.
	flavors: ["mysql"],
	prepare: async (stage) => {
		await withTwoChannels(stage);
		await stage.know();
		return failover.prepare(stage);
	},
	bystanders: [],
};

/** s4 is to be the primary and lacks much: the readiest is opened first, then they change places. */
export const failoverWithReplacement: Layout = {
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
export const failoverOfDelayed: Layout = {
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

export const failoverUndone: Layout = {
	...failover,
	operation: "failover-undone",
	spoilt: { at: OPENING },
};

/** The old primary, which lives, is opened again. */
export const failoverForcedUndone: Layout = {
	...failoverForced,
	operation: "failover-forced-undone",
	spoilt: { at: new RegExp(`^s[234]${OPENING.source}`) },
	bystanders: [{ victim: "s1", faults: ["server-killed"] }],
};
