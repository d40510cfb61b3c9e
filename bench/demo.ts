// npm run demo: a real primary dies, and Baton fails over, on this machine.
//
// 1. It ends what it started, however it ends; with --check it also verifies that.
// 2. With --check it answers 0 only when the cluster converged and no
//    acknowledged write is missing.

import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { ServerFlavor } from "../setup/locate.mjs";
import { createLab, type Lab } from "../test/lab/lab.ts";
import type { Topology } from "../test/lab/laying.ts";
import {
	identify,
	isAlive,
	type ProcessIdentity,
	waitGone,
} from "../test/lab/owned-process.ts";
import { waitUntil } from "../test/lab/replication.ts";
import { createKeyboard } from "./demo-keyboard.ts";
import { createScreen } from "./demo-screen.ts";
import { type FailureResult, failPrimary } from "./failure-run.ts";
import { flavorOf, UsageError } from "./options.ts";
import { formatTimeline, timelineOf } from "./timeline.ts";
import { discover, type Manager, startManager } from "./watched-cluster.ts";

const WRITES_PER_SECOND = 200;
const CALM_MS = 3_000;
const GONE_WITHIN_MS = 5_000;

const screen = createScreen(process.stdout);
const keyboard = createKeyboard(process.stdin);

try {
	const { flavor, check } = readArguments();
	process.exitCode = await demo(flavor, check);
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 2;
}
keyboard.close();

function readArguments(): { flavor: ServerFlavor; check: boolean } {
	try {
		const { values } = parseArgs({
			options: {
				flavor: { type: "string", default: "mysql" },
				check: { type: "boolean", default: false },
			},
		});
		return { flavor: flavorOf(values.flavor), check: values.check };
	} catch (error) {
		throw new UsageError(
			`${(error as Error).message}\nusage: npm run demo [-- --flavor mysql|mariadb] [--check]`,
		);
	}
}

async function demo(flavor: ServerFlavor, check: boolean): Promise<number> {
	const interrupted = new Promise<"interrupted">((resolve) => {
		for (const signal of ["SIGINT", "SIGTERM"] as const)
			process.on(signal, () => resolve("interrupted"));
	});
	const parts = begin(flavor);
	let code: number;
	try {
		const told = await Promise.race([story(parts, check), interrupted]);
		code = told === "interrupted" ? 130 : told;
		if (!check && told !== "interrupted") {
			screen.ask(
				"Everything still runs: look at the pages. Enter or Ctrl-C ends it.",
			);
			await Promise.race([keyboard.enter(), interrupted]);
		}
	} catch (error) {
		screen.bad(error instanceof Error ? error.message : String(error));
		code = 1;
	}
	const left = await end(parts);
	if (left.length === 0) return code;
	screen.bad(`processes are left: ${left.map(({ pid }) => pid).join(", ")}`);
	return 1;
}

interface Parts {
	readonly flavor: ServerFlavor;
	readonly lab: Promise<Lab>;
	readonly topology: Promise<Topology>;
	readonly manager: Promise<Manager>;
}

/** Servers and Baton start side by side. */
function begin(flavor: ServerFlavor): Parts {
	screen.heading(`1. A cluster of real ${flavor} servers, and a Baton`);
	const lab = createLab({ flavor, log: screen.step });
	const parts = {
		flavor,
		lab,
		topology: lab.then((made) => made.lay({ replicas: 3 })),
		manager: startManager(flavor),
	};
	for (const part of [parts.lab, parts.topology, parts.manager])
		part.catch(() => {
			// Told where it is waited for; another part may fail first.
		});
	return parts;
}

async function story(parts: Parts, check: boolean): Promise<number> {
	const lab = await parts.lab;
	const topology = await parts.topology;
	const manager = await parts.manager;
	screen.step(`Baton is up, with its own Temporal and a SQLite store`);
	await discover(manager, topology);
	const { primary } = topology;
	screen.heading("2. What Baton has discovered");
	await showTopology(manager, primary.name);
	screen.fact("Baton's page", manager.baton.url);
	screen.fact("Temporal UI", manager.uiUrl);
	screen.heading("3. The primary dies");
	screen.step(
		`writing ${WRITES_PER_SECOND} rows a second to ${primary.name}; each commit waits for a replica (semi-sync, AFTER_SYNC)`,
	);
	const result = await failPrimary(
		manager,
		{ lab, topology, identity: primary.name, stop: lab.stop },
		{
			failure: "kill",
			rate: WRITES_PER_SECOND,
			log: screen.step,
			whenToFail: async (writer) => {
				await writer.waitAcknowledged(WRITES_PER_SECOND);
				if (check) return delay(CALM_MS);
				screen.ask(`Press Enter to kill the primary (kill -9 ${primary.pid})`);
				return keyboard.enter();
			},
		},
	);
	return tell(manager, primary.name, result);
}

async function tell(
	manager: Manager,
	failed: string,
	result: FailureResult,
): Promise<number> {
	const { record, data, newPrimary } = result;
	screen.heading("4. What happened");
	const entries = timelineOf({
		record,
		failedAtMs: result.failedAtMs,
		firstWriteAtMs: result.firstWriteAtMs,
		says: `KILLED ${failed}`,
	});
	for (const line of formatTimeline(entries)) screen.line(line);
	screen.line("");
	screen.line(`  ${record.outcome.says}`);
	screen.heading("5. The data");
	const lost = data.missingAcknowledged.length;
	screen.fact("acknowledged writes", String(result.acknowledged));
	screen.fact("lost writes", String(lost));
	screen.fact(
		"unknown outcome",
		`${result.unknown} (under way when the primary died: ${data.presentUnknown.length} of them are there)`,
	);
	screen.heading("6. The topology now");
	await settled(manager, newPrimary.name, record.outcome.replicas.length);
	await showTopology(manager, newPrimary.name);
	screen.fact("Baton's page", manager.baton.url);
	screen.fact("this failover", pageOf(manager, record.outcome));
	return verdict(data.differing, lost, result);
}

function verdict(
	differing: readonly string[],
	lost: number,
	result: FailureResult,
): number {
	screen.line("");
	if (lost === 0 && differing.length === 0) {
		const ms = Math.round(result.firstWriteAtMs - result.failedAtMs);
		screen.good(
			`Converged: writes went on after ${ms} ms, on ${result.newPrimary.name}, and no acknowledged write is missing.`,
		);
		return 0;
	}
	if (lost > 0) screen.bad(`${lost} acknowledged writes are missing`);
	for (const difference of differing) screen.bad(difference);
	return 1;
}

/** Baton's own next look at the servers; the servers themselves have converged. */
async function settled(
	{ baton }: Manager,
	primary: string,
	expected: number,
): Promise<void> {
	await waitUntil(
		`Baton to see ${expected} sound servers below and with ${primary}`,
		async () => (await soundServers(baton, primary)) >= expected,
	);
}

async function soundServers(
	baton: Manager["baton"],
	primary: string,
): Promise<number> {
	const { Details } = await baton.get<{ Details: unknown }>(
		`topology/${primary}`,
	);
	return String(Details)
		.split("\n")
		.filter((line) => line.includes(",ok,")).length;
}

async function showTopology(manager: Manager, of: string): Promise<void> {
	const answer = await manager.baton.get<{ Details: unknown }>(
		`topology/${of}`,
	);
	for (const line of String(answer.Details).trimEnd().split("\n"))
		screen.line(`  ${line}`);
	screen.line("");
}

function pageOf(
	{ uiUrl }: Manager,
	outcome: { readonly workflowId: string; readonly runId: string },
): string {
	return `${uiUrl}/namespaces/default/workflows/${encodeURIComponent(outcome.workflowId)}/${outcome.runId}/history`;
}

/** What is still starting is waited for, so that it can be ended. Answers the processes that did not end. */
async function end(parts: Parts): Promise<ProcessIdentity[]> {
	screen.heading("Ending everything that was started");
	const [manager, lab] = await Promise.allSettled([
		parts.manager,
		parts.lab,
		parts.topology,
	]);
	const started: ProcessIdentity[] = [];
	const pids = [
		...(manager.status === "fulfilled" ? manager.value.pids : []),
		...(lab.status === "fulfilled"
			? lab.value.servers.flatMap(({ pid }) => pid ?? [])
			: []),
	];
	for (const pid of pids) {
		try {
			started.push(identify(pid));
		} catch {
			// Already gone: Ctrl-C reaches Baton too.
		}
	}
	if (manager.status === "fulfilled") await manager.value.stop();
	if (lab.status === "fulfilled") await lab.value.stop();
	await Promise.all(started.map((each) => waitGone(each, GONE_WITHIN_MS)));
	screen.step(`${started.length} processes ended`);
	return started.filter(isAlive);
}
