// A primary that replicates back from its replica by file and position, while it is written to.

import { describe, expect, test } from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import { compareServers } from "../lab/checker.ts";
import {
	replicaStatus,
	setReadOnly,
	waitCaughtUp,
} from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { sayOfChannel } from "../lab/statements.ts";
import { createWriter } from "../lab/writer.ts";
import { WITHOUT_GTID } from "./asking.ts";
import { replicationOf } from "./findings.ts";
import { layForEach } from "./laid.ts";
import { run, type StepOptions } from "./port.ts";
import { killedAfter } from "./step-faults.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const CREDENTIAL = { ...ACCOUNTS.repl, tls: false };

describe.each(FLAVORS)("a primary of %s without GTID", (flavor) => {
	let p: LabServer;
	let a: LabServer;
	layForEach(
		{
			flavor,
			replicas: 1,
			semiSync: false,
			positioning: "file",
			extraOptions: WITHOUT_GTID[flavor],
		},
		(...all) => {
			[p, a] = all as [LabServer, LabServer];
		},
	);

	const back = (options: StepOptions = {}) =>
		run(
			{
				do: "matchBelow",
				on: p.name,
				source: a.name,
				channel: "",
				sourceUuid: "",
				sourceId: a.serverId,
				by: { way: "back" },
			},
			{ credential: CREDENTIAL, ...options },
		);

	const forget = () => run({ do: "forgetSource", on: p.name, channel: "" });

	const isAlone = async () => expect((await replicationOf(p)).source).toBe("");

	test(
		"goes on at the end of the replica's log, and applies nothing twice",
		async () => {
			const writer = createWriter({ servers: [p], ratePerSecond: 200 });
			writer.start();
			await writer.waitAcknowledged(20);
			const made = await back();
			expect(made, made.says).toMatchObject({ outcome: "done" });
			expect(await back()).toMatchObject({ outcome: "already" });
			await writer.waitAcknowledged(100);
			await writer.stop();
			await waitCaughtUp(a, p);
			expect(await replicationOf(p)).toEqual({ source: a.name, runs: true });
			expect(await replicationOf(a)).toEqual({ source: p.name, runs: true });
			expect(await compareServers(p, a)).toEqual({
				onlyOnFirst: [],
				onlyOnSecond: [],
			});
			// And gets what the other writes, were that opened.
			await setReadOnly(a, false);
			await a.query("CREATE DATABASE there");
			await setReadOnly(a, true);
			await waitCaughtUp(p, a);
			expect(await p.query("SHOW DATABASES LIKE 'there'")).toHaveLength(1);
			expect(await forget()).toMatchObject({ outcome: "done" });
			await isAlone();
		},
		TEST_MS,
	);

	test(
		"is left as it is where that is not so, and taken back where it was cut off",
		async () => {
			expect(await back({ credential: undefined as never })).toMatchObject({
				outcome: "refused",
				says: expect.stringContaining("no replication account is known"),
			});
			await setReadOnly(a, false);
			expect(await back()).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("is not read-only"),
			});
			await setReadOnly(a, true);
			await sayOfChannel(a, "STOP", "SQL_THREAD");
			expect(await back()).toMatchObject({
				outcome: "refused",
				effect: "unchanged",
				says: expect.stringContaining("does not replicate"),
			});
			await sayOfChannel(a, "START", "SQL_THREAD");
			await isAlone();
			const wrong = { ...CREDENTIAL, password: "another" };
			expect(
				await back({ credential: wrong, connectWithinMs: 1_000 }),
			).toMatchObject({ outcome: "failed", effect: "changed" });
			expect(await forget()).toMatchObject({ outcome: "done" });
			await isAlone();
			await back({ through: killedAfter(/^START (REPLICA|SLAVE)/, p) });
			expect(await forget()).toMatchObject({ outcome: "done" });
			await isAlone();
			expect(await replicaStatus(a)).toBeDefined();
			expect(await replicationOf(a)).toEqual({ source: p.name, runs: true });
		},
		TEST_MS,
	);
});
