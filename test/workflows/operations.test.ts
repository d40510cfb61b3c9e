import { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnalysisChange, Finding } from "../../src/analysis/finding.ts";
import type { Instance } from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import {
	clusterWorkflowId,
	operationWorkflowId,
	QUERIES,
	QUEUES,
	SIGNALS,
} from "../../temporal/names.ts";
import { createTeller } from "../../temporal/operator.ts";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	LOST_SOURCE,
	NOW,
	PROMOTION,
	replica,
	server,
	snapshotOf,
	uuid,
} from "../support/made-up-servers.ts";
import { type Environment, startEnvironment } from "./environment.ts";
import { type Behaviour, failed, type Stage } from "./stand-ins.ts";

let environment: Environment;
beforeAll(async () => {
	environment = await startEnvironment();
});
afterAll(() => environment?.stop());

let clusters = 0;
const stage = (
	instances: readonly Instance[],
	behaviour: Partial<Behaviour> = {},
): Stage => {
	clusters += 1;
	return environment.stage(`cluster-${clusters}`, {
		look: () => snapshotOf(instances),
		...behaviour,
	});
};

const up = server("p", 1);
const gone = server("p", 1, { check: failing("connection-refused") });
const a = replica("a", 2);
const b = replica("b", 3);
const lostA = replica("a", 2, {}, LOST_SOURCE);
const lostB = replica("b", 3, {}, LOST_SOURCE);

const finding = (rest: Partial<Finding> = {}): Finding => ({
	instance: "p:3306",
	code: "DeadMaster",
	says: "primary p:3306 cannot be reached",
	recovery: "primary",
	isActionable: true,
	notActionableBecause: "",
	isDowntimed: false,
	replicas: ["a:3306", "b:3306"],
	noticedAtMs: NOW,
	declaredAtMs: NOW,
	silence: {},
	...rest,
});

const tell = (on: Stage, change: AnalysisChange = { findings: [finding()] }) =>
	createTeller(environment.client).analysisChanged(on.identity, change);

const entityOf = (on: Stage) =>
	environment.client.workflow.getHandle(clusterWorkflowId(on.identity));

const statusOf = (on: Stage) =>
	entityOf(on).query<{
		running: unknown;
		last: { kind: string; says: string } | null;
		findings: Finding[];
		verdicts: Record<string, string>;
	}>(QUERIES.status);

const takeover = (on: Stage, to: InstanceName = "a:3306") =>
	environment.operator.run({ kind: "takeover", cluster: on.identity, to });

/** By its workflow type, as with the `temporal` program. Fails with the type of the innermost failure. */
const byHand = (on: Stage, type: string, input: object): Promise<unknown> =>
	environment.client.workflow
		.execute(type, {
			workflowId: `by-hand-${type}-${on.identity}`,
			taskQueue: QUEUES.operate,
			args: [input],
		})
		.catch((error: unknown) => {
			let at = error;
			while (at instanceof Error && at.cause !== undefined) at = at.cause;
			throw at instanceof ApplicationFailure ? at.type : at;
		});

const until = (what: () => unknown) =>
	expect.poll(what, { timeout: 10_000, interval: 20 });

/** Blocks a step until it is opened. */
const gate = () => {
	let open = (): void => undefined;
	const opened = new Promise<undefined>((resolve) => {
		open = () => resolve(undefined);
	});
	return { opened, open: () => open() };
};

const attributesOf = async (workflowId: string) => {
	const { searchAttributes } = await environment.client.workflow
		.getHandle(workflowId)
		.describe();
	return searchAttributes;
};

describe("an operation that is asked for", () => {
	it("runs step by step, and its outcome is the answer", async () => {
		const on = stage([up, a, b]);
		const outcome = await takeover(on);
		expect(outcome).toMatchObject({
			kind: "takeover",
			identity: on.identity,
			successful: true,
			attempted: true,
			failed: "p:3306",
			successor: "a:3306",
			lostReplicas: [],
			errors: [],
			workflowId: operationWorkflowId(on.identity),
		});
		expect(on.calls.slice(0, 5)).toEqual([
			"begin takeover",
			"checkCredential a:3306",
			"openRecovery p:3306",
			"repoint to a:3306 b:3306",
			"switchPrimary a:3306",
		]);
		expect(on.calls.slice(5, 7).sort()).toEqual([
			"announce a:3306",
			"repoint to a:3306 p:3306",
		]);
		expect(on.calls.at(-1)).toBe("conclude");
		expect((await statusOf(on)).last?.says).toBe(outcome.says);
	});

	it("is found by its search attributes, as is its cluster", async () => {
		const on = stage([up, a, b]);
		await takeover(on);
		expect(await attributesOf(operationWorkflowId(on.identity))).toMatchObject({
			BatonCluster: [on.identity],
			BatonOperation: ["takeover"],
			BatonInstances: ["a:3306"],
			BatonState: ["succeeded"],
		});
		expect(await attributesOf(clusterWorkflowId(on.identity))).toMatchObject({
			BatonCluster: [on.identity],
			BatonState: ["watched"],
		});
	});

	it("is refused while another one runs", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			step: (name) => (name === "checkCredential" ? opened : undefined),
		});
		const first = takeover(on);
		await until(() => on.calls).toContain("checkCredential a:3306");
		for (const second of [
			() => takeover(on, "b:3306"),
			() =>
				environment.operator.run({
					kind: "recovery",
					cluster: on.identity,
					instance: "p:3306",
					analysis: "DeadMaster",
					command: "recover",
				}),
		])
			await expect(second()).rejects.toMatchObject({
				code: "Busy",
				message: expect.stringContaining(
					"a takeover of this cluster is running",
				),
			});
		open();
		expect((await first).successful).toBe(true);
		expect((await takeover(on)).successful).toBe(true);
		expect(on.claims).toHaveLength(2);
	});

	it("never runs twice when both are asked for at once", async () => {
		const on = stage([up, a, b]);
		const both = await Promise.allSettled([takeover(on), takeover(on)]);
		const ran = both.filter((each) => each.status === "fulfilled").length;
		expect(on.claims).toHaveLength(ran);
		for (const each of both)
			if (each.status === "rejected")
				expect(each.reason).toMatchObject({ code: "Busy" });
	});

	it("goes through the entity also when its workflow type is started by hand", async () => {
		const on = stage([up, a, b]);
		const outcome = await byHand(on, "takeover", {
			cluster: on.identity,
			to: "a:3306",
		});
		expect(outcome).toMatchObject({
			successful: true,
			successor: "a:3306",
			workflowId: operationWorkflowId(on.identity),
		});
		expect((await statusOf(on)).last?.kind).toBe("takeover");
	});

	it("fails by hand as it fails otherwise", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			step: (name) => (name === "checkCredential" ? opened : undefined),
		});
		const first = takeover(on);
		await until(() => on.calls).toContain("checkCredential a:3306");
		await expect(byHand(on, "takeover", { cluster: on.identity })).rejects.toBe(
			"Busy",
		);
		await expect(
			byHand(on, "relocation", { cluster: on.identity, instance: "a:3306" }),
		).rejects.toBe("BadInput");
		open();
		await first;
		expect(on.claims).toHaveLength(1);
	});

	it("ends when newer work has taken over, and lets go of the cluster", async () => {
		const on = stage([up, a, b], {
			step: (name) => {
				if (name === "switchPrimary")
					throw ApplicationFailure.nonRetryable(
						"a newer epoch holds the cluster",
						"Superseded",
					);
				return undefined;
			},
		});
		await expect(takeover(on)).rejects.toMatchObject({
			code: "Superseded",
			message: "a newer epoch holds the cluster",
		});
		expect(on.calls.at(-1)).toBe("release own");
		expect(
			(await attributesOf(operationWorkflowId(on.identity)))["BatonState"],
		).toEqual(["failed"]);
		expect((await statusOf(on)).running).toBeNull();
	});
});

describe("a takeover", () => {
	it("that is refused changes nothing and opens no record", async () => {
		const on = stage([up, { ...a, lagSeconds: 600 }]);
		expect(await takeover(on)).toMatchObject({
			successful: false,
			attempted: false,
			says: expect.stringContaining("lags 600 seconds"),
		});
		expect(on.calls).toEqual(["begin takeover", "conclude"]);
		expect(on.concluded[0]?.recovery).toBe(false);
	});

	it("whose switch fails puts the siblings back", async () => {
		const on = stage([up, a, b], {
			step: (name) =>
				name === "switchPrimary"
					? failed("a:3306 did not catch up")
					: undefined,
		});
		expect(await takeover(on)).toMatchObject({
			successful: false,
			attempted: true,
			says: "takeover undone: a:3306 did not catch up",
			errors: ["switchPrimary a:3306: a:3306 did not catch up"],
		});
		expect(on.calls).toContain("moveBack to p:3306 b:3306");
		expect(on.calls).not.toContain("announce a:3306");
	});

	it("stops at a failing pre hook before anything is changed", async () => {
		const on = stage([up, a, b], {
			claimed: { hooks: ["PreGracefulTakeoverProcesses"] },
			hooks: () => ({ succeeded: false, says: "FAILED (1)" }),
		});
		expect((await takeover(on)).says).toBe(
			"a PreGracefulTakeoverProcesses hook failed: nothing was changed",
		);
		expect(on.calls.filter((each) => /repoint|switch/.test(each))).toEqual([]);
		expect(on.concluded[0]).toMatchObject({ recovery: true });
	});
});

describe("a finding", () => {
	it("is weighed once each time it is told, and its verdict shown", async () => {
		const on = stage([up, a, b], {
			weigh: () => ({ says: "automatic recovery is off" }),
		});
		await tell(on);
		await until(() => on.calls).toEqual(["weigh DeadMaster"]);
		await until(async () => (await statusOf(on)).verdicts).toEqual({
			"p:3306": "automatic recovery is off",
		});
		await tell(on);
		await until(() => on.calls).toHaveLength(2);
		await tell(on, { findings: [] });
		await until(async () => (await statusOf(on)).verdicts).toEqual({});
		expect(on.calls).toHaveLength(2);
	});

	it("that calls for nothing is only shown", async () => {
		const on = stage([up, a]);
		const single = finding({
			code: "MasterSingleReplicaDead",
			recovery: "none",
		});
		await tell(on, { findings: [single] });
		await until(async () => (await statusOf(on)).findings).toEqual([single]);
		expect(on.calls).toEqual([]);
	});

	it("that is to be acted on starts the recovery", async () => {
		const on = stage([gone, lostA, lostB], { weigh: () => ({ act: true }) });
		await tell(on);
		await until(() => on.concluded).toHaveLength(1);
		expect(on.concluded[0]).toMatchObject({
			recovery: true,
			downtime: ["p:3306"],
			outcome: {
				kind: "recovery",
				successful: true,
				analysis: "DeadMaster",
				failed: "p:3306",
				successor: "a:3306",
				replicas: ["a:3306", "b:3306"],
				lostReplicas: [],
			},
		});
		expect(await attributesOf(operationWorkflowId(on.identity))).toMatchObject({
			BatonAnalysis: ["DeadMaster"],
			BatonInstances: ["p:3306"],
		});
		const at = (call: string) => on.calls.indexOf(call);
		expect(at("weigh DeadMaster")).toBe(0);
		expect(at("stopReceiver b:3306")).toBeGreaterThan(at("begin recovery"));
		expect(at("promote a:3306")).toBeGreaterThan(at("stopReceiver b:3306"));
		expect(at("repoint to a:3306 b:3306")).toBeGreaterThan(-1);
	});

	it("that no longer stands is not acted on", async () => {
		const on = stage([up, a, b], { weigh: () => ({ act: true }) });
		await tell(on);
		await until(() => on.concluded).toHaveLength(1);
		expect(on.concluded[0]?.outcome).toMatchObject({
			successful: false,
			attempted: false,
		});
		expect(on.calls).toEqual([
			"weigh DeadMaster",
			"begin recovery",
			"conclude",
		]);
	});

	it("whose detection hook fails is not acted on in this pass, but in the next", async () => {
		let told = 0;
		const on = stage([gone, lostA, lostB], {
			weigh: () => ({ act: true, detectionHooks: true, isNew: told++ === 0 }),
			hooks: () => ({ succeeded: false, says: "FAILED (1)" }),
		});
		await tell(on);
		await until(() => on.calls).toContain("OnFailureDetectionProcesses");
		expect((await statusOf(on)).running).toBeNull();
		expect(on.claims).toHaveLength(0);
		await tell(on);
		await until(() => on.concluded).toHaveLength(1);
		expect(on.concluded[0]?.outcome.successful).toBe(true);
		expect(
			on.calls.filter((each) => each === "OnFailureDetectionProcesses"),
		).toHaveLength(1);
	});

	it("that cannot be weighed, or whose hooks cannot be run, does not end the entity", async () => {
		let weighed = 0;
		const on = stage([gone, lostA, lostB], {
			weigh: () => {
				weighed += 1;
				if (weighed === 1)
					throw ApplicationFailure.nonRetryable("forgotten", "UnknownCluster");
				return { act: true, detectionHooks: true, isNew: weighed === 2 };
			},
			hooks: () => {
				throw ApplicationFailure.nonRetryable("no such shell", "Internal");
			},
		});
		for (const count of [1, 2, 3]) {
			await tell(on);
			await until(() => weighed).toBe(count);
		}
		await until(() => on.concluded).toHaveLength(1);
		expect(on.concluded[0]?.outcome.successful).toBe(true);
		expect((await entityOf(on).describe()).status.name).toBe("RUNNING");
	});

	it("pre-empts a relocation, which is told so, and takes over its claim", async () => {
		const { opened } = gate();
		let isGone = false;
		const on = stage([], {
			look: (): Snapshot =>
				snapshotOf(isGone ? [gone, lostA, lostB] : [up, a, b]),
			step: (name) => (name.startsWith("repoint to b") ? opened : undefined),
			weigh: () => ({ act: true }),
		});
		const relocation = environment.operator.run({
			kind: "relocation",
			cluster: on.identity,
			instance: "a:3306",
			below: "b:3306",
		});
		const toldSo = expect(relocation).rejects.toMatchObject({
			code: "Superseded",
			message: "a failover of the cluster took precedence",
		});
		await until(() => on.calls).toContain("repoint to b:3306 a:3306");
		isGone = true;
		await tell(on);
		await toldSo;
		await until(() => on.concluded).toHaveLength(1);
		expect(on.concluded[0]?.outcome).toMatchObject({
			kind: "recovery",
			successful: true,
		});
		expect(on.claims[1]?.preempt).toBe(on.claims[0]?.runId);
		expect(on.calls.indexOf("release own")).toBeLessThan(
			on.calls.indexOf("begin recovery"),
		);
	});

	it("does not pre-empt a takeover", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			step: (name) => (name === "switchPrimary" ? opened : undefined),
			weigh: () => ({ act: true }),
		});
		const running = takeover(on);
		await until(() => on.calls).toContain("switchPrimary a:3306");
		await tell(on);
		await until(async () => (await statusOf(on)).findings).toHaveLength(1);
		open();
		expect((await running).successful).toBe(true);
		expect(on.calls).not.toContain("weigh DeadMaster");
	});
});

const recover = (
	on: Stage,
	rest: { command?: string; candidate?: InstanceName } = {},
) =>
	environment.operator.run({
		kind: "recovery",
		cluster: on.identity,
		instance: "p:3306",
		analysis: "DeadMaster",
		command: "recover",
		...rest,
	});

describe("a recovery", () => {
	it("takes the next candidate when one fails at its promotion, and loses it", async () => {
		const on = stage([gone, lostA, lostB], {
			step: (name, server) =>
				name === "promote" && server === "a:3306"
					? failed("a:3306 went away")
					: undefined,
		});
		const outcome = await recover(on);
		expect(outcome).toMatchObject({
			successful: true,
			successor: "b:3306",
			lostReplicas: ["a:3306"],
			errors: ["promote a:3306: a:3306 went away"],
		});
		expect(on.calls).toContain(
			"note: a:3306 failed on the way: looking for another candidate",
		);
		expect(on.calls.indexOf("promote b:3306")).toBeGreaterThan(
			on.calls.indexOf("promote a:3306"),
		);
		expect(on.concluded[0]?.downtime).toEqual(["p:3306", "a:3306"]);
		expect(on.calls).not.toContain("announce a:3306");
	});

	it("does not forget in lossless mode what a failed candidate alone had", async () => {
		const behind = replica(
			"b",
			3,
			{ semiSync: ACKER, executedGtid: gtids(90) },
			{ ...LOST_SOURCE, retrievedGtid: gtids(90) },
		);
		const on = stage(
			[{ ...gone, semiSync: LOSSLESS }, { ...lostA, semiSync: ACKER }, behind],
			{
				claimed: { promotion: { ...PROMOTION, mode: "lossless" } },
				step: (name) =>
					name === "promote" ? failed("a:3306 went away") : undefined,
			},
		);
		const outcome = await recover(on);
		expect(outcome.successful).toBe(false);
		expect(outcome.says).toContain(`${uuid(1)}:91-100 of a:3306`);
		expect(on.calls).not.toContain("promote b:3306");
		expect(on.calls).toContain("startReplication b:3306");
	});

	it("does nothing after a failing PreFailover hook, and its record is closed after it was opened", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], {
			claimed: { hooks: ["PreFailoverProcesses", "PostFailoverProcesses"] },
			hooks: () => ({ succeeded: false, says: "FAILED (1)" }),
			openRecovery: () => opened.then(() => undefined),
		});
		const outcome = recover(on);
		await until(() => on.calls).toContain("PreFailoverProcesses");
		setTimeout(open, 300);
		expect(await outcome).toMatchObject({
			successful: false,
			says: "a PreFailoverProcesses hook failed: nothing was changed",
		});
		expect(on.calls).toEqual([
			"begin recovery",
			"PreFailoverProcesses",
			"openRecovery p:3306",
			"conclude",
		]);
		expect(on.concluded[0]).toMatchObject({ recovery: true, downtime: [] });
	});

	it("tells the post hooks whom it promoted, or that it promoted nobody", async () => {
		const claimed = {
			hooks: [
				"PostMasterFailoverProcesses",
				"PostFailoverProcesses",
				"PostUnsuccessfulFailoverProcesses",
			] as const,
		};
		const good = stage([gone, lostA], { claimed });
		await recover(good);
		expect(good.calls.filter((each) => each.startsWith("Post"))).toEqual([
			"PostMasterFailoverProcesses",
			"PostFailoverProcesses",
		]);
		const never = { ...lostA, promotionRule: "must_not" as const };
		const bad = stage([gone, never], { claimed });
		expect((await recover(bad)).successful).toBe(false);
		expect(bad.calls.filter((each) => each.startsWith("Post"))).toEqual([
			"PostUnsuccessfulFailoverProcesses",
		]);
		expect(bad.calls).toContain("startReplication a:3306");
	});

	it("of a primary that answers makes it read-only first, or goes no further", async () => {
		const on = stage([up, a, b], {
			step: (name) =>
				name === "demote" ? failed("p:3306 does not answer") : undefined,
		});
		const outcome = await recover(on, { command: "force-master-failover" });
		expect(outcome.successful).toBe(false);
		expect(outcome.says).toContain("would make two primaries");
		expect(on.calls.filter((each) => /stop|promote/.test(each))).toEqual([]);
	});

	it("lets the chosen one fetch first what only another has", async () => {
		const behind = replica(
			"a",
			2,
			{ promotionRule: "prefer", executedGtid: gtids(50) },
			{ ...LOST_SOURCE, retrievedGtid: gtids(60) },
		);
		const on = stage([gone, behind, lostB]);
		expect(await recover(on)).toMatchObject({
			successful: true,
			successor: "a:3306",
		});
		const from = on.calls.indexOf("applyReceived b:3306");
		expect(on.calls.slice(from, from + 4)).toEqual([
			"applyReceived b:3306",
			"catchUp to b:3306 a:3306",
			"applyReceived a:3306",
			"stopReceiverAfterCatchUp a:3306",
		]);
	});
});

describe("a relocation", () => {
	const relocate = (on: Stage) =>
		environment.operator.run({
			kind: "relocation",
			cluster: on.identity,
			instance: "a:3306",
			below: "b:3306",
		});

	it("waits for the new source, then moves", async () => {
		const on = stage([up, a, b]);
		expect(await relocate(on)).toMatchObject({
			successful: true,
			successor: "b:3306",
		});
		expect(on.calls).toEqual([
			"begin relocation",
			"awaitSource b:3306",
			"repoint to b:3306 a:3306",
			"conclude",
		]);
	});

	it("that fails is put back", async () => {
		const on = stage([up, a, b], {
			step: (name) =>
				name.startsWith("repoint") ? failed("no connection") : undefined,
		});
		expect(await relocate(on)).toMatchObject({
			successful: false,
			says: "no connection; put back below p:3306",
		});
		expect(on.calls).toContain("moveBack to p:3306 a:3306");
	});
});

describe("a server that returns", () => {
	const returns = async (old: Instance): Promise<Stage> => {
		const on = stage([up, a, old]);
		await createTeller(environment.client).instanceReturned(
			on.identity,
			old.name,
		);
		await until(() => on.concluded).toHaveLength(1);
		return on;
	};

	it("is made read-only, and rejoined when it has nothing of its own", async () => {
		const on = await returns(server("old1", 9));
		expect(on.calls).toEqual([
			"begin rejoin",
			"demote old1:3306",
			"repoint to p:3306 old1:3306",
			"settleFence old1:3306 rejoined",
			"conclude",
		]);
	});

	it("is held back when it has", async () => {
		const extra = server("old2", 9, {
			executedGtid: `${gtids(100)},${uuid(9)}:1-3`,
		});
		const on = await returns(extra);
		expect(on.concluded[0]?.outcome.says).toContain(`${uuid(9)}:1-3`);
		expect(on.calls).toContain("settleFence old2:3306 fenced");
		expect(on.calls.some((each) => each.startsWith("repoint"))).toBe(false);
	});
});

it("an entity with a long history continues as new, and knows what it knew", async () => {
	const on = stage([up, a, b], { weigh: () => ({ says: "held back" }) });
	const outcome = await takeover(on);
	const { runId } = await entityOf(on).describe();
	const standing = finding({ recovery: "none", code: "UnreachableMaster" });
	await until(async () => {
		for (let round = 0; round < 15; round++)
			await tell(on, { findings: [standing] });
		return (await entityOf(on).describe()).runId === runId;
	}).toBe(false);
	const now = await statusOf(on);
	expect(now.findings).toEqual([standing]);
	expect(now.last?.says).toBe(outcome.says);
	await environment.client.workflow
		.getHandle(clusterWorkflowId(on.identity))
		.signal(SIGNALS.analysisChanged, { findings: [finding()] });
	await until(() => on.calls).toContain("weigh DeadMaster");
	expect((await takeover(on)).successful).toBe(true);
});
