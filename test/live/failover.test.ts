import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client, Connection } from "@temporalio/client";
import { afterEach, describe, expect, test } from "vitest";
import { errorText } from "../../src/errors.ts";
import { checkWrites } from "../lab/checker.ts";
import { setSemiSyncSource, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	blockApplier,
	commitErrant,
	isReadOnly,
	stopReceiver,
} from "../lab/trouble.ts";
import { createWriter } from "../lab/writer.ts";
import {
	becomesReadOnly,
	follows,
	newPrimary,
	nothingLost,
	nothingRuns,
	recovered,
	recoveries,
	replicationOf,
	stepsOf,
	writable,
} from "./findings.ts";
import {
	explaining,
	FAILOVER_MS,
	FLAVORS,
	type System,
	serverNamed,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

const named = (row: { SuccessorKey: { Hostname: string; Port: number } }) =>
	`${row.SuccessorKey.Hostname}:${row.SuccessorKey.Port}`;

/** With the words of the manual. @throws with what is said of one that did not reach its goal */
const askForRejoin = async (
	{ baton }: System,
	{ name }: LabServer,
): Promise<void> => {
	const file = join(baton.directory, "temporal", "server.json");
	const { port } = JSON.parse(readFileSync(file, "utf8"));
	const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
	const ask = () =>
		new Client({ connection }).workflow
			.execute("rejoin", {
				workflowId: "by-hand",
				taskQueue: "baton-operate",
				args: [{ cluster: name, instance: name }],
			})
			.then(
				() => "",
				(error: unknown) => {
					// At the bottom is what the entity has said.
					let at = error;
					while (at instanceof Error && at.cause !== undefined) at = at.cause;
					return errorText(at);
				},
			);
	try {
		let says = await ask();
		// It has just been told that the server is back, and may be about it.
		while (/is running since/.test(says)) {
			await sleep(500);
			says = await ask();
		}
		if (says !== "") throw new Error(says);
	} finally {
		await connection.close();
	}
};

/** Empty transactions in place of those that a held-back server has of its own. */
const tellThatItHas = async (
	primary: LabServer,
	note: string,
): Promise<void> => {
	const [, set = ""] = note.match(/lacks: (.*)$/) ?? [];
	const [uuid = "", ...ranges] = set.split(":");
	const connection = await primary.connect();
	try {
		for (const range of ranges) {
			const [from = 0, to = from] = range.split("-").map(Number);
			for (let each = from; each <= to; each++)
				for (const sql of [
					`SET GTID_NEXT = '${uuid}:${each}'`,
					"BEGIN",
					"COMMIT",
					"SET GTID_NEXT = 'AUTOMATIC'",
				])
					await connection.query(sql);
		}
	} finally {
		connection.destroy();
	}
};

describe.each(FLAVORS)("a killed %s primary", (flavor) => {
	let system: System | undefined;
	const start = async (options: Partial<Parameters<typeof startSystem>[0]>) => {
		system = await startSystem({ flavor, ...options });
		return system;
	};
	afterEach(async () => {
		await system?.stop();
		system = undefined;
	});

	test(
		"is replaced within 15 s, once, and no acknowledged write is missing",
		async () => {
			const lab = await start({});
			const { primary, replicas, servers } = lab;
			const writer = createWriter({ servers, ratePerSecond: 100 });
			writer.start();
			await writer.waitAcknowledged(50);
			await primary.kill();
			const next = await newPrimary(lab, primary);
			await writer.waitAcknowledged(50);
			const row = await recovered(lab);
			await writer.stop();

			expect(row).toMatchObject({
				IsSuccessful: true,
				AnalysisEntry: { Analysis: "DeadMaster" },
			});
			expect(named(row)).toBe(next.name);
			expect(await recoveries(lab)).toHaveLength(1);
			expect(await writable(servers)).toEqual([next]);
			await follows(
				lab,
				replicas.filter((each) => each !== next),
				next,
			);
			await nothingLost(lab, next, writer.records);
			// Nothing of Node's own, warnings for one, comes between.
			expect(
				lab.baton
					.output()
					.split("\n")
					.filter((line) => line !== "" && !line.startsWith("{")),
			).toEqual([]);
			await nothingRuns(lab);
			// The newest first: what is told of it behind the end would stand on a picture of before.
			const detections = await lab.inStore((store) =>
				store.detections.page({ page: 0 }),
			);
			expect(
				detections.find((each) => each.instance === primary.name)?.analysis,
			).toBe("DeadMaster");
			expect(await lab.inStore((store) => store.recoveries.blocked())).toEqual(
				[],
			);
		},
		TEST_MS,
	);

	test(
		"that returns writable is made read-only within 15 s and becomes a replica",
		async () => {
			const lab = await start({ readOnlyAtStart: false });
			const { primary, replicas } = lab;
			await primary.query(
				"INSERT INTO app.writes VALUES (1, NOW(6), 'test')",
				"app",
			);
			await primary.kill();
			const next = await newPrimary(lab, primary);
			await recovered(lab);
			await primary.start();
			await becomesReadOnly(lab, primary);
			await next.query(
				"INSERT INTO app.writes VALUES (2, NOW(6), 'test')",
				"app",
			);
			const others = replicas.filter((each) => each !== next);
			await follows(lab, [...others, primary], next);
			await waitUntil("the fence to be settled", async () => {
				const fence = await lab.inStore((store) =>
					store.fences.get(primary.name),
				);
				return fence?.state === "rejoined";
			});
			expect(await recoveries(lab)).toHaveLength(1);
		},
		TEST_MS,
	);

	test(
		"that returns with a transaction of its own is held back, read-only, and that is told",
		async () => {
			const lab = await start({ readOnlyAtStart: false });
			const { primary, baton } = lab;
			await primary.kill();
			const next = await newPrimary(lab, primary);
			await recovered(lab);
			// Nobody may see the errant commit happen.
			await baton.stop();
			await primary.start();
			// It would wait for an acknowledgement for ever.
			await setSemiSyncSource(primary, false);
			await commitErrant(primary);
			expect(await isReadOnly(primary)).toBe(false);
			await baton.restart();
			await becomesReadOnly(lab, primary);
			await explaining(lab, () =>
				waitUntil(
					"the fence to say why",
					async () => {
						const fence = await lab.inStore((store) =>
							store.fences.get(primary.name),
						);
						return fence?.state === "fenced";
					},
					FAILOVER_MS,
				),
			);
			const fence = await lab.inStore((store) =>
				store.fences.get(primary.name),
			);
			expect(fence).toMatchObject({ successor: next.name });
			expect(fence?.note).toMatch(/has transactions that .* lacks/);
			expect(await replicationOf(primary)).toEqual({ source: "", runs: false });
			const downtimes = await lab.inStore((store) =>
				store.downtimes.active(Date.now()),
			);
			expect(downtimes.map((each) => each.instance)).toContain(primary.name);
			await expect(
				next.query("SELECT COUNT(*) FROM errant.notes"),
			).rejects.toThrow(/errant/);

			// It stays held back when it is started again with its old options.
			await primary.restart();
			await becomesReadOnly(lab, primary);
			expect(await writable(lab.servers)).toEqual([next]);

			// As the manual says: to ask again changes nothing, until the primary is told that it has them.
			const asked = () => askForRejoin(lab, primary);
			await expect(asked()).rejects.toThrow(/held back/);
			if (flavor !== "mysql") return;
			await tellThatItHas(next, fence?.note ?? "");
			await asked();
			await follows(lab, [primary], next);
			expect(
				await lab.inStore(({ fences }) => fences.get(primary.name)),
			).toMatchObject({ state: "rejoined" });
			expect(
				await lab.inStore((store) => store.downtimes.active(Date.now())),
			).toEqual([]);
		},
		TEST_MS,
	);

	test(
		"whose only acknowledging replica had not applied yet loses no acknowledged write",
		async () => {
			const lab = await start({});
			const { primary, replicas, servers } = lab;
			const [acker, ...others] = replicas;
			if (acker === undefined) throw new Error("lay");
			const writer = createWriter({ servers: [primary], ratePerSecond: 100 });
			writer.start();
			await writer.waitAcknowledged(20);
			await blockApplier(acker);
			const reliefs = await Promise.all(others.map(stopReceiver));
			await waitWatched(lab, replicas);
			await writer.waitAcknowledged(50);
			await primary.kill();
			const next = await newPrimary(lab, primary);
			await writer.stop();
			const row = await recovered(lab);
			expect(row.IsSuccessful, (await stepsOf(lab, row.UID)).join("\n")).toBe(
				true,
			);
			await nothingLost(lab, next, writer.records);
			expect((await checkWrites(next, writer.records)).rows).toBeGreaterThan(
				50,
			);
			expect(next).toBe(acker);
			// They go along, stopped as they were.
			for (const relief of reliefs) await relief();
			await follows(lab, others, next);
			expect(await writable(servers)).toEqual([serverNamed(lab, named(row))]);
		},
		TEST_MS,
	);
});
