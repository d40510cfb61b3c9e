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

/** @param held whether an operation holds the cluster: before the start, and when the entity is told */
const told = (held: readonly (boolean | Error)[]) => {
	const left = [...held];
	const straight = createStraightStart({
		client: {
			withDeadline: (_: unknown, work: () => unknown) => work(),
			workflow: { start: async () => ({ firstExecutionRunId: RUN }) },
		} as never,
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
		log: { warn: () => undefined },
	});
	return straight("c", { findings: [DEAD, OTHER] });
};

test("the entity is told of the started operation, and of what it is for while it runs", async () => {
	const change = await told([false, true]);
	expect(change.started?.runId).toBe(RUN);
	expect(change.findings).toEqual([DEAD, OTHER]);
});

test("what it is for is not told any more when it is over by then", async () => {
	const change = await told([false, false]);
	expect(change.started?.runId).toBe(RUN);
	expect(change.findings).toEqual([OTHER]);
});

test("a store that cannot say whether it runs does not keep the entity from being told of it", async () => {
	const change = await told([false, new Error("locked")]);
	expect(change.started?.runId).toBe(RUN);
	expect(change.findings).toEqual([DEAD, OTHER]);
});
