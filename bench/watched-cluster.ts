// A fresh cluster of real servers that a running Baton watches, under load.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, Connection, WorkflowNotFoundError } from "@temporalio/client";
import type { ServerFlavor } from "../setup/locate.mjs";
import { clusterWorkflowId, rehearsalWorkflowId } from "../temporal/names.ts";
import {
	type BatonProcess,
	type Envelope,
	startBaton,
} from "../test/lab/baton-process.ts";
import { createLab, type Lab } from "../test/lab/lab.ts";
import type { Topology } from "../test/lab/laying.ts";
import { waitUntil } from "../test/lab/replication.ts";

export interface Manager {
	readonly baton: BatonProcess;
	readonly temporal: Client;
	/** Address of the Temporal UI. */
	readonly uiUrl: string;
	/** Ids of Baton and of its Temporal server. */
	readonly pids: readonly number[];
	stop(): Promise<void>;
}

export interface WatchedCluster {
	readonly lab: Lab;
	readonly topology: Topology;
	/** How the cluster is known to Baton for ever: its first primary. */
	readonly identity: string;
	stop(): Promise<void>;
}

const COMPLETE_WITHIN_MS = 30_000;

/** A Baton with a store and a Temporal of its own. The flavour says how its configuration finds replication passwords. */
export const startManager = async (flavor: ServerFlavor): Promise<Manager> => {
	const home = await createLab({ flavor });
	let baton: BatonProcess | undefined;
	try {
		baton = await startBaton({ lab: home });
		const { pid, port, uiPort } = temporalState(baton.directory);
		const connection = await Connection.connect({
			address: `127.0.0.1:${port}`,
		});
		const started = baton;
		const pids = [baton.pid, pid];
		const ended = endAtExit(pids);
		return {
			baton,
			temporal: new Client({ connection }),
			uiUrl: `http://127.0.0.1:${uiPort}`,
			pids,
			stop: async () => {
				ended();
				await connection.close();
				await started.stop();
				await home.stop();
			},
		};
	} catch (error) {
		await baton?.stop();
		await home.stop();
		throw error;
	}
};

/** For when this process is ended in the middle and cannot wait. Answers how to say that they have ended. */
export const endAtExit = (pids: readonly number[]): (() => void) => {
	const atExit = () => pids.forEach(endNow);
	process.once("exit", atExit);
	return () => process.off("exit", atExit);
};

const endNow = (pid: number): void => {
	try {
		process.kill(pid, "SIGKILL");
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
	}
};

/** Of the Temporal server below a directory. */
export const temporalState = (directory: string) =>
	JSON.parse(
		readFileSync(join(directory, "temporal", "server.json"), "utf8"),
	) as { pid: number; port: number; uiPort: number };

/** One primary with three replicas, discovered through its primary. */
export const layWatched = async (
	manager: Manager,
	options: { readonly flavor: ServerFlavor; readonly semiSync: boolean },
): Promise<WatchedCluster> => {
	const lab = await createLab({ flavor: options.flavor });
	try {
		const topology = await lab.lay({
			replicas: 3,
			semiSync: options.semiSync,
		});
		await discover(manager, topology);
		const identity = topology.primary.name;
		return {
			lab,
			topology,
			identity,
			stop: async () => {
				await forget(manager, topology);
				await lab.stop();
			},
		};
	} catch (error) {
		await lab.stop();
		throw error;
	}
};

/** Answers when Baton has seen every server and has prepared for operations on the cluster. */
export const discover = async (
	{ baton, temporal }: Pick<Manager, "baton" | "temporal">,
	{ primary, servers }: Topology,
): Promise<void> => {
	const answer = await baton.get<Envelope>(
		`discover/${primary.host}/${primary.port}`,
	);
	if (answer.Code !== "OK") throw new Error(answer.Message);
	await waitUntil(
		`${servers.length} servers in the topology`,
		async () => (await clusterSize(baton, primary.name)) === servers.length,
		COMPLETE_WITHIN_MS,
	);
	await waitUntil(
		`Baton to be ready for operations on ${primary.name}`,
		() => isPrepared(temporal, primary.name),
		COMPLETE_WITHIN_MS,
	);
};

const clusterSize = async (
	baton: BatonProcess,
	name: string,
): Promise<number> => {
	const seen = await baton.get<readonly { IsLastCheckValid: boolean }[]>(
		`cluster/${name}`,
	);
	return Array.isArray(seen)
		? seen.filter((each) => each.IsLastCheckValid).length
		: 0;
};

/** Its entity runs; a rehearsal, which only the first clusters of a Baton get, is over. */
const isPrepared = async (
	temporal: Client,
	identity: string,
): Promise<boolean> => {
	const entity = await statusOf(temporal, clusterWorkflowId(identity));
	const rehearsal = await statusOf(temporal, rehearsalWorkflowId(identity));
	return entity === "RUNNING" && rehearsal !== "RUNNING";
};

const statusOf = async (
	temporal: Client,
	workflowId: string,
): Promise<string | undefined> => {
	try {
		return (await temporal.workflow.getHandle(workflowId).describe()).status
			.name;
	} catch (error) {
		if (error instanceof WorkflowNotFoundError) return undefined;
		throw error;
	}
};

const forget = async (
	{ baton }: Manager,
	{ servers }: Topology,
): Promise<void> => {
	for (const { host, port } of servers)
		await baton.get(`forget/${host}/${port}`);
};
