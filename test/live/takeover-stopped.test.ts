// A planned takeover past a replica whose receiver a person has stopped: it goes along, and is not started.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	blockApplier,
	replicationThreads,
	stopReceiver,
} from "../lab/trouble.ts";
import {
	follows,
	nothingLost,
	recoveries,
	replicationOf,
	stepsOf,
	writable,
} from "./findings.ts";
import {
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

describe.each(FLAVORS)("of a %s primary", (flavor) => {
	let system: System;
	beforeAll(async () => {
		system = await startSystem({ flavor, replicas: 3 });
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);

	const takeover = async (to: string) => {
		const { code, stderr } = await system.baton.command(
			"-c",
			"graceful-master-takeover-auto",
			"-i",
			system.primary.name,
			"-d",
			to,
		);
		expect(code, `${stderr}\n${logTail(system)}`).toBe(0);
		return stderr;
	};

	test(
		"what was stopped stays stopped below the new one, and starts there when a person says so",
		async () => {
			const [to, receiver, both] = system.replicas;
			if (!to || !receiver || !both) throw new Error("three replicas");
			const reliefs = [
				await stopReceiver(receiver),
				await stopReceiver(both),
				await blockApplier(both),
			];
			await waitWatched(system, system.servers);
			await takeover(to.name);
			expect(await writable(system.servers)).toEqual([to]);
			for (const each of [receiver, both])
				expect((await replicationOf(each)).source).toBe(to.name);
			expect(await replicationThreads(receiver)).toEqual({
				receiver: "No",
				applier: "Yes",
			});
			expect(await replicationThreads(both)).toEqual({
				receiver: "No",
				applier: "No",
			});
			const [row] = await recoveries(system);
			const told = await stepsOf(system, row?.UID ?? "");
			for (const each of [receiver, both])
				expect(told).toContain(
					`${each.name} goes below ${to.name} with its receiver stopped, as it was`,
				);
			for (const relieve of reliefs) await relieve();
			await follows(system, [system.primary, receiver, both], to);
			await nothingLost(system, to, []);
		},
		TEST_MS,
	);
});
