// A primary that is dead, hung, or to be replaced.

import { setTimeout as sleep } from "node:timers/promises";
import { hearingMark } from "../../../src/analysis/silence.ts";
import type {
	OperationRequest,
	Silence,
} from "../../../src/planning/operation.ts";
import type { InstanceName } from "../../../src/topology/instance-name.ts";
import { stopReceiver } from "../../lab/trouble.ts";
import type { Bystander } from "./cases.ts";
import { ALL, type Layout, level, nameOf } from "./layout.ts";
import type { Stage } from "./stage.ts";

/** Dead, with writers that look for another primary. */
export const killPrimary = async (stage: Stage): Promise<void> => {
	await stage.rest();
	await stage.ground.server("s1").kill();
	await stage.write({ acknowledged: false });
	await sleep(150);
};

export const failoverOf = (stage: Stage): OperationRequest => ({
	kind: "recovery",
	cluster: nameOf(stage, "s1"),
	instance: nameOf(stage, "s1"),
	analysis: "DeadMaster",
});

const OF_A_FAILOVER: readonly Bystander[] = [
	{ victim: "s1", faults: ["server-started"] },
	{ victim: "s2", faults: ["server-killed", "server-stopped", "cut-off"] },
	{ victim: "s4", faults: ["server-killed", "server-stopped"] },
];

export const failover: Layout = {
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
export const failoverOfHung: Layout = {
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
export const failoverWithCatchUp: Layout = {
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
