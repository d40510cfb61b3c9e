// Whoever asks for what cannot be done is told so at once: of each operation, by what it may be refused for.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../../src/surface/tables.ts";
import type { Envelope } from "../lab/baton-process.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	ALL_FAULTS,
	logTail,
	QUICK_FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

/** Of one refusal, beside what one takes at the time that has nobody to wait for. Milliseconds. */
const AT_MOST_MS = 1_000;

interface Asked {
	readonly path: string;
	readonly ms: number;
	readonly isRefused: boolean;
	readonly says: string;
}

/** Nothing of these can be done to the primary of a sound cluster, below or in place of itself. */
const NOT_TO_A_PRIMARY = new Set(
	`relocate relocate-below move-up move-below move-gtid match match-up take-siblings take-master
	move-up-replicas match-replicas match-up-replicas
	make-local-master make-master recover recover-lite force-master-takeover graceful-master-takeover
	stop-replica stop-replica-nice start-replica restart-replica skip-query
	detach-replica-master-host reattach-replica-master-host enable-gtid disable-gtid delay-replication
	gtid-errant-reset-master gtid-errant-inject-empty kill-query purge-binary-logs`.split(
		/\s+/,
	),
);

/** Which of two is the cluster's own is told by the first: the other one is designated. */
const TAKES_A_CLUSTER = /^(force|graceful)-master-/;

describe.each(QUICK_FLAVORS)("what is refused on %s servers", (flavor) => {
	let system: System;
	let down: LabServer;
	let hung: LabServer;
	beforeAll(async () => {
		system = await startSystem({ flavor, replicas: 3 });
		const [, second, third] = system.replicas;
		if (!second || !third) throw new Error("lay");
		[down, hung] = [second, third];
	}, TEST_MS);
	afterAll(async () => {
		hung?.resume();
		await system?.stop();
	}, TEST_MS);

	const askOnce = async (path: string): Promise<Asked> => {
		const began = performance.now();
		const { Code, Message } = await system.baton.get<Envelope>(path);
		const ms = Math.round(performance.now() - began);
		return { path, ms, isRefused: Code === "ERROR", says: Message };
	};

	let atMostMs = AT_MOST_MS;
	/** As busy as the machine is now. */
	const allowFor = async ({ primary }: System): Promise<void> => {
		const path = `stop-replica/${primary.host}/${primary.port}`;
		const usual = [await askOnce(path), await askOnce(path)];
		atMostMs = AT_MOST_MS + Math.max(...usual.map(({ ms }) => ms));
	};

	/** The machine may have had other work: the best of three counts. */
	const ask = async (path: string): Promise<Asked> => {
		let best = await askOnce(path);
		for (
			let again = 0;
			again < 2 && best.isRefused && best.ms > atMostMs;
			again++
		) {
			const next = await askOnce(path);
			if (next.ms < best.ms) best = next;
		}
		return best;
	};

	/** The longest form of its route, with this server wherever one is named. */
	const pathOf = (
		{ name, routes }: (typeof OPERATIONS)[number],
		host: string,
		port: number,
	): string | undefined => {
		const [longest] = routes.toSorted((a, b) => b.length - a.length);
		const [withHost = longest] = routes.filter((each) =>
			/:host.*:(candidate|designated)/.test(each),
		);
		const { primary } = system;
		const ofCluster = TAKES_A_CLUSTER.test(name)
			? [primary.host, primary.port]
			: [host, port];
		return withHost
			?.replace(":host", String(ofCluster[0]))
			.replace(":port", String(ofCluster[1]))
			.replaceAll(/:\w+Host/g, host)
			.replaceAll(/:\w+Port/g, String(port))
			.replace(":seconds", "5")
			.replace(":process", "999999999")
			.replace(":logFile", "nosuch.000001");
	};

	/** One after another: each is timed by itself. */
	const askAll = async (
		what: string,
		host: string,
		port: number,
		isMeant: (name: string) => boolean = () => true,
	): Promise<readonly Asked[]> => {
		const all: Asked[] = [];
		await allowFor(system);
		for (const row of OPERATIONS) {
			const path = isMeant(row.name) ? pathOf(row, host, port) : undefined;
			if (path !== undefined) all.push(await ask(path));
		}
		const slowest = all
			.filter(({ isRefused }) => isRefused)
			.toSorted((a, b) => b.ms - a.ms);
		for (const { ms, path, says } of slowest.slice(0, 5))
			process.stdout.write(`${flavor}, ${what}: ${ms} ms ${path}: ${says}\n`);
		return all;
	};

	const slow = (all: readonly Asked[]) =>
		all.filter(({ ms, isRefused }) => isRefused && ms > atMostMs);
	const done = (all: readonly Asked[]) =>
		all.filter(({ isRefused }) => !isRefused).map(({ path }) => path);

	test(
		"because nobody is known by that name is told at once",
		async () => {
			const all = await askAll("unknown", "127.0.0.1", 1);
			expect(all.length).toBeGreaterThan(40);
			expect(done(all)).toEqual([]);
			expect(slow(all)).toEqual([]);
		},
		TEST_MS,
	);

	test(
		"because it is the primary, or the server itself, is told at once",
		async () => {
			const { host, port } = system.primary;
			const all = await askAll("primary", host, port, (name) =>
				NOT_TO_A_PRIMARY.has(name),
			);
			expect(done(all)).toEqual([]);
			expect(slow(all)).toEqual([]);
		},
		TEST_MS,
	);

	test(
		"because the server is down is told at once",
		async () => {
			await down.kill();
			await waitUntil("it is seen", async () => {
				const seen = await system.baton.get<{ IsLastCheckValid: boolean }>(
					`instance/${down.host}/${down.port}`,
				);
				return !seen.IsLastCheckValid;
			});
			const all = await askAll("down", down.host, down.port);
			expect(slow(all), logTail(system)).toEqual([]);
			await down.start();
			await waitWatched(system);
		},
		TEST_MS,
	);

	test(
		"because the server hangs is told at once",
		async () => {
			hung.pause();
			await waitUntil("it is seen", async () => {
				const seen = await system.baton.get<{ IsLastCheckValid: boolean }>(
					`instance/${hung.host}/${hung.port}`,
				);
				return !seen.IsLastCheckValid;
			});
			// Each has to be waited for: every third one, all of them in a full run.
			const asked = OPERATIONS.map(({ name }) => name).filter(
				(_, at) => ALL_FAULTS || at % 3 === 0,
			);
			const all = await askAll("hung", hung.host, hung.port, (name) =>
				asked.includes(name),
			);
			hung.resume();
			expect(slow(all), logTail(system)).toEqual([]);
		},
		2 * TEST_MS,
	);
});
