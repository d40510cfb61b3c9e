// MariaDB's read_only does not hold up accounts with READ_ONLY ADMIN, and it has no super_read_only.

import { describe, expect, test } from "vitest";
import { checkWrites } from "../lab/checker.ts";
import { setSemiSyncSource, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { isReadOnly } from "../lab/trouble.ts";
import type { Writer, WriterOptions } from "../lab/writer.ts";
import {
	follows,
	nothingLost,
	recovered,
	replicationOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import { logTail, type System, TEST_MS } from "../live/system.ts";

describe("a takeover of a MariaDB primary that an account with READ_ONLY ADMIN writes to", () => {
	const stage = createStage({
		flavor: "mariadb",
		replicas: 2,
		arrange: async (laid) => {
			await laid.primary.query("GRANT READ_ONLY ADMIN ON *.* TO 'app'@'%'");
			return laid;
		},
	});

	const startWriter = (options: WriterOptions): Promise<Writer> =>
		stage.writes({ ratePerSecond: 400, connections: 4, ...options }, 50);

	const takeOver = (system: System, to: LabServer) =>
		system.baton.command(
			"-c",
			"graceful-master-takeover-auto",
			"-i",
			system.primary.name,
			"-d",
			to.name,
		);

	const begin = async () => {
		const system = await stage.afresh();
		const [to, sibling] = system.replicas;
		if (to === undefined || sibling === undefined) throw new Error("lay");
		return { system, primary: system.primary, to, sibling };
	};

	test(
		"loses none of its writes, though they go on until they are ended",
		async () => {
			const { system, primary, to, sibling } = await begin();
			const written = await startWriter({ servers: system.servers });
			const done = await takeOver(system, to);
			expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
			});
			await written.waitAcknowledged(50);
			await written.stop();
			await nothingLost(system, to, written.records);
			await follows(system, [primary, sibling], to);
			expect(written.report().byServer).toMatchObject({
				[primary.name]: expect.any(Number),
				[to.name]: expect.any(Number),
			});
		},
		TEST_MS,
	);

	test(
		"tells of what it writes to the old primary afterwards, and keeps that there",
		async () => {
			const { system, primary, to, sibling } = await begin();
			// Nobody will acknowledge there any more; its writes shall be acknowledged all the same.
			await setSemiSyncSource(primary, false);
			const written = await startWriter({
				servers: [],
				findPrimary: async () => primary,
			});
			// It was opened some time after it was last seen closed.
			let closedAtMs = 0;
			const opening = waitUntil("the new primary to be opened", async () => {
				const asked = performance.now();
				if (!(await isReadOnly(to))) return true;
				closedAtMs = asked;
				return false;
			});
			const done = await takeOver(system, to);
			await opening;
			await written.waitAcknowledged(50);
			await written.stop();

			const { missingAcknowledged } = await checkWrites(to, written.records);
			const missing = written.records.filter(({ id }) =>
				missingAcknowledged.includes(id),
			);
			expect(missing.length).toBeGreaterThan(0);
			// It had everything when it was opened.
			expect(
				missing.filter(({ settledAtMs }) => settledAtMs < closedAtMs),
			).toEqual([]);
			await nothingLost(system, primary, written.records);

			expect(done.code, logTail(system)).not.toBe(0);
			expect(done.stderr).toContain(`${primary.name} was left behind`);
			expect(done.stderr).toContain(
				`relocate -i ${primary.name} -d ${to.name}`,
			);
			expect(done.stderr).toMatch(/has transactions that \S+ lacks/);
			const row = await recovered(system);
			expect(row).toMatchObject({
				IsSuccessful: false,
				AllErrors: expect.arrayContaining([
					expect.stringContaining(primary.name),
				]),
			});
			expect(await replicationOf(primary)).toEqual({ source: "", runs: false });
			expect(await writable(system.servers)).toEqual([to]);
			await follows(system, [sibling], to);
		},
		TEST_MS,
	);
});
