// Four servers with GTID sets of 315 KB: Temporal takes no payload of 2 MB, and a history of large ones is slow to replay.

import { afterAll, beforeAll, expect, it } from "vitest";
import { hearingMark } from "../../src/analysis/silence.ts";
import {
	clusterWorkflowId,
	operationWorkflowId,
} from "../../temporal/names.ts";
import { createTeller } from "../../temporal/teller.ts";
import { deadPrimary } from "../support/made-up-findings.ts";
import {
	failing,
	LOST_SOURCE,
	NOW,
	replica,
	server,
	snapshotOf,
} from "../support/made-up-servers.ts";
import { type Environment, startEnvironment } from "./environment.ts";

let environment: Environment;
beforeAll(async () => {
	environment = await startEnvironment();
});
afterAll(() => environment?.stop());

const MOST = 64_000;

const setOf = (from: number): string =>
	Array.from(
		{ length: 7_000 },
		(_, at) =>
			`${String(from + at).padStart(8, "0")}-0000-4000-8000-00000000000a:1-7`,
	).join(",");
const OLD = setOf(10_000_000);
/** Sorts behind the other. */
const LOST = setOf(20_000_000);

const REPLICAS = ["a", "b", "c"].map((name, at) =>
	replica(
		name,
		at + 2,
		{ executedGtid: OLD },
		{ ...LOST_SOURCE, retrievedGtid: OLD },
	),
);

/** Of each payload of a history, in bytes. */
const sizesIn = (value: unknown): number[] => {
	if (value instanceof Uint8Array) return [value.length];
	if (typeof value !== "object" || value === null) return [];
	return Object.values(value).flatMap(sizesIn);
};

it("a failover of them carries nothing large through its history, nor through its entity's", async () => {
	const on = environment.stage("large-sets", {
		look: () =>
			snapshotOf([
				server("p", 1, {
					executedGtid: `${OLD},${LOST}`,
					check: failing("connection-refused"),
				}),
				...REPLICAS,
			]),
		weigh: () => ({ act: true, says: `it stands: ${LOST}` }),
		step: (step, name) => ({ says: `${step.do} ${name} with ${LOST}` }),
	});
	await createTeller(environment.client).analysisChanged(on.identity, {
		findings: [
			deadPrimary({
				replicas: REPLICAS.map((each) => each.name),
				silence: Object.fromEntries(
					REPLICAS.map((each) => [
						each.name,
						{ mark: hearingMark(each), sinceMs: NOW },
					]),
				),
			}),
		],
	});
	await expect
		.poll(() => on.concluded, { timeout: 60_000, interval: 50 })
		.toHaveLength(1);
	const { outcome } = on.concluded[0] ?? {};
	expect(outcome).toMatchObject({ successful: true });
	expect(outcome).toMatchObject({
		loss: expect.stringContaining(`(${LOST.length} characters)`),
	});
	for (const workflowId of [
		operationWorkflowId(on.identity),
		clusterWorkflowId(on.identity),
	]) {
		const history = await environment.client.workflow
			.getHandle(workflowId)
			.fetchHistory();
		const sizes = sizesIn(history.events);
		expect(sizes.length).toBeGreaterThan(0);
		expect(Math.max(...sizes)).toBeLessThan(MOST);
	}
}, 90_000);
