import { afterAll, expect, test } from "vitest";
import type { Finding } from "../src/analysis/finding.ts";
import { documentedDefaults, withValues } from "../src/config/keys.ts";
import { openStore } from "../src/store/open-store.ts";
import { NO_MARK } from "../src/topology/server-mark.ts";
import { deadPrimary } from "../test/support/made-up-findings.ts";
import { createWeighing } from "./weighing.ts";

const NOW = 1_700_000_000_000;
const IDENTITY = "a:3306";

const store = await openStore({ file: ":memory:", clock: () => NOW });
afterAll(() => store.close());
await store.clusters.adopt(IDENTITY, ["a:3306", "b:3306"]);

const told: string[] = [];
const weigh = createWeighing({
	store,
	config: () =>
		withValues(documentedDefaults(), { RecoverMasterClusterFilters: ["*"] }),
	log: {
		warn: (_: unknown, text: string) => told.push(text),
	} as never,
	nowMs: () => NOW,
});

const finding = deadPrimary({
	instance: "a:3306",
	says: "primary a:3306 cannot be reached",
	replicas: ["b:3306"],
	noticedAtMs: NOW - 400,
	declaredAtMs: NOW - 300,
	lookedAtMs: NOW - 350,
});

test("a finding about a primary that was replaced since it was looked at is no detection, and is not acted on", async () => {
	await store.fences.put({
		instance: "a:3306",
		identity: IDENTITY,
		successor: "b:3306",
		sinceMs: NOW - 100,
		state: "waiting",
		note: "",
		server: NO_MARK,
	});
	expect(await weigh({ identity: IDENTITY, finding })).toMatchObject({
		act: false,
		isNew: false,
		says: "b:3306 has taken the place of a:3306 since it was looked at",
	});

	// Looked at while the operation moved the replicas one after the other.
	await store.recoveries.open({
		uid: "u",
		identity: IDENTITY,
		instance: "a:3306",
		analysis: "DeadMaster",
		clusterName: "a:3306",
		clusterAlias: "",
		replicas: ["b:3306"],
		detectionId: 0,
		nowMs: NOW - 300,
	});
	await store.recoveries.resolve("u", {
		isSuccessful: true,
		successor: "b:3306",
		successorAlias: "",
		participating: [],
		lostReplicas: [],
		errors: [],
		nowMs: NOW - 20,
	});
	expect(
		await weigh({
			identity: IDENTITY,
			finding: { ...finding, lookedAtMs: NOW - 50 },
		}),
	).toMatchObject({ act: false, isNew: false });
	expect(await store.detections.page({ page: 0 })).toEqual([]);
	expect(told).toEqual([]);
});

test("one that was looked at after that is weighed as any", async () => {
	const weighed = await weigh({
		identity: IDENTITY,
		finding: { ...finding, lookedAtMs: NOW - 10 },
	});
	expect(weighed.isNew).toBe(true);
	expect(weighed.detectionId).toBeGreaterThan(0);
	expect(told).toHaveLength(1);
});

test("a downtime that was begun after the cluster was looked at counts, and what it is about is not announced", async () => {
	const about: Finding = {
		...finding,
		instance: "b:3306",
		replicas: ["a:3306"],
	};
	await store.downtimes.begin({
		instance: "b:3306",
		owner: "dba",
		reason: "a disk is changed",
		beganAtMs: NOW - 1_000,
		endsAtMs: NOW + 60_000,
	});
	expect(await weigh({ identity: IDENTITY, finding: about })).toMatchObject({
		act: false,
		isNew: false,
		says: expect.stringContaining("the instance is downtimed"),
	});
});
