// Records the golden histories anew from real servers: `npx tsx test/histories/record.ts`, or only those of the named types of
// what runs on a schedule: `npx tsx test/histories/record.ts housekeeping`. Do so when a workflow changes in
// a way that no operation under way can meet: before a first release, or behind `patched`.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { findEmbedded } from "../../temporal/embedded.ts";
import { SCHEDULES, watchWorkflowId } from "../../temporal/names.ts";
import { type BatonProcess, startBaton } from "../lab/baton-process.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { FOLDER, keepHistory, TYPES } from "./stored.ts";

const WITHIN_MS = 60_000;

/** Kept from servers that do not exist, see record-paths.ts; or otherwise. */
const MADE_UP: readonly string[] = [
	"adoption",
	"afterwards",
	"cluster",
	"coPrimary",
	"exchange",
	"moves",
	"operation",
	"serverChange",
	"watch",
];

const say = (text: string) => process.stdout.write(`${text}\n`);

const path = (server: LabServer): string => `${server.host}/${server.port}`;

/** An operation over the API, which has to work. */
const ask = async (baton: BatonProcess, route: string): Promise<void> => {
	say(route);
	const answer = await baton.get<{ Code: string; Message: string }>(route);
	if (answer.Code !== "OK") throw new Error(`${route}: ${answer.Message}`);
};

const connect = async (baton: BatonProcess): Promise<Client> => {
	const embedded = await findEmbedded(join(baton.directory, "temporal"));
	if (embedded === undefined) throw new Error("Temporal is not there");
	const connection = await Connection.connect({ address: embedded.address });
	return new Client({ connection, namespace: "default" });
};

interface Run {
	readonly workflowId: string;
	readonly runId: string;
}

const runsOf = async (client: Client, type: string): Promise<Run[]> => {
	const runs: Run[] = [];
	for await (const each of client.workflow.list({
		query: `WorkflowType = '${type}' AND ExecutionStatus = 'Completed'`,
	}))
		runs.push(each);
	return runs;
};

const keep = (
	client: Client,
	name: string,
	workflowId: string,
	runId?: string,
): Promise<void> =>
	keepHistory(client.workflow.getHandle(workflowId, runId), name);

const hasEnded = (client: Client, type: string): Promise<void> =>
	waitUntil(
		`a ${type} has ended`,
		async () => (await runsOf(client, type)).length > 0,
		WITHIN_MS,
	);

/** A failover, the return of the old primary, a relocation, a takeover, and a maintenance of all in turn. */
const perform = async (
	lab: Lab,
	baton: BatonProcess,
	client: Client,
): Promise<void> => {
	const [primary, ...replicas] = (await lab.lay({ replicas: 3 })).servers;
	if (primary === undefined) throw new Error("no primary");
	await ask(baton, `discover/${path(primary)}`);
	await waitUntil(
		"the cluster is watched",
		async () =>
			(await baton.get<unknown[]>(`cluster/${primary.name}`)).length === 4,
		WITHIN_MS,
	);
	await delay(3_000);
	say(`${primary.name} is killed`);
	primary.kill();
	await hasEnded(client, "recovery");
	await primary.start();
	await hasEnded(client, "rejoin");
	await delay(2_000);
	const writable = await Promise.all(
		replicas.map(async (each) => {
			const [row] = await each.query("SELECT @@read_only AS ro");
			return Number(row?.["ro"]) === 0;
		}),
	);
	const successor = replicas[writable.indexOf(true)];
	const [one, other] = replicas.filter((each) => each !== successor);
	if (successor === undefined || one === undefined || other === undefined)
		throw new Error("nobody was promoted");
	await ask(baton, `relocate/${path(one)}/${path(other)}`);
	await ask(baton, `relocate/${path(one)}/${path(successor)}`);
	await delay(2_000);
	await ask(
		baton,
		`graceful-master-takeover-auto/${successor.name}/${path(other)}`,
	);
	await hasEnded(client, "takeover");
	await delay(2_000);
	await ask(baton, `rolling-maintenance/${other.name}?reason=history`);
	await hasEnded(client, "rollingMaintenance");
};

/** A run of a schedule, at once and not only when it is due. */
const runScheduled = async (client: Client, type: string): Promise<void> => {
	await client.schedule.getHandle(type).trigger();
	await hasEnded(client, type);
};

const record = async (
	lab: Lab,
	baton: BatonProcess,
	asked: readonly string[],
): Promise<void> => {
	const client = await connect(baton);
	try {
		if (asked.length === 0) await perform(lab, baton, client);
		for (const type of Object.values(SCHEDULES))
			await runScheduled(client, type);
		for (const type of TYPES) {
			if (asked.length > 0 && !asked.includes(type)) continue;
			if (MADE_UP.includes(type)) continue;
			const run = (await runsOf(client, type)).at(-1);
			if (run === undefined) throw new Error(`no ${type} was run`);
			await keep(client, type, run.workflowId, run.runId);
		}
		if (asked.length > 0) return;
		for await (const { workflowId } of client.workflow.list({
			query: "WorkflowType = 'cluster'",
		}))
			await keep(client, "cluster", workflowId);
		await keep(client, "watch", watchWorkflowId(0));
	} finally {
		await client.connection.close();
	}
};

const lab = await createLab({ flavor: "mysql", log: say });
try {
	const baton = await startBaton({
		lab,
		config: {
			BatonNode: "node1",
			BatonRollingMaintenanceProcesses: ["true"],
		},
	});
	try {
		await record(lab, baton, process.argv.slice(2));
	} catch (error) {
		say(baton.output());
		throw error;
	} finally {
		await baton.stop();
	}
} finally {
	await lab.stop();
}
spawnSync("npx", ["biome", "format", "--write", FOLDER], { stdio: "inherit" });
