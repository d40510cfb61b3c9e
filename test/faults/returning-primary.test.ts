// An old primary comes back and takes writes, as one does that its host starts again by itself.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import { becomesReadOnly, newPrimary, recovered } from "../live/findings.ts";
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
			const audit = await system.baton.get<{ AuditType: string }[]>(
				`audit/instance/${primary.host}/${primary.port}`,
			);
			expect(audit.map((each) => each.AuditType)).toContain(
				"close-replaced-primary",
			);
			// It was not told of before it had been seen.
			expect(system.baton.output(), logTail(system)).not.toMatch(
				new RegExp(`"kind":"rejoin".*${primary.name} cannot be reached`),
			);
		},
		TEST_MS,
	);
});
