import { describe, expect, it } from "vitest";
import type { Finding } from "../src/analysis/finding.ts";
import { recoveryRequest } from "../src/operations/recovery-request.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { ClusterState } from "./cluster-state.ts";
import {
	type Carried,
	carriedOf,
	detailsOf,
	statusOf,
	summaryOf,
} from "./cluster-told.ts";

const finding = (
	instance: InstanceName,
	rest: Partial<Finding> = {},
): Finding => ({
	instance,
	code: "UnreachableMaster",
	says: "it cannot be reached",
	recovery: "notice",
	isActionable: false,
	notActionableBecause: "",
	isDowntimed: false,
	replicas: [],
	noticedAtMs: 1,
	declaredAtMs: 2,
	silence: {},
	role: { instanceType: "master", isPrimary: true, isCoPrimary: false },
	...rest,
});
const dead = (instance: InstanceName) =>
	finding(instance, {
		code: "DeadMaster",
		recovery: "primary",
		isActionable: true,
	});

const TAKEOVER: OperationRequest = { kind: "takeover", cluster: "c" };
const RELOCATION: OperationRequest = {
	kind: "relocation",
	instance: "a:1",
	below: "b:1",
};
const REJOIN: OperationRequest = {
	kind: "rejoin",
	cluster: "c",
	instance: "old:1",
};
const RECOVERY: OperationRequest = {
	kind: "recovery",
	cluster: "c",
	instance: "p:1",
	analysis: "DeadMaster",
};

const stateWith = (...findings: Finding[]): ClusterState => {
	const state = new ClusterState(undefined);
	state.heard({ findings });
	return state;
};

describe("a finding", () => {
	it("waits to be considered once each time it is told", () => {
		const state = stateWith(finding("p:1"));
		expect(state.hasWork).toBe(true);
		expect(state.nextFinding()?.instance).toBe("p:1");
		expect(state.nextFinding()).toBeUndefined();
		expect(state.hasWork).toBe(false);
		state.heard({ findings: [finding("p:1")] });
		expect(state.nextFinding()?.instance).toBe("p:1");
	});

	it("that can be acted on comes first", () => {
		const state = stateWith(finding("a:1"), dead("p:1"), finding("b:1"));
		expect([1, 2, 3].map(() => state.nextFinding()?.instance)).toEqual([
			"p:1",
			"a:1",
			"b:1",
		]);
	});

	it("that calls for nothing never waits", () => {
		expect(stateWith(finding("p:1", { recovery: "none" })).hasWork).toBe(false);
	});

	it("is dropped, with its verdict, by a telling without it", () => {
		const state = stateWith(finding("p:1"), finding("q:1"));
		state.weighed(finding("p:1"), "no");
		state.weighed(finding("q:1"), "no");
		state.heard({ findings: [finding("q:1")] });
		expect(statusOf(state.known).verdicts).toEqual({ "q:1": "no" });
		expect(state.nextFinding()?.instance).toBe("q:1");
		expect(state.nextFinding()).toBeUndefined();
	});

	it("heard before the end of an operation is out of date after it", () => {
		const state = new ClusterState(undefined);
		state.began(RECOVERY, 1);
		state.heard({ findings: [dead("p:1")] });
		expect(state.hasWork).toBe(false);
		expect(state.nextFinding()).toBeUndefined();
		state.ended("done", 2);
		expect(state.hasWork).toBe(false);
		expect(statusOf(state.known).findings).toHaveLength(1);
	});
});

it("what it carries over tells the same: findings, verdicts, and an operation that is over", () => {
	const state = stateWith(finding("p:1"));
	state.weighed(finding("p:1"), "held back");
	state.began(RECOVERY, 1);
	state.startedRun("run-1");
	state.ended("done", 2);
	const after = new ClusterState(carriedOf(state.known));
	expect(statusOf(after.known)).toEqual(statusOf(state.known));
	expect(carriedOf(after.known)).toEqual(carriedOf(state.known));
	after.follows({ runId: "run-1", request: RECOVERY, says: "" });
	expect(after.nextStarted()).toBeUndefined();
	after.follows({ runId: "run-2", request: RECOVERY, says: "" });
	expect(after.nextStarted()).toMatchObject({ runId: "run-2" });
});

describe("the one operation", () => {
	it.each([
		[TAKEOVER, true],
		[RECOVERY, false],
		[RELOCATION, true],
		[REJOIN, true],
	])("$kind may be pre-empted: %s", (request, may) => {
		const state = new ClusterState(undefined);
		state.began(request, 1);
		state.heard({ findings: [dead("p:1")] });
		expect(state.isFree).toBe(false);
		expect(state.givesWayTo("recovery")).toBe(may);
		expect(state.givesWayTo("takeover")).toBe(false);
		expect(state.hasWork).toBe(may);
		expect(state.nextFinding()?.instance).toBe(may ? "p:1" : undefined);
	});

	it("keeps servers that return waiting until it has ended", () => {
		const state = new ClusterState(undefined);
		state.began(RELOCATION, 1);
		state.returned("old:1");
		state.returned("old:1");
		state.primaryMoved("new:1");
		expect(state.nextRepair("c")).toBeUndefined();
		expect(state.hasWork).toBe(false);
		state.ended("done", 2);
		expect(state.hasWork).toBe(true);
		const after = new ClusterState(carriedOf(state.known));
		for (const each of [state, after]) {
			expect(each.nextRepair("c")).toEqual({
				kind: "adoption",
				cluster: "c",
				instance: "new:1",
				byServers: true,
			});
			expect(each.nextRepair("c")).toMatchObject({
				kind: "rejoin",
				instance: "old:1",
			});
			expect(each.nextRepair("c")).toBeUndefined();
			expect(each.hasWork).toBe(false);
		}
	});

	it("tells who is refused since when it runs", () => {
		const state = new ClusterState(undefined);
		state.began(TAKEOVER, Date.UTC(2030, 0, 2));
		expect(state.busy()).toMatchObject({
			type: "Busy",
			nonRetryable: true,
			message: expect.stringContaining(
				"a takeover of this cluster is running since 2030-01-02T00:00:00.000Z",
			),
		});
	});

	it.each([
		[RECOVERY, "DeadMaster on p:1"],
		[TAKEOVER, "takeover"],
		[{ ...TAKEOVER, to: "a:1" }, "takeover to a:1"],
		[RELOCATION, "relocate a:1 below b:1"],
		[REJOIN, "rejoin old:1"],
	] as const)("is shown as one line", (request, line) => {
		const state = new ClusterState(undefined);
		state.began(request, 1);
		state.startedRun("run-1");
		expect(summaryOf(state.known)).toBe(line);
		expect(detailsOf(state.known)).toContain(`Running: **${line}**`);
		expect(state.runId).toBe("run-1");
		state.ended("it worked", 2);
		expect(detailsOf(state.known)).toContain("No operation runs.");
		expect(detailsOf(state.known)).toContain("it worked");
	});
});

describe("an operation that comes no further", () => {
	const silent = (instance: InstanceName) =>
		finding(instance, { isSilent: true });

	it("hides no longer what is surely not its doing", () => {
		const state = new ClusterState(undefined);
		state.began(RECOVERY, 1);
		state.startedRun("run-1");
		state.heard({ findings: [silent("p:1"), silent("i:1"), finding("a:1")] });
		state.overdue("another", "it waits");
		expect(state.hasWork).toBe(false);
		state.overdue("run-1", "it waits");
		expect(detailsOf(state.known)).toContain("**Overdue**: it waits");
		expect(state.nextFinding()?.instance).toBe("i:1");
		expect(state.nextFinding()).toBeUndefined();
		state.heard({ findings: [silent("i:1")] });
		state.overdue("run-1", "");
		expect(state.hasWork).toBe(false);
		expect(detailsOf(state.known)).not.toContain("Overdue");
	});

	it("gives way to a failover that a person forces, even if it is one", () => {
		const state = new ClusterState(undefined);
		expect(state.givesWayTo("recovery", true)).toBe(false);
		state.began(RECOVERY, 1);
		state.startedRun("run-1");
		expect(state.givesWayTo("recovery", true)).toBe(false);
		state.overdue("run-1", "it waits");
		expect(state.givesWayTo("recovery")).toBe(false);
		expect(state.givesWayTo("recovery", true)).toBe(true);
	});
});

it("does not follow again what it follows, or has followed", () => {
	const started = {
		runId: "run-1",
		request: recoveryRequest("c", dead("p:1"), 7),
		says: "",
	};
	const state = new ClusterState(undefined);
	state.began(RECOVERY, 1);
	state.startedRun("run-1");
	state.follows(started);
	state.ended("done", 2);
	expect(state.nextStarted()).toBeUndefined();
	state.follows(started);
	expect(state.nextStarted()).toBeUndefined();
	state.follows({ ...started, runId: "run-2" });
	expect(state.nextStarted()?.runId).toBe("run-2");
});

it("follows an operation that was started elsewhere when the cluster is free, and weighs its finding no more", () => {
	const request = recoveryRequest("c", dead("p:1"), 7);
	const started = {
		runId: "01a22748-88eb-7599-9a9d-1fd7c24a4374",
		request,
		says: "nothing speaks against it",
	};
	const state = new ClusterState(undefined);
	state.began(RELOCATION, 1);
	state.heard({ findings: [dead("p:1")], started });
	expect(state.nextStarted()).toBeUndefined();
	expect(state.nextFinding()).toBeUndefined();
	state.ended("moved", 2);
	expect(state.hasWork).toBe(true);
	expect(state.nextStarted()).toEqual(started);
	expect(state.nextStarted()).toBeUndefined();
	expect(state.hasWork).toBe(false);
	expect(statusOf(state.known).verdicts).toEqual({
		"p:1": "nothing speaks against it",
	});
});

it("follows one again that it has lost sight of, and not one that has ended", () => {
	const request = recoveryRequest("c", dead("p:1"), 7);
	const runId = "01a22748-88eb-7599-9a9d-1fd7c24a4374";
	for (const hasEnded of [true, false]) {
		const state = new ClusterState(undefined);
		state.began(request, 1);
		state.startedRun(runId);
		state.ended("who waited for it is gone", 2, { hasEnded });
		state.follows({ runId, request, says: "" });
		expect(state.nextStarted()?.runId).toBe(hasEnded ? undefined : runId);
	}
});

it("carries over what the next run has to know, as plain JSON", () => {
	const state = stateWith(dead("p:1"));
	state.returned("old:1");
	state.began(RELOCATION, 1);
	state.ended("moved", 2);
	const carried = JSON.parse(JSON.stringify(carriedOf(state.known))) as Carried;
	expect(carried).toEqual(carriedOf(state.known));
	const next = new ClusterState(carried);
	expect(statusOf(next.known)).toEqual(statusOf(state.known));
	expect(next.nextRepair("c")).toMatchObject({ instance: "old:1" });
});
