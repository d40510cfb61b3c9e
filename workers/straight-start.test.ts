import type { Client } from "@temporalio/client";
import { expect, test } from "vitest";
import type { Finding } from "../src/analysis/finding.ts";
import { createStraightStart } from "./straight-start.ts";

const finding = (instance: Finding["instance"], code: string): Finding => ({
	instance,
	code,
	says: code,
	recovery: code === "DeadMaster" ? "primary" : "notice",
	isActionable: code === "DeadMaster",
	notActionableBecause: "",
	isDowntimed: false,
	replicas: [],
	noticedAtMs: 1,
	declaredAtMs: 2,
	silence: {},
	role: { instanceType: "master", isPrimary: true, isCoPrimary: false },
});

const DEAD = finding("p:3306", "DeadMaster");
const OTHER = finding("r:3306", "AllMasterReplicasNotReplicating");
const RUN = "00000000-0000-0000-0000-000000000001";

/**
 * Begins to tell of the dead primary.
 * @param held whether an operation holds the cluster: before the start, and when the entity is told
 * @param pause how long a wait takes
 */
const telling = (
	held: readonly (boolean | Error)[],
	pause: () => Promise<unknown> = async () => undefined,
) => {
	const happened: string[] = [];
	const left = [...held];
	const straight = createStraightStart(
		{
			// Of a client only this much is used.
			client: {
				withDeadline: (_: number, work: () => unknown) => work(),
				workflow: {
					start: async () => {
						happened.push("started");
						return { firstExecutionRunId: RUN };
					},
				},
			} as unknown as Client,
			weigh: async () => ({
				act: true,
				says: "nothing speaks against it",
				detectionId: 1,
				isNew: true,
				detectionHooks: false,
				clusterName: "p:3306",
				clusterAlias: "",
				clusterDomain: "",
			}),
			isHeld: async () => {
				const next = left.shift() ?? false;
				if (next instanceof Error) throw next;
				return next;
			},
			config: () => ({ OnFailureDetectionProcesses: [] }),
			log: { warn: (text) => happened.push(text) },
		},
		(ms) => {
			happened.push(`waits ${ms} ms`);
			return pause();
		},
	);
	const told = straight("c", { findings: [DEAD, OTHER] });
	return { happened, told };
};

test("the entity is told of the started operation, and of what it is for while it runs", async () => {
	const change = await telling([false, true]).told;
	expect(change.started?.runId).toBe(RUN);
	expect(change.findings).toEqual([DEAD, OTHER]);
});

test("what it is for is not told any more when it is over by then", async () => {
	const change = await telling([false, false]).told;
	expect(change.started?.runId).toBe(RUN);
	expect(change.findings).toEqual([OTHER]);
});

test("a store that cannot say whether it runs does not keep the entity from being told of it", async () => {
	const change = await telling([false, new Error("locked")]).told;
	expect(change.started?.runId).toBe(RUN);
	expect(change.findings).toEqual([DEAD, OTHER]);
});

test("the entity is told only when clients are served again", async () => {
	let over = () => {};
	const waited = new Promise<void>((resolve) => {
		over = resolve;
	});
	const { happened, told } = telling([false, true], () => waited);
	const isTold = told.then(() => happened.push("told"));
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(happened).toEqual(["started", "waits 250 ms"]);
	over();
	await isTold;
	expect(happened).toEqual(["started", "waits 250 ms", "told"]);
});

test("and at once of one that is left to it", async () => {
	const { happened, told } = telling([true]);
	expect((await told).started).toBeUndefined();
	expect(happened).toEqual([]);
});
