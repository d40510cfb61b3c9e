import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, expect, test } from "vitest";
import {
	replicating,
	seenAt,
	server,
} from "../../test/support/made-up-servers.ts";
import { ServerFault } from "../mysql/driver-error.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import { createMarking } from "./marking.ts";

const PRIMARY: Instance = server("db1", 7, {
	check: seenAt(1),
	serverUuid: "u-1",
	readOnly: false,
	superReadOnly: false,
	logBin: true,
});

/** What the server answers, and is told. */
let answer: Record<string, unknown>;
let refusal: ServerFault | undefined;
let written: string[];
let opened: number;
/** Until it is resolved nothing is answered. */
let hanging: Promise<void> | undefined;

let nowMs: number;
let isWanted: boolean;
let isStopped: boolean;
let fenced: InstanceName[];
let lines: string[];
let noted: [string, number][];

beforeEach(() => {
	answer = { got: 1, read_only: 0, server_id: 7, server_uuid: "u-1" };
	refusal = hanging = undefined;
	[written, fenced, lines, noted] = [[], [], [], []];
	opened = 0;
	nowMs = 1_600_000_000_000;
	[isWanted, isStopped] = [true, false];
});

const cluster = (
	change: Partial<Instance> = {},
	view: Record<string, unknown> = {},
): ClusterWatch =>
	({
		identity: "c",
		view: {
			clusterName: "db1:3306",
			role: {
				primary: "db1:3306",
				server: { uuid: "u-1", serverId: 7, gtid: "" },
			},
			downtimes: [],
			...view,
		},
		members: new Map([["db1:3306", { latest: { ...PRIMARY, ...change } }]]),
		instance: ({ latest }: { latest: Instance }) => latest,
	}) as unknown as ClusterWatch;

const started = (...clusters: ClusterWatch[]) =>
	createMarking({
		roster: { clusters: () => clusters.values() },
		servers: {
			open: async () => {
				opened += 1;
				return {
					server: "db1:3306",
					close: () => undefined,
					query: async (sql: string) => {
						await hanging;
						if (sql.startsWith("SELECT")) return [answer];
						if (sql.startsWith("SET")) return [];
						if (refusal !== undefined) throw refusal;
						written.push(sql);
						return [];
					},
				} as never;
			},
		},
		store: {
			clusters: {
				setMarked: async (name: string, atMs: number) => {
					noted.push([name, atMs]);
				},
			} as never,
		},
		writer: { later: (_key, work) => void work() },
		isWanted: () => isWanted,
		isFenced: (name) => fenced.includes(name),
		isStopped: () => isStopped,
		nowMs: () => nowMs,
		log: {
			warn: (text) => lines.push(text),
			info: (text) => lines.push(text),
		},
	});

const settled = async () => {
	for (let turns = 0; turns < 20; turns++) await turn();
};

const rounds = async (marking: ReturnType<typeof started>, seconds: number) => {
	for (let second = 0; second < seconds; second++) {
		marking.round();
		await settled();
		nowMs += 1_000;
	}
};

test("every five seconds the recorded primary gets a marker of its own", async () => {
	await rounds(started(cluster()), 120);
	expect(written).toHaveLength(24);
	expect(written[0]).toMatch(
		/^drop view if exists `_pseudo_gtid_`\.`_asc:5f5e1000:00000007:[0-9a-f]{16}`$/,
	);
	expect(new Set(written).size).toBe(24);
	expect(written.toSorted()).toEqual(written);
	expect(noted.map(([name]) => name)).toEqual(["db1:3306", "db1:3306"]);
	expect(lines).toEqual([]);
});

test("nobody is asked who is not the primary beyond doubt", async () => {
	const other = { primary: "db9:3306", server: {} };
	const replica = { replication: replicating("db2") };
	const lost = {
		instance: "db1:3306",
		reason: "lost-in-recovery",
		endsAtMs: Number.POSITIVE_INFINITY,
	};
	for (const each of [
		cluster({ readOnly: true }),
		cluster({ logBin: false }),
		cluster({ check: { ...PRIMARY.check, seenAtMs: 0 } }),
		cluster(replica),
		cluster({}, { role: undefined }),
		cluster({}, { role: other }),
		cluster({}, { heldBy: "takeover" }),
		cluster({}, { downtimes: [lost] }),
	])
		await rounds(started(each), 7);
	fenced = ["db1:3306"];
	await rounds(started(cluster()), 7);
	fenced = [];
	isWanted = false;
	await rounds(started(cluster()), 7);
	isWanted = true;
	isStopped = true;
	await rounds(started(cluster()), 7);
	expect(opened).toBe(0);
	isStopped = false;
	// A downtime of another kind, and one of two that replicate from each other.
	await rounds(
		started(cluster({}, { downtimes: [{ ...lost, reason: "a new disk" }] })),
		1,
	);
	await rounds(started(cluster({ ...replica, isCoMaster: true })), 1);
	expect(written).toHaveLength(2);
});

test("what the server says in that moment counts more", async () => {
	for (const now of [
		{ read_only: 1 },
		{ got: 0 },
		{ got: null },
		{ server_uuid: "u-2", server_id: 8 },
	]) {
		answer = { got: 1, read_only: 0, server_id: 7, server_uuid: "u-1", ...now };
		await rounds(started(cluster()), 3);
	}
	expect(opened).toBe(4);
	expect(written).toEqual([]);
});

test("an operation that takes the cluster meanwhile is not written behind", async () => {
	const watched = cluster();
	let answers: () => void = () => undefined;
	hanging = new Promise((resolve) => {
		answers = resolve;
	});
	const marking = started(watched);
	marking.round();
	await settled();
	Object.assign(watched.view, { heldBy: "takeover" });
	answers();
	await settled();
	expect([opened, written]).toEqual([1, []]);
});

test("one that hangs is asked once, and holds up no other", async () => {
	hanging = new Promise(() => undefined);
	const marking = started(cluster());
	await rounds(marking, 30);
	expect(opened).toBe(1);
});

test("a server that refuses is told of once, and asked calmly until it does not", async () => {
	refusal = new ServerFault("refused-by-server", "DROP command denied", 1142);
	const marking = started(cluster());
	await rounds(marking, 300);
	expect(opened).toBe(5);
	expect(lines).toEqual([
		expect.stringMatching(/db1:3306.*DROP command denied.*needs DROP/),
	]);
	refusal = undefined;
	await rounds(marking, 61);
	expect(lines).toHaveLength(2);
	expect(lines[1]).toContain("again");
	refusal = new ServerFault("timeout", "no answer");
	await rounds(marking, 20);
	expect(lines).toHaveLength(2);
});
