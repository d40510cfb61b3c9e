// Steps that change who takes writes. Each has servers of its own.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { demote } from "../../src/mysql/demote.ts";
import { promote } from "../../src/mysql/promote.ts";
import { stopReceiver } from "../../src/mysql/replication-steps.ts";
import type { SemiSyncPolicy } from "../../src/mysql/semi-sync-switches.ts";
import { switchPrimary } from "../../src/mysql/switch-primary.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { semiSyncState, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	isReadOnly,
	stallApplier,
	stopReceiver as stopReceiverByHand,
} from "../lab/trouble.ts";
import { replicationOf } from "./findings.ts";
import { receivedOf, stateOf, statusOf, step } from "./port.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const LOSSLESS: SemiSyncPolicy = {
	sourceEnabled: true,
	sourceTimeoutMs: 4294967295,
	waitForReplicaCount: 1,
	waitPoint: "AFTER_SYNC",
};

const insert = (id: number) =>
	`INSERT INTO app.writes VALUES (${id}, NOW(6), 'test')`;

/** A client that is connected, and what becomes of its statement. */
const client = async (server: LabServer) => {
	const connection = await server.connect("app");
	return {
		write: (id: number) =>
			connection.query(insert(id)).then(
				() => "acknowledged",
				() => "refused",
			),
		close: () => connection.destroy(),
	};
};

describe.each(FLAVORS)("the role of a %s server", (flavor) => {
	let lab: Lab;
	let primary: LabServer;
	let first: LabServer;
	let second: LabServer;
	beforeEach(async () => {
		lab = await createLab({ flavor });
		const topology = await lab.lay({ replicas: 2 });
		const [a, b] = topology.replicas;
		if (a === undefined || b === undefined) throw new Error("lay");
		[primary, first, second] = [topology.primary, a, b];
	}, TEST_MS);
	afterEach(async () => lab?.stop(), TEST_MS);

	const switchOver = (
		catchUpMs: number,
		reached: string[] = [],
		breaksAt = "",
	) =>
		step(primary, (old) =>
			step(first, (next) =>
				switchPrimary(old, next, {
					policy: LOSSLESS,
					catchUpMs,
					reached: (part) => {
						reached.push(part);
						if (part === breaksAt) throw new Error("broken on purpose");
					},
				}),
			),
		);

	test(
		"becomes primary only when its receiver is stopped, and once",
		async () => {
			const promotion = (session: Parameters<typeof promote>[0]) =>
				promote(session, LOSSLESS);
			const before = await stateOf(first);
			expect(await statusOf(first, promotion)).toBe("refused");
			expect(await stateOf(first)).toEqual(before);

			expect(await statusOf(first, stopReceiver)).toBe("done");
			expect(await statusOf(first, promotion)).toBe("done");
			expect(await stateOf(first)).toEqual({
				readOnly: false,
				source: "",
				runs: false,
			});
			// It waits for acknowledgements as the old one did.
			expect((await semiSyncState(first)).active).toBe(true);
			expect(await statusOf(first, promotion)).toBe("already");
		},
		TEST_MS,
	);

	test(
		"of a primary ends although commits wait for acknowledgements, and none of them is acknowledged",
		async () => {
			for (const replica of [first, second]) await stopReceiverByHand(replica);
			const clients = await Promise.all([client(primary), client(primary)]);
			const [idle] = clients;
			const stuck = await client(primary);
			const answer = stuck.write(1);
			await waitUntil("the commit to wait", async () =>
				(await primary.query("SHOW PROCESSLIST")).some((row) =>
					/ack/i.test(String(row.State)),
				),
			);
			expect(await statusOf(primary, demote)).toBe("done");
			expect(await isReadOnly(primary)).toBe(true);
			expect(await answer).toBe("refused");
			expect(await idle?.write(2)).toBe("refused");
			expect((await semiSyncState(primary)).active).toBe(false);
			expect(await statusOf(primary, demote)).toBe("already");
			for (const each of [...clients, stuck]) each.close();
		},
		TEST_MS,
	);

	test(
		"goes from one server to another with all its writes, and once",
		async () => {
			await primary.query(insert(1), "app");
			const old = await client(primary);
			const parts: string[] = [];
			expect(await switchOver(5_000, parts)).toMatchObject({
				status: "done",
				leftReadOnly: false,
				demoted: { name: primary.name, readOnly: true },
				instance: { name: first.name, readOnly: false },
			});
			expect(parts).toEqual([
				"catching up",
				"blocking writes",
				"writes blocked",
				"opening",
				"opened",
			]);
			expect(await isReadOnly(primary)).toBe(true);
			expect(await old.write(2)).toBe("refused");
			old.close();
			expect(await replicationOf(first)).toEqual({ source: "", runs: false });
			expect(await receivedOf(first)).toBe(await receivedOf(primary));
			expect(await first.query("SELECT id FROM app.writes")).toEqual([
				{ id: 1 },
			]);
			expect(await switchOver(5_000)).toMatchObject({ status: "already" });
		},
		TEST_MS,
	);

	test(
		"stays where it is when the other server cannot catch up",
		async () => {
			const relief = await stallApplier(first);
			await primary.query(insert(1), "app");
			const before = await stateOf(first);
			const seen = await switchOver(1_000);
			expect(seen).toMatchObject({ status: "failed", leftReadOnly: false });
			expect(seen.says).toMatch(
				/did not apply the last transactions .* is writable again/,
			);
			expect(await isReadOnly(primary)).toBe(false);
			expect(await stateOf(first)).toEqual(before);
			await relief();
			await primary.query(insert(2), "app");
		},
		TEST_MS,
	);

	test(
		"is given its writes back when the switch breaks after they were blocked",
		async () => {
			const reached: string[] = [];
			const seen = await switchOver(5_000, reached, "writes blocked");
			expect(reached.at(-1)).toBe("writes blocked");
			expect(seen).toMatchObject({ status: "failed", leftReadOnly: false });
			expect(await isReadOnly(primary)).toBe(false);
			expect(await isReadOnly(first)).toBe(true);
			await primary.query(insert(3), "app");
		},
		TEST_MS,
	);
});
