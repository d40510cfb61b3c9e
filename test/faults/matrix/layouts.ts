// The operations that faults are tried on, each with the state in which it begins.

import { setTimeout as sleep } from "node:timers/promises";
import type { OperationRequest } from "../../../src/planning/operation.ts";
import { waitUntil } from "../../lab/replication.ts";
import type { Bystander } from "./cases.ts";
import type { Stage } from "./stage.ts";

export interface Layout {
	readonly operation: string;
	readonly replicas: number;
	/** Brings the topology, as it was laid, to where the operation begins. */
	prepare(stage: Stage): Promise<void>;
	request(stage: Stage): OperationRequest;
	/** Servers that are hit wherever it stands. */
	readonly bystanders: readonly Bystander[];
}

const nameOf = (stage: Stage, alias: string) => stage.ground.server(alias).name;

const takeover: Layout = {
	operation: "takeover",
	replicas: 3,
	prepare: async (stage) => {
		await stage.write();
	},
	request: (stage) => ({
		kind: "takeover",
		cluster: nameOf(stage, "s1"),
		to: nameOf(stage, "s2"),
		auto: true,
	}),
	bystanders: [{ victim: "s1", faults: ["server-killed"] }],
};

/** All replicas have received the same: who is promoted does not depend on the moment. */
const quiet = async (stage: Stage): Promise<void> => {
	await stage.write();
	await stage.rest();
	const { servers, flavor } = stage.ground;
	const position =
		flavor === "mysql"
			? "SELECT @@GLOBAL.gtid_executed AS gtid"
			: "SELECT @@GLOBAL.gtid_current_pos AS gtid";
	await waitUntil("all replicas to have the same", async () => {
		const rows = await Promise.all(servers.map((each) => each.query(position)));
		return new Set(rows.map(([row]) => String(row?.gtid))).size === 1;
	});
};

const deadPrimary = async (stage: Stage): Promise<void> => {
	await quiet(stage);
	await stage.ground.server("s1").kill();
	await stage.write({ acknowledged: false });
	await sleep(150);
};

const failover: Layout = {
	operation: "failover",
	replicas: 3,
	prepare: deadPrimary,
	request: (stage) => ({
		kind: "recovery",
		cluster: nameOf(stage, "s1"),
		instance: nameOf(stage, "s1"),
		analysis: "DeadMaster",
	}),
	bystanders: [
		{ victim: "s2", faults: ["server-killed", "server-stopped"] },
		{ victim: "s4", faults: ["server-killed", "server-stopped"] },
	],
};

export const LAYOUTS: readonly Layout[] = [takeover, failover];
