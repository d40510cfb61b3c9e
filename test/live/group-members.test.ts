// A replica of a replication group is moved among its members; these stay where their group puts them.

import { afterAll, beforeAll, expect, test } from "vitest";
import { joinGroup, startGroupServers } from "../lab/group.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import { SCHEMA } from "../lab/laying.ts";
import { replicate, waitCaughtUp } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { createWriter } from "../lab/writer.ts";
import { asking } from "./asking.ts";
import { follows, nothingLost, picture } from "./findings.ts";
import { type System, startOn, TEST_MS } from "./system.ts";

let lab: Lab | undefined;
let system: System;
let first: LabServer;
let second: LabServer;
let replica: LabServer;
beforeAll(async () => {
	lab = await createLab({ flavor: "mysql" });
	[first, second] = (await startGroupServers(lab, 2)) as [LabServer, LabServer];
	replica = await lab.startServer();
	await joinGroup(first, true);
	await joinGroup(second, false);
	for (const statement of SCHEMA) await first.query(statement);
	await replicate(replica, first);
	await waitCaughtUp(replica, first);
	system = await startOn(lab, {
		primary: first,
		replicas: [replica],
		servers: [first, second, replica],
	});
}, TEST_MS);
afterAll(async () => {
	await (system ?? lab)?.stop();
}, TEST_MS);

const { printed, refusedBecause } = asking(() => system);

test(
	"a replica goes below a secondary and back below the primary, under writes",
	async () => {
		const writer = createWriter({ servers: [first], ratePerSecond: 50 });
		writer.start();
		try {
			await writer.waitAcknowledged(20);
			for (const below of [second, first]) {
				expect(
					await printed("relocate", "-i", replica.name, "-d", below.name),
				).toBe(`${replica.name}<${below.name}\n`);
				await writer.waitAcknowledged(20);
			}
			expect(
				await printed("move-gtid", "-i", replica.name, "-d", second.name),
			).toBe(`${replica.name}<${second.name}\n`);
		} finally {
			await writer.stop();
		}
		await waitCaughtUp(second, first);
		await follows(system, [replica], second);
		await nothingLost(system, replica, writer.records);
	},
	TEST_MS,
);

test(
	"its members are moved below nobody, and nothing is touched",
	async () => {
		const before = await picture(system.servers);
		for (const [instance, below, why] of [
			[second, replica, /is a secondary of a replication group, which follows/],
			[second, first, /is a secondary of a replication group, which follows/],
			[first, second, /is not a replica|is a member of the replication group/],
		] as const) {
			await refusedBecause(
				why,
				...["relocate", "-i", instance.name, "-d", below.name],
			);
		}
		expect(await picture(system.servers)).toEqual(before);
	},
	TEST_MS,
);
