// One replica, or many, moved from one source to another and back: by Baton's command and by bare SQL, in turn, on one cluster
// under load.

import { setTimeout as delay } from "node:timers/promises";
import type { Envelope } from "../test/lab/baton-process.ts";
import { createLab, type Lab } from "../test/lab/lab.ts";
import type { Topology } from "../test/lab/laying.ts";
import {
	replicaStatus,
	replicate,
	setReadOnly,
	waitCaughtUp,
	waitUntil,
} from "../test/lab/replication.ts";
import type { LabServer } from "../test/lab/server.ts";
import { createWriter, type Writer } from "../test/lab/writer.ts";
import { checkData } from "./convergence.ts";
import { pointTo } from "./floor/moves.ts";
import { openSession } from "./floor/session.ts";
import { integrity } from "./integrity.ts";
import type { BenchOptions } from "./options.ts";
import { comparedBy, orderOf, pairOf, type Side } from "./pair.ts";
import type { Run } from "./runs.ts";
import { rounded } from "./statistics.ts";
import { discover, type Manager, startManager } from "./watched-cluster.ts";

/** More at once would wait for each other's disk until the lab gives one up. */
const STARTED_AT_ONCE = 8;
const KNOWN_WITHIN_MS = 60_000;

/** A primary with two replicas, and those to be moved below the first of these. */
interface Laid {
	readonly topology: Topology;
	readonly places: readonly [LabServer, LabServer];
	readonly moved: readonly LabServer[];
}

/** One run a pair; both of its sides move all of them, each from where the other left them. */
export const measureRelocation = async (
	options: BenchOptions,
	say: (text: string) => void,
): Promise<Run[]> => {
	const lab = await createLab({ flavor: options.flavor });
	try {
		const laid = await lay(lab, options.replicas, options.semiSync);
		say(`${laid.moved.length} to be moved are laid`);
		const manager = await startManager(options.flavor);
		try {
			return await pairsOf(manager, laid, options, say);
		} finally {
			await manager.stop();
		}
	} finally {
		await lab.stop();
	}
};

const lay = async (
	lab: Lab,
	count: number,
	semiSync: boolean,
): Promise<Laid> => {
	const topology = await lab.lay({ replicas: 2, semiSync });
	const [first, second] = topology.replicas;
	if (first === undefined || second === undefined) throw new Error("lay");
	const moved: LabServer[] = [];
	while (moved.length < count) {
		const next = Math.min(STARTED_AT_ONCE, count - moved.length);
		const started = await Promise.all(
			Array.from({ length: next }, (_, index) =>
				lab.startServer({ serverId: 100 + moved.length + index }),
			),
		);
		for (const server of started) {
			await replicate(server, first);
			await setReadOnly(server, true);
		}
		moved.push(...started);
	}
	for (const server of moved) await waitCaughtUp(server, topology.primary);
	return {
		topology: { ...topology, servers: [...topology.servers, ...moved] },
		places: [first, second],
		moved,
	};
};

const pairsOf = async (
	manager: Manager,
	laid: Laid,
	options: BenchOptions,
	say: (text: string) => void,
): Promise<Run[]> => {
	const { topology, moved } = laid;
	await discover(manager, topology);
	const sessions = await Promise.all(moved.map(openSession));
	const sides: Readonly<
		Record<Side, (from: LabServer, to: LabServer) => Promise<unknown>>
	> = {
		floor: (_, to) => Promise.all(sessions.map((each) => pointTo(each, to))),
		baton: (from, to) => askBaton(manager, moved, from, to),
	};
	const writer = createWriter({
		servers: [topology.primary],
		ratePerSecond: options.rate,
	});
	writer.start();
	let [from, to] = laid.places;
	const runs: Run[] = [];
	try {
		for (let number = 1; number <= options.runs; number++) {
			const results: Record<Side, Run> = { floor: {}, baton: {} };
			for (const side of orderOf(number)) {
				results[side] = await timed(() => sides[side](from, to));
				await waitFollowing(moved, to);
				await known(manager, moved, to);
				await delay(options.settleMs);
				[from, to] = [to, from];
			}
			const run = pairOf(
				results.floor,
				results.baton,
				comparedBy("relocation"),
			);
			runs.push(run);
			say(`${number}/${options.runs}  ${JSON.stringify(run)}`);
		}
	} finally {
		for (const session of sessions) session.close();
		await writer.stop();
	}
	return [...runs, await soundness(topology, writer)];
};

const timed = async (work: () => Promise<unknown>): Promise<Run> => {
	const fromMs = performance.now();
	try {
		await work();
		return { total_ms: rounded(performance.now() - fromMs) };
	} catch (error) {
		return { failed: (error as Error).message };
	}
};

const path = ({ host, port }: LabServer): string => `${host}/${port}`;

/** @throws when Baton says that not all were moved */
const askBaton = async (
	{ baton }: Manager,
	moved: readonly LabServer[],
	from: LabServer,
	to: LabServer,
): Promise<void> => {
	const [only, ...others] = moved;
	const route =
		only !== undefined && others.length === 0
			? `relocate/${path(only)}/${path(to)}`
			: `relocate-slaves/${path(from)}/${path(to)}`;
	const answer = await baton.get<Envelope>(route);
	if (answer.Code !== "OK") throw new Error(answer.Message);
	if (others.length === 0) return;
	const told = Array.isArray(answer.Details) ? answer.Details.length : 0;
	if (told !== moved.length) throw new Error(answer.Message);
};

/** By the servers' own word. */
const waitFollowing = (
	moved: readonly LabServer[],
	source: LabServer,
): Promise<void> =>
	waitUntil(`all to replicate from ${source.name}`, async () => {
		const states = await Promise.all(moved.map(replicaStatus));
		return states.every(
			(status) =>
				Number(status?.["Source_Port"] ?? status?.["Master_Port"]) ===
				source.port,
		);
	});

/** Baton has seen what was moved without it, too. */
const known = (
	{ baton }: Manager,
	moved: readonly LabServer[],
	source: LabServer,
): Promise<void> =>
	waitUntil(
		`Baton to know ${moved.length} replicas of ${source.name}`,
		async () => {
			const seen = await baton.get<readonly unknown[]>(
				`instance-replicas/${path(source)}`,
			);
			return Array.isArray(seen) && seen.length === moved.length;
		},
		KNOWN_WITHIN_MS,
	);

/** Everybody has the same in the end, and every acknowledged write. */
const soundness = async (
	{ primary, servers }: Topology,
	writer: Writer,
): Promise<Run> => {
	const others = servers.filter((each) => each !== primary);
	for (const server of others) await waitCaughtUp(server, primary);
	return integrity(await checkData(primary, others, writer.records), true);
};
