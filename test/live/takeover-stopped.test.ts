// A planned takeover past a replica whose receiver a person has stopped: it goes along, and is not started. To such a one: refused.

import {
	afterAll,
	beforeAll,
	beforeEach,
	describe,
	expect,
	test,
} from "vitest";
import { ACCOUNTS } from "../lab/accounts.ts";
import { waitCaughtUp } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	blockApplier,
	replicationThreads,
	stopReceiver,
} from "../lab/trouble.ts";
import {
	follows,
	nothingLost,
	picture,
	recoveries,
	replicationOf,
	stepsOf,
	writable,
} from "./findings.ts";
import {
	logTail,
	QUICK_FLAVORS,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

describe.each(QUICK_FLAVORS)("of a %s primary", (flavor) => {
	let system: System;
	beforeAll(async () => {
		system = await startSystem({ flavor, replicas: 3 });
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);
	// As they are now: a takeover changes them.
	let primary: LabServer;
	let replicas: LabServer[];
	beforeEach(async () => {
		const [top] = await writable(system.servers);
		if (top === undefined) throw new Error(`no primary\n${logTail(system)}`);
		primary = top;
		replicas = system.servers.filter((each) => each !== top);
	});

	const takeover = async (to: string) => {
		const { code, stderr } = await system.baton.command(
			"-c",
			"graceful-master-takeover-auto",
			"-i",
			primary.name,
			"-d",
			to,
		);
		expect(code, `${stderr}\n${logTail(system)}`).toBe(0);
		return stderr;
	};

	/** With nothing of the servers changed. */
	const refused = async (to: LabServer, why: RegExp) => {
		const before = await picture(system.servers);
		for (const command of [
			"graceful-master-takeover",
			"graceful-master-takeover-auto",
		]) {
			const { code, stdout, stderr } = await system.baton.command(
				...["-c", command, "-i", primary.name, "-d", to.name],
			);
			expect({ code, stdout }, logTail(system)).toEqual({
				code: expect.any(Number),
				stdout: "",
			});
			expect(code).not.toBe(0);
			expect(stderr).toMatch(why);
		}
		expect(await picture(system.servers)).toEqual(before);
		expect(await writable(system.servers)).toEqual([primary]);
	};

	test(
		"to a server whose replication was stopped before is refused with that reason, and nothing is touched",
		async () => {
			const [to] = replicas;
			if (!to) throw new Error("three replicas");
			const receiver = await stopReceiver(to);
			await waitWatched(system, [to]);
			await refused(
				to,
				/does not replicate: its receiver is stopped; start-replica -i /,
			);
			const applier = await blockApplier(to);
			await waitWatched(system, [to]);
			await refused(
				to,
				/does not replicate: its receiver and its applier are stopped; start-replica -i /,
			);
			await receiver();
			await waitWatched(system, [to]);
			await refused(
				to,
				/does not replicate: its applier is stopped; start-replica -i /,
			);
			await applier();
			await waitWatched(system, system.servers);
		},
		TEST_MS,
	);

	test(
		"with a replication password that is another one by now is refused, and nothing is touched",
		async () => {
			const [to] = replicas;
			if (!to) throw new Error("three replicas");
			const { user, password } = ACCOUNTS.repl;
			// Receivers stay connected until they have to log in anew.
			const change = async (word: string) => {
				await primary.query(`ALTER USER '${user}'@'%' IDENTIFIED BY '${word}'`);
				for (const each of replicas) await waitCaughtUp(each, primary);
			};
			await change("changed");
			try {
				await refused(
					to,
					new RegExp(
						`${to.name} does not let ${user} in with the password that ${to.name} tells .*denied.*BatonCheckReplicationLogin`,
						"s",
					),
				);
			} finally {
				await change(password);
			}
		},
		TEST_MS,
	);

	test(
		"what was stopped stays stopped below the new one, and starts there when a person says so",
		async () => {
			const [to, receiver, both] = replicas;
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
			await follows(system, [primary, receiver, both], to);
			await nothingLost(system, to, []);
		},
		TEST_MS,
	);
});
