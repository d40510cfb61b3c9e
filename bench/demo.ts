// npm run demo: a real primary dies, and Baton fails over, on this machine.
//
// 1. It ends what it started, however it ends; with --check it also verifies that.
// 2. With --check it answers 0 only when the cluster converged and no
//    acknowledged write is missing.

import { setTimeout as delay } from "node:timers/promises";
import { demoArguments } from "../setup/demo-arguments.mjs";
import type { ServerFlavor } from "../setup/locate.mjs";
import { createLab, type Lab } from "../test/lab/lab.ts";
import type { Topology } from "../test/lab/laying.ts";
import {
	identify,
	isAlive,
	type ProcessIdentity,
	waitGone,
} from "../test/lab/owned-process.ts";
import { createBatonRescuer, primaryAmong } from "./baton-at-work.ts";
import { createKeyboard } from "./demo-keyboard.ts";
import { showTopology, tellFailover } from "./demo-report.ts";
import { createScreen } from "./demo-screen.ts";
import { failPrimary } from "./failure-run.ts";
import { discover, type Manager, startManager } from "./watched-cluster.ts";

const WRITES_PER_SECOND = 200;
const CALM_MS = 3_000;
const GONE_WITHIN_MS = 5_000;

const screen = createScreen(process.stdout);
const keyboard = createKeyboard(process.stdin);

const asked = demoArguments(process.argv.slice(2));
if (asked.kind === "demo")
	process.exitCode = await demo(asked.flavor, asked.check);
else throw new Error("setup/demo.mjs starts it, with arguments that it knows");
keyboard.close();

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
	const topology = await parts.topology;
	const manager = await parts.manager;
	screen.step(`Baton is up, with its own Temporal and a SQLite store`);
	await discover(manager, topology);
	const { primary } = topology;
	screen.heading("2. What Baton has discovered");
	await showTopology(screen, manager, primary.name);
	screen.fact("Baton's page", manager.baton.url);
	screen.fact("Temporal UI", manager.uiUrl);
	screen.fact(
		"Commands",
		`bin/baton -config ${manager.baton.configFile} -c topology -i ${primary.name}`,
	);
	screen.heading("3. The primary dies");
	screen.step(
		`writing ${WRITES_PER_SECOND} rows a second to ${primary.name}; each commit waits for a replica (semi-sync, AFTER_SYNC)`,
	);
	const result = await failPrimary(
		topology,
		createBatonRescuer(manager, primary.name),
		{
			failure: "kill",
			rate: WRITES_PER_SECOND,
			log: screen.step,
			whenToFail: async (writer) => {
				await writer.waitAcknowledged(WRITES_PER_SECOND);
				if (check) return delay(CALM_MS);
				screen.ask(
					`Press Enter to kill the primary (kill -9 ${primary.pid}; after a takeover, whoever is primary then)`,
				);
				return keyboard.enter();
			},
			primaryNow: () => primaryAmong(manager, primary.name, topology.servers),
		},
	);
	return tellFailover(screen, manager, result);
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
