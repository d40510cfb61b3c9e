// An old primary comes back and takes writes, as one does that its host starts again by itself.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import { stallApplier } from "../lab/trouble.ts";
import {
	becomesReadOnly,
	follows,
	newPrimary,
	nothingLost,
	nothingRuns,
	recovered,
	recoveries,
	watchOpenings,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	FLAVORS,
	logTail,
	type SharedLab,
	shareLab,
	TEST_MS,
	waitLogged,
} from "../live/system.ts";

describe.each(FLAVORS)("a %s primary that was replaced", (flavor) => {
	let lab: SharedLab;
	beforeAll(async () => {
		lab = await shareLab({ flavor, replicas: 2, readOnlyAtStart: false });
	}, TEST_MS);
	afterAll(() => lab?.stop(), TEST_MS);

	test(
		"and is back with its writes open is closed at the first contact, before an operation looks into it",
		async () => {
			const system = await lab.afresh({
				config: () => ({ AuditToBackendDB: true }),
			});
			const { primary } = system;
			await primary.kill();
			await newPrimary(system, primary);
			await recovered(system);
			await primary.start();
			await becomesReadOnly(system, primary);
			await waitLogged(
				system,
				`${primary.name} was replaced, and is back with its writes open: it was made read-only`,
			);
			await explaining(system, () =>
				waitUntil("it to be looked into", async () =>
					system.inStore(async (store) => {
						const fence = await store.fences.get(primary.name);
						return fence?.state === "rejoined" || fence?.state === "fenced";
					}),
				),
			);
			await explaining(system, () =>
				waitUntil("the audit to tell of it", async () =>
					(
						await system.baton.get<{ AuditType: string }[]>(
							`audit/instance/${primary.host}/${primary.port}`,
						)
					).some((each) => each.AuditType === "close-replaced-primary"),
				),
			);
			// It was not told of before it had been seen.
			expect(system.baton.output(), logTail(system)).not.toMatch(
				new RegExp(`"kind":"rejoin".*${primary.name} cannot be reached`),
			);
		},
		TEST_MS,
	);
});

describe.each(FLAVORS)("a dead %s primary", (flavor) => {
	const stage = createStage({
		flavor,
		replicas: 3,
		// Nothing holds its commits up when nobody receives them.
		semiSync: false,
		readOnlyAtStart: false,
	});

	test(
		"that is back with its writes open while its failover waits keeps its place, and nothing is lost",
		async () => {
			const system = await stage.afresh({ semiSync: false });
			const { primary, replicas, servers } = system;
			const watch = watchOpenings(servers);
			stage.reliefs.push(async () => void (await watch.stop()));
			const before = await stage.writes({ servers: [primary] });
			for (const each of replicas) stage.reliefs.push(await stallApplier(each));
			await before.waitAcknowledged(before.records.length + 20);
			await before.stop();
			await primary.kill();
			await waitLogged(system, '"step":"stopReceiver"');
			await primary.start();
			const after = await stage.writes({ servers: [primary] });
			// On a busy machine its task is lost now and then, and it begins anew: one that is refused then has no record.
			await explaining(system, () =>
				waitUntil("the failover to be given up", async () =>
					/nobody is opened beside it|the failure no longer stands/.test(
						system.baton.output(),
					),
				),
			);
			await nothingRuns(system);
			for (const { IsSuccessful } of await recoveries(system))
				expect(IsSuccessful, logTail(system)).toBe(false);
			await after.waitAcknowledged(after.records.length + 20);
			await after.stop();
			for (const relief of stage.reliefs.splice(1).reverse()) await relief();
			await follows(system, replicas, primary);
			expect(await writable(servers)).toEqual([primary]);
			expect(await watch.stop()).toEqual([]);
			const records = [...before.records, ...after.records];
			await nothingLost(system, primary, records);
			// What was undone keeps nobody from being replaced who dies for good.
			await primary.kill();
			await nothingLost(system, await newPrimary(system, primary), records);
		},
		TEST_MS,
	);
});
