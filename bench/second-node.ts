// The node that fails a cluster over is itself killed in the middle of it: how
// long until the other one has brought writes back.

import { setTimeout as delay } from "node:timers/promises";
import { type Client, isGrpcServiceError } from "@temporalio/client";
import { operationWorkflowId } from "../temporal/names.ts";
import { createLab } from "../test/lab/lab.ts";
import { createBatonRescuer } from "./baton-at-work.ts";
import { failPrimary } from "./failure-run.ts";
import { integrity } from "./integrity.ts";
import type { BenchOptions } from "./options.ts";
import type { Run } from "./runs.ts";
import { rounded } from "./statistics.ts";
import { startTwoNodes, type TwoNodes } from "./two-nodes.ts";
import { discover } from "./watched-cluster.ts";

/** The status code of gRPC: there has been no operation yet. */
const NOT_FOUND = 5;
const BEGUN_WITHIN_MS = 20_000;
/** How far into its failover the node is killed: each run at another place. */
const INTO_MS = [0, 25, 50, 75, 100];
/** Between two looks at Temporal: the failover itself takes some 200 ms. */
const PAUSE_MS = 5;

export const performTakeovers = async (
	options: BenchOptions,
	log: (text: string) => void,
): Promise<Run[]> => {
	const runs: Run[] = [];
	for (let number = 1; number <= options.runs; number++) {
		const run = await performRun(options, intoOf(number));
		runs.push(run);
		const cells = Object.entries(run).map(
			([name, value]) => `${name} ${value}`,
		);
		log(`${number}/${options.runs}  ${cells.join("  ")}`);
	}
	return runs;
};

const intoOf = (number: number): number =>
	INTO_MS[(number - 1) % INTO_MS.length] ?? 0;

const performRun = async (
	options: BenchOptions,
	intoMs: number,
): Promise<Run> => {
	const two = await startTwoNodes(options.flavor);
	const lab = await createLab({ flavor: options.flavor });
	try {
		const { semiSync, rate, settleMs } = options;
		const topology = await lab.lay({ replicas: 3, semiSync });
		const { temporal, first } = two;
		await discover({ baton: first, temporal }, topology);
		const identity = topology.primary.name;
		let killed = { name: "", atMs: 0 };
		const result = await failPrimary(
			topology,
			createBatonRescuer(two, identity),
			{
				failure: "kill",
				rate,
				whenToFail: () => delay(settleMs),
				andThen: async ({ atMs }) => {
					killed = await killWorking(two, identity, atMs, intoMs);
				},
			},
		);
		const { failedAtMs, firstWriteAtMs, data } = result;
		return {
			node_killed_ms: rounded(killed.atMs - failedAtMs),
			first_write_ms: rounded(firstWriteAtMs - failedAtMs),
			...tookOver(killed.atMs, firstWriteAtMs),
			killed: killed.name,
			acked: result.acknowledged,
			...integrity(data, semiSync),
		};
	} catch (error) {
		return { failed: error instanceof Error ? error.message : String(error) };
	} finally {
		await lab.stop();
		await two.stop();
	}
};

/** A failover that was over before the node could be killed says nothing about the other node. */
const tookOver = (killedAtMs: number, firstWriteAtMs: number): Run =>
	firstWriteAtMs > killedAtMs
		? { taken_over_ms: rounded(firstWriteAtMs - killedAtMs) }
		: { too_late: 1 };

/** SIGKILL to whichever node has begun to work on the cluster's failover, so long after Temporal tells which. */
const killWorking = async (
	{ nodes, temporal }: TwoNodes,
	identity: string,
	afterMs: number,
	intoMs: number,
): Promise<{ name: string; atMs: number }> => {
	const untilMs = performance.now() + BEGUN_WITHIN_MS;
	while (performance.now() < untilMs) {
		const worker = await workerOf(temporal, identity, afterMs);
		const working = [...nodes].find(([name]) => worker?.endsWith(`@${name}`));
		if (working !== undefined) {
			const [name, node] = working;
			await delay(intoMs);
			const atMs = Date.now();
			await node.kill();
			return { name, atMs };
		}
		await delay(PAUSE_MS);
	}
	throw new Error(`no failover began within ${BEGUN_WITHIN_MS / 1000} s`);
};

/** Identity of the worker that has the first task of the cluster's operation; none before it began. */
const workerOf = async (
	temporal: Client,
	identity: string,
	afterMs: number,
): Promise<string | undefined> => {
	try {
		const { events } = await temporal.workflow
			.getHandle(operationWorkflowId(identity))
			.fetchHistory();
		const started = events?.find(
			(event) =>
				event.workflowTaskStartedEventAttributes &&
				Number(event.eventTime?.seconds ?? 0) >= Math.floor(afterMs / 1000),
		);
		return started?.workflowTaskStartedEventAttributes?.identity ?? undefined;
	} catch (error) {
		if (isGrpcServiceError(error) && error.code === NOT_FOUND) return undefined;
		throw error;
	}
};
