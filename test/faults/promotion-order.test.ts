// Who is promoted when the best placed replica is not the one that has everything.

import { describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	changeChannel,
	channelStatus,
	sayOfChannel,
	unlogged,
} from "../lab/statements.ts";
import { stallApplier } from "../lab/trouble.ts";
import type { Writer } from "../lab/writer.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	recovered,
	stepsOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	FAILOVER_MS,
	FLAVORS,
	type System,
	TEST_MS,
	testOnFirst,
	waitWatched,
} from "../live/system.ts";

/** Longer than any of these tests. */
const RETRY_S = 300;

/**
 * The replica's receiver was turned away by its source and tries again in a long while: it lacks what is written from now on,
 * though nobody has stopped it. Its session on the source is not killed for it: behind that a MySQL 9.7 was seen, once, to let no
 * commit be acknowledged any more, and to close the session that switched semi-sync off.
 */
const cutOff = async (
	replica: LabServer,
	primary: LabServer,
): Promise<void> => {
	await sayOfChannel(replica, "STOP", "");
	await changeChannel(replica, [`CONNECT_RETRY = ${RETRY_S}`]);
	await unlogged(primary, "ALTER USER 'repl'@'%' ACCOUNT LOCK");
	try {
		await sayOfChannel(replica, "START", "");
		await waitUntil(
			"the receiver to be turned away",
			async () =>
				Number((await channelStatus(replica))?.["Last_IO_Errno"] ?? 0) > 0,
		);
	} finally {
		await unlogged(primary, "ALTER USER 'repl'@'%' ACCOUNT UNLOCK");
	}
};

describe.each(FLAVORS)("in place of a killed %s primary", (flavor) => {
	const stage = createStage({ flavor, replicas: 3 });

	const { reliefs } = stage;

	const begin = async (
		config: Readonly<Record<string, unknown>> = {},
	): Promise<{
		system: System;
		placed: LabServer;
		others: readonly LabServer[];
		written: Writer;
	}> => {
		const system = await stage.afresh({ config: () => config });
		const [placed, ...others] = system.replicas;
		if (placed === undefined) throw new Error("lay");
		const writer = await stage.writes({ servers: system.servers }, 0);
		return { system, placed, others, written: writer };
	};

	const prefer = async (system: System, { host, port }: LabServer) => {
		expect(
			await system.baton.get(`register-candidate/${host}/${port}/prefer`),
		).toMatchObject({ Code: "OK" });
	};

	/** Servers that acknowledged writes, in their order. */
	const ackers = ({ records }: Writer): string[] => {
		const names = records
			.filter(({ outcome }) => outcome === "acknowledged")
			.map(({ server }) => server);
		return names.filter((name, at) => name !== names[at - 1]);
	};

	test(
		"a complete replica is opened before a preferred one that lacks something, which then takes its place",
		async () => {
			const { system, placed, others, written } = await begin();
			const { primary } = system;
			await prefer(system, placed);
			await cutOff(placed, primary);
			await waitWatched(system);
			await written.waitAcknowledged(50);
			await primary.kill();
			await newPrimary(system, primary);
			const row = await recovered(system);
			const steps = (await stepsOf(system, row.UID)).join("\n");
			expect(row.IsSuccessful, steps).toBe(true);
			await explaining(system, () =>
				waitUntil(`${placed.name} to be the primary`, async () => {
					const open = await writable(system.servers);
					return open.length === 1 && open[0] === placed;
				}),
			);
			await written.waitAcknowledged(20);
			await written.stop();
			expect(row.SuccessorKey.Port, steps).toBe(placed.port);
			await nothingLost(system, placed, written.records);
			// The readiest took writes meanwhile.
			const [first, second, third, ...more] = ackers(written);
			expect(more).toEqual([]);
			expect([first, third]).toEqual([primary.name, placed.name]);
			expect(others.map(({ name }) => name)).toContain(second);
			await follows(system, others, placed);
		},
		TEST_MS,
	);

	testOnFirst(flavor)(
		"a complete replica elsewhere is opened before one in the primary's data center that lacks something",
		async () => {
			const { system, placed, others, written } = await begin({
				// The primary and its first replica.
				DetectDataCenterQuery:
					"SELECT IF(@@global.server_id <= 2, 'near', 'far')",
			});
			const { primary } = system;
			expect([primary.serverId, placed.serverId]).toEqual([1, 2]);
			await prefer(system, placed);
			await cutOff(placed, primary);
			await waitWatched(system);
			await written.waitAcknowledged(50);
			await primary.kill();
			await newPrimary(system, primary);
			const row = await recovered(system);
			await written.waitAcknowledged(20);
			await written.stop();
			const [open] = await writable(system.servers);
			if (open === undefined) throw new Error("unreachable");
			await nothingLost(system, open, written.records);
			const steps = (await stepsOf(system, row.UID)).join("\n");
			expect(row.IsSuccessful, steps).toBe(true);
			expect(open, steps).toBe(placed);
			expect(
				others.map(({ name }) => name),
				steps,
			).toContain(ackers(written)[1]);
		},
	);

	testOnFirst(flavor)(
		"a preferred replica whose applier hangs is not waited for",
		async () => {
			const { system, placed, others, written } = await begin();
			const { primary } = system;
			await prefer(system, placed);
			await written.waitAcknowledged(20);
			reliefs.push(await stallApplier(placed));
			await written.waitAcknowledged(50);
			// Its lag shows.
			await new Promise((resolve) => setTimeout(resolve, 2_500));
			await waitWatched(system);
			await primary.kill();
			const killedAtMs = performance.now();
			const next = await newPrimary(system, primary);
			expect(performance.now() - killedAtMs).toBeLessThan(FAILOVER_MS);
			expect(others).toContain(next);
			await written.waitAcknowledged(20);
			await written.stop();
			await nothingLost(system, next, written.records);
			for (const relief of reliefs.splice(0)) await relief();
			const row = await recovered(system, 60_000);
			expect(row.IsSuccessful).toBe(true);
			const [open, ...more] = await writable(system.servers);
			if (open === undefined) throw new Error("unreachable");
			expect(more).toEqual([]);
			await nothingLost(system, open, written.records);
			await follows(
				system,
				system.replicas.filter((each) => each !== open),
				open,
			);
		},
	);
});
