import { setTimeout as delay } from "node:timers/promises";
import { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AnalysisChange, Finding } from "../../src/analysis/finding.ts";
import type { RecoveryCommand } from "../../src/planning/operation.ts";
import type { Instance } from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type { Role } from "../../src/topology/role.ts";
import { NO_MARK } from "../../src/topology/server-mark.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import { prepareNamespace } from "../../temporal/boot.ts";
import {
	clusterWorkflowId,
	operationWorkflowId,
	QUERIES,
	QUEUES,
	SEARCH_ATTRIBUTES,
	SIGNALS,
	UPDATES,
} from "../../temporal/names.ts";
import { createTeller } from "../../temporal/teller.ts";
import { createStraightStart } from "../../workers/straight-start.ts";
import { deadPrimary } from "../support/made-up-findings.ts";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	LOST_SOURCE,
	replica,
	running,
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

const finding = deadPrimary;

const WEIGHED = {
	act: true,
	says: "nothing speaks against it",
	detectionId: 7,
	isNew: true,
	detectionHooks: false,
	clusterName: "p:3306",
	clusterAlias: "",
	clusterDomain: "",
} as const;

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

const until = (what: () => unknown, timeout = 10_000) =>
	expect.poll(what, { timeout, interval: 20 });

const failoverOf = ({ identity }: Stage) =>
	({
		kind: "recovery",
		cluster: identity,
		instance: "p:3306",
		analysis: "DeadMaster",
	}) as const;

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

/** How a workflow is in the list of workflows. */
const ended = async (workflowId: string) => {
	const handle = environment.client.workflow.getHandle(workflowId);
	// One that is concluded has yet to end.
	const failure = await handle.result().then(
		() => undefined,
		({ cause }: { cause: ApplicationFailure }) => cause,
	);
	const { status } = await handle.describe();
	return { status: status.name, says: failure?.message, type: failure?.type };
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
			changed: true,
			failed: "p:3306",
			successor: "a:3306",
			left: [],
			errors: [],
			workflowId: operationWorkflowId(on.identity),
		});
		const calls = on.calls.filter((each) => !each.startsWith("openRecovery"));
		expect(calls.slice(0, 4)).toEqual([
			"begin takeover",
			"findCredential a:3306",
			"move b:3306 below a:3306",
			"handOver a:3306",
		]);
		expect(calls.slice(4, 7).sort()).toEqual([
			"forgetSource a:3306",
			"move p:3306 below a:3306",
			"primary a:3306",
		]);
		expect(calls.at(-1)).toBe("conclude");
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
			step: (step) => (step.do === "findCredential" ? opened : undefined),
		});
		const first = takeover(on);
		await until(() => on.calls).toContain("findCredential a:3306");
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
			step: (step) => (step.do === "findCredential" ? opened : undefined),
		});
		const first = takeover(on);
		await until(() => on.calls).toContain("findCredential a:3306");
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
			step: (step) => {
				if (step.do === "handOver")
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

describe("an operation that did not reach its goal", () => {
	/** As Temporal has it: how it ended, and with which words. */
	const failing = () =>
		stage([up, a, b], {
			step: (step) =>
				step.do === "handOver" ? failed("a:3306 did not catch up") : undefined,
		});
	const UNDONE = "undone: a:3306 did not catch up";

	it("has failed in the list of workflows, with its sentence; whoever asked gets the whole outcome", async () => {
		for (const [on, attempted, says] of [
			[failing(), true, UNDONE],
			[
				stage([up, { ...a, lagSeconds: 600 }]),
				false,
				expect.stringContaining("lags 600 seconds"),
			],
		] as const) {
			const outcome = await takeover(on);
			expect(outcome).toMatchObject({ successful: false, attempted, says });
			expect(outcome).toEqual(on.concluded[0]?.outcome);
			expect(await ended(operationWorkflowId(on.identity))).toEqual({
				status: "FAILED",
				says: outcome.says,
				type: "NotSuccessful",
			});
			expect(
				(await attributesOf(operationWorkflowId(on.identity)))["BatonState"],
			).toEqual(["failed"]);
			expect((await statusOf(on)).last?.says).toBe(outcome.says);
		}
	});

	it("and one that did is completed", async () => {
		const on = stage([up, a, b]);
		await takeover(on);
		expect(await ended(operationWorkflowId(on.identity))).toEqual({
			status: "COMPLETED",
		});
	});

	it("has failed with its sentence when its workflow type was started by hand, too", async () => {
		const on = failing();
		await expect(
			byHand(on, "takeover", { cluster: on.identity, to: "a:3306" }),
		).rejects.toBe("NotSuccessful");
		expect(await ended(`by-hand-takeover-${on.identity}`)).toMatchObject({
			status: "FAILED",
			says: UNDONE,
		});
	});

	it("is told with its sentence by an entity that only followed it", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			step: async (step) => {
				if (step.do !== "handOver") return undefined;
				await opened;
				return failed("a:3306 did not catch up");
			},
		});
		const running = takeover(on).catch((error: unknown) => error);
		await until(() => on.calls).toContain("handOver a:3306");
		await entityOf(on).terminate("lost");
		await tell(on, { findings: [] });
		await until(async () => (await statusOf(on)).running).not.toBeNull();
		open();
		await until(async () => (await statusOf(on)).last?.says).toBe(UNDONE);
		await running;
	});
});

describe("the alias of a cluster", () => {
	const summaryOf = async (workflowId: string) => {
		const handle = environment.client.workflow.getHandle(workflowId);
		return (await handle.describe()).staticSummary();
	};

	it("is a search attribute of its entity and its operations, and in what the lists show, as it is called now", async () => {
		const on = stage([up, a, b]);
		const teller = createTeller(environment.client);
		await teller.ensureEntity(on.identity, "shop");
		await teller.named(on.identity, "shop");
		expect(await summaryOf(clusterWorkflowId(on.identity))).toBe(
			`entity of cluster shop (${on.identity})`,
		);
		await until(async () =>
			attributesOf(clusterWorkflowId(on.identity)),
		).toMatchObject({ BatonAlias: ["shop"] });
		await takeover(on);
		expect(await attributesOf(operationWorkflowId(on.identity))).toMatchObject({
			// Of the stand-in.
			BatonAlias: [on.identity],
		});
		expect(await summaryOf(operationWorkflowId(on.identity))).toMatch(
			/^shop: /,
		);
		await teller.named(on.identity, "store");
		await until(async () =>
			attributesOf(clusterWorkflowId(on.identity)),
		).toMatchObject({ BatonAlias: ["store"] });
		await teller.named(on.identity, "");
		await until(
			async () =>
				(await attributesOf(clusterWorkflowId(on.identity)))["BatonAlias"],
		).toBeUndefined();
	});

	it("is learnt by an entity that was started anew", async () => {
		const on = stage([up, a, b]);
		await tell(on);
		await until(async () =>
			attributesOf(clusterWorkflowId(on.identity)),
		).toMatchObject({ BatonAlias: [on.identity] });
	});

	it("can be registered where the other attributes are already", async () => {
		const { client } = environment;
		const { operatorService } = client.connection;
		const namespace = "default";
		await operatorService.removeSearchAttributes({
			namespace,
			searchAttributes: ["BatonAlias"],
		});
		const warnings: string[] = [];
		await prepareNamespace(client, namespace, 1, {
			warn: (text) => warnings.push(text),
		});
		expect(warnings).toEqual([]);
		const { customAttributes } = await operatorService.listSearchAttributes({
			namespace,
		});
		expect(Object.keys(customAttributes ?? {})).toEqual(
			expect.arrayContaining(Object.keys(SEARCH_ATTRIBUTES)),
		);
		const on = stage([up, a, b]);
		await createTeller(client).named(on.identity, "shop");
		await until(async () =>
			attributesOf(clusterWorkflowId(on.identity)),
		).toMatchObject({ BatonAlias: ["shop"] });
	});
});

describe("an operation whose first phase is run with the claim", () => {
	it("goes on with what was planned then", async () => {
		const on = stage([gone, lostA, lostB], { ahead: async () => undefined });
		expect(await recover(on)).toMatchObject({
			successful: true,
			successor: "a:3306",
		});
		expect(
			on.calls.filter((each) => each.startsWith("stopReceiver")),
		).toHaveLength(2);
	});

	it("is told what was done when it is ended meanwhile, and takes it back", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], { ahead: () => opened });
		const running = recover(on);
		await until(() => on.calls).toContain("stopReceiver b:3306");
		const operation = environment.client.workflow.getHandle(
			operationWorkflowId(on.identity),
		);
		await operation.cancel();
		await until(async () =>
			(await operation.fetchHistory()).events?.some(
				(each) => each.workflowExecutionCancelRequestedEventAttributes,
			),
		).toBe(true);
		// Past the heartbeat of the task that it runs in, by which the workflow hears of it.
		await delay(2_500);
		open();
		expect(await running).toMatchObject({ successful: false, changed: false });
		expect(on.calls).toEqual(
			expect.arrayContaining(["startReceiver a:3306", "startReceiver b:3306"]),
		);
		expect(on.calls.filter((each) => each.startsWith("open "))).toEqual([]);
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
		expect(on.concluded[0]?.isRecorded).toBe(false);
	});

	it("whose switch fails puts the siblings back", async () => {
		const on = stage([up, a, b], {
			step: (step) =>
				step.do === "handOver" ? failed("a:3306 did not catch up") : undefined,
		});
		expect(await takeover(on)).toMatchObject({
			successful: false,
			attempted: true,
			changed: false,
			successor: "",
			says: "undone: a:3306 did not catch up",
		});
		expect(on.calls).toContain("move b:3306 below p:3306");
		expect(on.calls).not.toContain("primary a:3306");
	});

	it("whose switch is unclear is done when the new primary is found open, whatever became of the old one", async () => {
		const on = stage([up, a, b], {
			step: (step) =>
				step.do === "handOver"
					? failed("lost", "unknown")
					: step.on === "p:3306"
						? failed("p:3306 is gone", "unknown")
						: undefined,
			account: () => "open",
		});
		expect(await takeover(on)).toMatchObject({
			successful: false,
			attempted: true,
			changed: true,
			successor: "a:3306",
			left: [{ name: "p:3306", reason: "p:3306 is gone" }],
		});
		expect(on.calls).toContain("primary a:3306");
		expect(on.calls).not.toContain("move b:3306 below p:3306");
	});

	it("stops at a failing pre hook before anything is changed", async () => {
		const on = stage([up, a, b], {
			hookLists: ["PreGracefulTakeoverProcesses"],
			hooks: () => ({ succeeded: false, says: "FAILED (1)" }),
		});
		expect((await takeover(on)).says).toBe(
			"a PreGracefulTakeoverProcesses hook failed: nothing was changed",
		);
		expect(on.calls.filter((each) => /move|handOver/.test(each))).toEqual([]);
		expect(on.concluded[0]).toMatchObject({ isRecorded: true });
	});

	it("lets go of the cluster before its post hooks run, and answers after them", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			hookLists: ["PostGracefulTakeoverProcesses"],
			hooks: async () => {
				await opened;
				return { succeeded: false, says: "FAILED (1)" };
			},
		});
		let answered = false;
		const running = takeover(on).finally(() => {
			answered = true;
		});
		await until(() => on.calls).toContain("PostGracefulTakeoverProcesses");
		expect(on.calls.indexOf("conclude")).toBeLessThan(
			on.calls.indexOf("PostGracefulTakeoverProcesses"),
		);
		await until(async () => (await statusOf(on)).running).toBeNull();
		const meanwhile = environment.operator.run({
			kind: "relocation",
			cluster: on.identity,
			instance: "a:3306",
			below: "b:3306",
		});
		expect((await meanwhile).successful).toBe(true);
		expect(answered).toBe(false);
		open();
		expect((await running).errors).toEqual([
			"PostGracefulTakeoverProcesses: FAILED (1)",
		]);
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

	it("that is none is not heard", async () => {
		const on = stage([up, a, b]);
		await tell(on, { findings: null } as never);
		await tell(on, null as never);
		await environment.client.workflow
			.getHandle(clusterWorkflowId(on.identity))
			.signal(SIGNALS.instanceReturned);
		expect((await takeover(on)).successful).toBe(true);
	});

	it("a request that is none is refused by the entity itself", async () => {
		const on = stage([up, a, b]);
		await takeover(on);
		const entity = environment.client.workflow.getHandle(
			clusterWorkflowId(on.identity),
		);
		for (const request of [
			null,
			{ kind: "takeover", cluster: on.identity, to: "a b" },
			{ kind: "takeover", cluster: on.identity, colour: "red" },
		])
			await expect(
				entity.executeUpdate(UPDATES.operate, { args: [request] }),
			).rejects.toMatchObject({ cause: { type: "BadInput" } });
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
			isRecorded: true,
			outcome: {
				kind: "recovery",
				successful: true,
				analysis: "DeadMaster",
				failed: "p:3306",
				successor: "a:3306",
				replicas: ["a:3306", "b:3306"],
				left: [],
			},
		});
		expect(await attributesOf(operationWorkflowId(on.identity))).toMatchObject({
			BatonAnalysis: ["DeadMaster"],
			BatonInstances: ["p:3306"],
		});
		const at = (call: string) => on.calls.indexOf(call);
		expect(at("weigh DeadMaster")).toBe(0);
		expect(at("stopReceiver b:3306")).toBeGreaterThan(at("begin recovery"));
		expect(at("open a:3306")).toBeGreaterThan(at("stopReceiver b:3306"));
		expect(at("move b:3306 below a:3306")).toBeGreaterThan(-1);
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

	it("that could not be weighed is considered once more by the entity itself, as long as it stands", async () => {
		let weighed = 0;
		const on = stage([gone, lostA, lostB], {
			weigh: () => {
				weighed += 1;
				if (weighed === 1)
					throw ApplicationFailure.nonRetryable("forgotten", "UnknownCluster");
				return { act: true };
			},
		});
		await tell(on);
		await until(() => on.concluded, 20_000).toHaveLength(1);
		expect(weighed).toBe(2);
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

	it("whose detection hook takes long is acted on while it runs", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], {
			weigh: () => ({ act: true, detectionHooks: true, isNew: true }),
			hooks: async () => {
				await opened;
				return { succeeded: true, says: "ok" };
			},
		});
		await tell(on);
		await until(() => on.concluded).toHaveLength(1);
		expect(on.concluded[0]?.outcome.successful).toBe(true);
		open();
	});

	it.each([
		["a relocation", "move a:3306 below b:3306"],
		[
			"a takeover that is not past its point of no return",
			"move b:3306 below a:3306",
		],
	])(
		"pre-empts %s, which is taken back, and takes over its claim",
		async (what, held) => {
			const { opened } = gate();
			let isGone = false;
			let isHeld = true;
			const on = stage([], {
				look: (): Snapshot =>
					snapshotOf(isGone ? [gone, lostA, lostB] : [up, a, b]),
				step: (step) => {
					if (!isHeld || step.do !== "moveBelow") return undefined;
					isHeld = false;
					return opened;
				},
				weigh: () => ({ act: true }),
			});
			const running =
				what === "a relocation"
					? environment.operator.run({
							kind: "relocation",
							cluster: on.identity,
							instance: "a:3306",
							below: "b:3306",
						})
					: takeover(on);
			await until(() => on.calls).toContain(held);
			isGone = true;
			await tell(on);
			expect(await running).toMatchObject({
				successful: false,
				changed: false,
				says: expect.stringContaining("before its point of no return"),
			});
			await until(() => on.concluded).toHaveLength(2);
			expect(on.concluded[1]?.outcome).toMatchObject({
				kind: "recovery",
				successful: true,
			});
			expect(on.claims[1]?.preempt).toBe(on.claims[0]?.runId);
			expect(on.calls.indexOf("conclude")).toBeLessThan(
				on.calls.indexOf("begin recovery"),
			);
		},
	);

	it("pre-empts the hooks that come before a takeover", async () => {
		let isGone = false;
		const on = stage([], {
			look: (): Snapshot =>
				snapshotOf(isGone ? [gone, lostA, lostB] : [up, a, b]),
			hookLists: ["PreGracefulTakeoverProcesses"],
			hooks: () => new Promise(() => undefined),
			weigh: () => ({ act: true }),
		});
		const running = takeover(on);
		await until(() => on.calls).toContain("PreGracefulTakeoverProcesses");
		isGone = true;
		await tell(on);
		expect(await running).toMatchObject({
			successful: false,
			changed: false,
			says: "ended while PreGracefulTakeoverProcesses ran: nothing was changed",
		});
		await until(() => on.concluded).toHaveLength(2);
		expect(on.concluded[1]?.outcome.successful).toBe(true);
	});

	it("does not end a takeover past its point of no return, and is weighed after it", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			step: (step) => (step.do === "handOver" ? opened : undefined),
			weigh: () => ({ act: true }),
		});
		const running = takeover(on);
		await until(() => on.calls).toContain("handOver a:3306");
		await tell(on);
		await until(() => on.calls).toContain("weigh DeadMaster");
		open();
		expect((await running).successful).toBe(true);
		await until(() => on.calls).toContain("begin recovery");
		expect(on.calls.indexOf("begin recovery")).toBeGreaterThan(
			on.calls.indexOf("conclude"),
		);
	});

	it("that calls for no failover is not considered while an operation runs", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			step: (step) => (step.do === "handOver" ? opened : undefined),
		});
		const running = takeover(on);
		await until(() => on.calls).toContain("handOver a:3306");
		await tell(on, {
			findings: [
				finding({
					code: "AllMasterReplicasNotReplicating",
					recovery: "notice",
					isActionable: false,
				}),
			],
		});
		await until(async () => (await statusOf(on)).findings).toHaveLength(1);
		open();
		await running;
		expect(on.calls.filter((each) => each.startsWith("weigh"))).toEqual([]);
	});
});

describe("an operation that comes no further", () => {
	const notice = (rest: Partial<Finding>) =>
		finding({ recovery: "notice", isActionable: false, ...rest });
	const heldAtOpen = (behaviour: Partial<Behaviour> = {}) => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], {
			step: (step) => (step.do === "open" ? opened : undefined),
			...behaviour,
		});
		return { on, open };
	};
	const overdueOf = async (on: Stage) => {
		const { running } = await statusOf(on);
		return (running as { overdue?: string } | null)?.overdue ?? "";
	};
	const weighedBy = (on: Stage) =>
		on.calls.filter((each) => each.startsWith("weigh"));

	it("is told once, and what is surely not its doing is weighed meanwhile", async () => {
		const { on, open } = heldAtOpen();
		const running = recover(on);
		await until(() => on.calls).toContain("open a:3306");
		const findings = [
			finding({ isSilent: true }),
			notice({ instance: "a:3306", code: "AllMasterReplicasNotReplicating" }),
			notice({
				instance: "b:3306",
				code: "UnreachableIntermediateMaster",
				isSilent: true,
			}),
		];
		await tell(on, { findings });
		expect(weighedBy(on)).toEqual([]);
		await until(() => overdueOf(on), 20_000).toMatch(
			/^it has come no further for 2 s, and waits for runPhases/,
		);
		const told = ["weigh UnreachableIntermediateMaster"];
		await until(() => weighedBy(on)).toEqual(told);
		await tell(on, { findings });
		await until(() => weighedBy(on)).toEqual([...told, ...told]);
		await delay(500);
		expect(weighedBy(on)).toHaveLength(2);
		expect(on.claims).toHaveLength(1);
		expect(
			environment.overdue.filter((each) =>
				each.startsWith(`${on.identity}: the operation is overdue: it has `),
			),
		).toHaveLength(1);
		open();
		expect((await running).successful).toBe(true);
		expect((await statusOf(on)).running).toBeNull();
	});

	it("gives way to no forced failover that was begun before", async () => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			hookLists: ["PreGracefulTakeoverProcesses"],
			hooks: () => opened.then(() => ({ succeeded: true, says: "ok" })),
		});
		const running = takeover(on);
		await until(() => on.calls).toContain("PreGracefulTakeoverProcesses");
		on.begun.set("again", "an earlier run");
		await expect(
			entityOf(on).executeUpdate(UPDATES.operate, {
				args: [
					{
						kind: "recovery",
						cluster: on.identity,
						instance: "p:3306",
						analysis: "DeadMaster",
						command: "force-master-failover",
					},
				],
				updateId: "again",
			}),
		).rejects.toMatchObject({
			cause: { message: expect.stringContaining("was begun before") },
		});
		open();
		expect(await running).toMatchObject({ successful: true });
		expect(on.claims).toHaveLength(1);
	});

	it.each([
		[
			"says that it is away",
			() =>
				Promise.reject(
					ApplicationFailure.retryable("it is away", "StoreUnavailable"),
				),
			"(it is away)",
		],
		["says nothing", () => delay(20_000), "was not pushed aside"],
	])(
		"gives way to no forced failover while the store %s, and whoever asked is told so within seconds",
		async (_, checkRequest, why) => {
			const { opened, open } = gate();
			const on = stage([up, a, b], {
				hookLists: ["PreGracefulTakeoverProcesses"],
				hooks: () => opened.then(() => ({ succeeded: true, says: "ok" })),
				checkRequest,
			});
			const running = takeover(on);
			await until(() => on.calls).toContain("PreGracefulTakeoverProcesses");
			const askedMs = performance.now();
			await expect(
				recover(on, { command: "force-master-failover" }),
			).rejects.toMatchObject({
				code: "StoreUnavailable",
				message: expect.stringContaining(why),
			});
			expect(performance.now() - askedMs).toBeLessThan(15_000);
			open();
			expect(await running).toMatchObject({ successful: true });
			expect(on.claims).toHaveLength(1);
		},
	);

	it.each([
		["is refused", { succeeded: false, says: "exit status 1" }],
		["succeeds", { succeeded: true, says: "ok" }],
	])(
		"is waited for by a person who forces a failover, and %s",
		async (how, said) => {
			const { opened, open } = gate();
			let isFirst = true;
			const on = stage([gone, lostA, lostB], {
				hookLists: ["PreFailoverProcesses"],
				hooks: () => {
					if (!isFirst) return { succeeded: true, says: "ok" };
					isFirst = false;
					return opened.then(() => said);
				},
			});
			const running = recover(on).catch((error: Error) => error.message);
			await until(() => on.calls).toContain("PreFailoverProcesses");
			const forced = recover(on, { command: "force-master-failover" });
			const outcome = forced.catch((error: Error) => error);
			await delay(200);
			open();
			if (how === "succeeds") {
				expect(await running).toMatchObject({ successful: true });
				expect(await outcome).toMatchObject({
					code: "Refused",
					message: expect.stringContaining("has succeeded: a:3306 is the new"),
				});
				expect(on.claims).toHaveLength(1);
				return;
			}
			expect(await outcome).toMatchObject({ successful: true });
			expect(await running).not.toMatchObject({ successful: true });
			expect(on.claims).toHaveLength(2);
		},
	);

	it("gives way to a failover that a person forces, and is begun anew by nobody else", async () => {
		const { opened } = gate();
		let isHeld = true;
		const on = stage([gone, lostA, lostB], {
			hookLists: ["PreFailoverProcesses"],
			hooks: () => {
				if (!isHeld) return { succeeded: true, says: "ok" };
				isHeld = false;
				return opened.then(() => ({ succeeded: true, says: "ok" }));
			},
			weigh: () => ({ act: true }),
		});
		const running = recover(on);
		await until(() => on.calls).toContain("PreFailoverProcesses");
		const forced = () => recover(on, { command: "force-master-failover" });
		await expect(forced()).rejects.toMatchObject({ code: "Busy" });
		await until(() => overdueOf(on), 20_000).toContain("waits for runHooks");
		await tell(on, { findings: [finding({ isSilent: true })] });
		await delay(500);
		expect(on.claims).toHaveLength(1);
		expect(await forced()).toMatchObject({ successful: true });
		expect(await running).toMatchObject({ successful: false, changed: false });
		expect(on.claims).toHaveLength(2);
	});

	const hangs = async () => {
		const { opened, open } = gate();
		let isGone = false;
		const on = stage([], {
			look: () => snapshotOf(isGone ? [gone, lostA, lostB] : [up, a, b]),
			step: (step) => (step.do === "handOver" ? opened : undefined),
			isDeaf: true,
			weigh: () => ({ act: true }),
		});
		const running = takeover(on).catch((error: Error) => error.message);
		await until(() => on.calls).toContain("handOver a:3306");
		await until(() => overdueOf(on), 20_000).not.toBe("");
		isGone = true;
		await tell(on, { findings: [finding({ isSilent: true })] });
		expect(await running).toMatch(
			/was ended for a failover, since it has come no further for 2 s/,
		);
		await until(() => on.concluded, 20_000).toHaveLength(1);
		expect(on.concluded[0]?.outcome).toMatchObject({
			kind: "recovery",
			successful: true,
		});
		open();
	};

	/** Long before the watch makes anything of it. */
	const isWedged = async () => {
		const on = stage([gone, lostA, lostB], { weigh: () => ({ act: true }) });
		environment.patient.add(on.identity);
		await environment.startNewer(on.identity);
		await tell(on, { findings: [] });
		await until(async () => (await statusOf(on)).running).not.toBeNull();
		await tell(on);
		await until(async () => (await statusOf(on)).last?.says, 45_000).toMatch(
			/was ended for a failover, since its workflow task was tried \d+ times/,
		);
		await until(() => on.concluded, 20_000).toHaveLength(1);
		expect(on.concluded[0]?.outcome.successful).toBe(true);
	};

	// Side by side: each waits for half a minute.
	it("and that cannot take itself back is ended for the failover of a dead primary", async () => {
		await Promise.all([hangs(), isWedged()]);
	}, 90_000);

	it("is told of as well while it takes the cluster", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], { ahead: () => opened });
		const running = recover(on);
		await until(() => overdueOf(on), 20_000).toContain(
			"waits for what it does within its workflow",
		);
		open();
		expect((await running).successful).toBe(true);
	});

	it("is told no longer when it goes on", async () => {
		const { opened, open } = gate();
		const next = gate();
		const on = stage([up, a, b], {
			step: (step) => {
				if (step.do === "handOver") return opened;
				return step.do === "moveBelow" && step.on === "p:3306"
					? next.opened
					: undefined;
			},
		});
		const running = takeover(on);
		await until(() => overdueOf(on), 20_000).not.toBe("");
		open();
		await until(() => on.calls).toContain("move p:3306 below a:3306");
		await until(() => overdueOf(on)).toBe("");
		next.open();
		expect((await running).successful).toBe(true);
	});
});

describe("an operation that is ended from outside", () => {
	it("is closed, told, and holds the cluster no longer", async () => {
		const { opened } = gate();
		let isHeld = true;
		const on = stage([gone, lostA, lostB], {
			step: (step) => {
				if (!isHeld || step.do !== "open") return undefined;
				isHeld = false;
				return opened;
			},
		});
		const running = recover(on).catch((error: Error) => error.message);
		await until(() => on.calls).toContain("open a:3306");
		await environment.client.workflow
			.getHandle(operationWorkflowId(on.identity))
			.terminate("by hand");
		expect(await running).toMatch(/\) was terminated: /);
		expect(environment.ended).toContain(await running);
		expect((await recover(on)).successful).toBe(true);
	});

	it("and that its entity only followed is, too", async () => {
		const { opened } = gate();
		const on = stage([up, a, b], { step: () => opened });
		const { firstExecutionRunId: runId } = await startAlone(on);
		await tell(on, {
			findings: [],
			started: { runId, says: "", request: failoverOf(on) },
		});
		await until(async () => (await statusOf(on)).running).toMatchObject({
			runId,
		});
		await environment.client.workflow
			.getHandle(operationWorkflowId(on.identity))
			.terminate("by hand");
		await until(async () => (await statusOf(on)).last?.says).toContain(
			`(run ${runId}) was terminated`,
		);
		expect(environment.ended).toContainEqual(expect.stringContaining(runId));
	});
});

describe("what stands under a cluster's operation id and never begins", () => {
	const FAILOVER = {
		instance: "p:3306",
		analysis: "DeadMaster",
	};
	const AT_ONCE_MS = 10_000;

	it.each([
		["on a queue of nobody", "takeover", { taskQueue: "nowhere" }],
		["on a queue of nobody, as urgent", "recovery", { taskQueue: "nowhere" }],
		[
			"on a queue of nobody, naming no server",
			"rejoin",
			{ taskQueue: "nowhere" },
		],
		["with a delay", "takeover", { startDelay: "1 hour" }],
		["by a cron expression", "recovery", { cronSchedule: "0 0 1 1 *" }],
	] as const)("%s (%s) does not hold up a failover", async (_, type, rest) => {
		const on = stage([gone, lostA, lostB], { weigh: () => ({ act: true }) });
		const { firstExecutionRunId: runId } =
			await environment.client.workflow.start(type, {
				workflowId: operationWorkflowId(on.identity),
				taskQueue: QUEUES.operate,
				args: [
					{
						identity: on.identity,
						...(type === "recovery" ? FAILOVER : {}),
					},
				],
				...rest,
			});
		await tell(on);
		await until(() => on.concluded, AT_ONCE_MS).toHaveLength(1);
		expect(on.concluded[0]?.outcome).toMatchObject({
			kind: "recovery",
			successful: true,
		});
		expect(environment.ended).toContainEqual(
			expect.stringContaining(`(run ${runId}) was ended, since it was started`),
		);
	});

	it.each(["nosuch", "cluster2"])(
		"a %s, of which no node knows anything, does not hold up a failover",
		async (type) => {
			const on = stage([gone, lostA, lostB], { weigh: () => ({ act: true }) });
			await environment.client.workflow.start(type, {
				workflowId: operationWorkflowId(on.identity),
				taskQueue: QUEUES.operate,
				args: [{ identity: on.identity }],
			});
			await tell(on);
			await until(() => on.concluded, AT_ONCE_MS).toHaveLength(1);
			expect(environment.ended).toContainEqual(
				expect.stringContaining(`no node knows operations of type ${type}`),
			);
		},
	);

	it("is ended where its entity follows it already", async () => {
		const on = stage([gone, lostA, lostB]);
		// It has looked for one by then.
		await tell(on, { findings: [] });
		await until(() => statusOf(on)).toMatchObject({ running: null });
		await delay(500);
		const { firstExecutionRunId: runId } =
			await environment.client.workflow.start("recovery", {
				workflowId: operationWorkflowId(on.identity),
				taskQueue: "nowhere",
				args: [{ identity: on.identity, ...FAILOVER }],
			});
		await tell(on, {
			findings: [],
			started: { runId, says: "", request: failoverOf(on) },
		});
		await until(async () => (await statusOf(on)).last?.says).toMatch(
			/was ended, since it was started on the task queue nowhere/,
		);
	});
});

/** An operation of which the entity is not told. */
const startAlone = (on: Stage) =>
	environment.client.workflow.start("takeover", {
		workflowId: operationWorkflowId(on.identity),
		taskQueue: QUEUES.operate,
		args: [{ cluster: on.identity, to: "a:3306", identity: on.identity }],
	});

describe("an operation that the entity has not been told of", () => {
	it.each([
		["an entity that begins", (on: Stage) => tell(on, { findings: [] })],
		[
			"a request that it refuses",
			async (on: Stage) => {
				await tell(on, { findings: [] });
				await delay(300);
			},
		],
	])("is found by %s, and followed", async (what, begin) => {
		const { opened, open } = gate();
		const on = stage([up, a, b], {
			step: (step) => (step.do === "handOver" ? opened : undefined),
		});
		const isFirst = what === "an entity that begins";
		if (!isFirst) await begin(on);
		const { firstExecutionRunId: runId } = await startAlone(on);
		await until(() => on.calls).toContain("handOver a:3306");
		if (isFirst) await begin(on);
		else
			await expect(takeover(on)).rejects.toMatchObject({
				code: "Busy",
			});
		await until(async () => (await statusOf(on)).running).toMatchObject({
			runId,
			request: { kind: "takeover", cluster: on.identity, to: "a:3306" },
		});
		open();
		await until(async () => (await statusOf(on)).running).toBeNull();
		expect((await statusOf(on)).last?.says).toBe(on.concluded[0]?.outcome.says);
	});

	it("is found when its record blocks a failover", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], {
			step: (step) => (step.do === "open" ? opened : undefined),
			weigh: () => ({ says: "blocked" }),
		});
		await tell(on, { findings: [] });
		await delay(300);
		const { firstExecutionRunId: runId } =
			await environment.client.workflow.start("recovery", {
				workflowId: operationWorkflowId(on.identity),
				taskQueue: QUEUES.operate,
				args: [{ ...failoverOf(on), identity: on.identity }],
			});
		await until(() => on.calls).toContain("open a:3306");
		await tell(on);
		await until(async () => (await statusOf(on)).running).toMatchObject({
			runId,
		});
		open();
		await until(async () => (await statusOf(on)).last?.says).toBe(
			on.concluded[0]?.outcome.says,
		);
		// It was followed once.
		expect(on.claims).toHaveLength(1);
	});
});

describe("a failover that the declaring node starts", () => {
	const straight = (
		on: Stage,
		detectionHooks: readonly string[] = [],
		isHeld = false,
	) =>
		createStraightStart({
			isHeld: async () => isHeld,
			client: environment.nearClient,
			weigh: async () => {
				on.calls.push("weigh here");
				return WEIGHED;
			},
			config: () => ({ OnFailureDetectionProcesses: [...detectionHooks] }),
			log: { warn: (text) => on.calls.push(text) },
		});

	it("is followed by the entity, refuses others meanwhile, and runs its own hooks", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], {
			step: (step) => (step.do === "open" ? opened : undefined),
			hookLists: ["PostFailoverProcesses"],
			weigh: () => ({ act: true }),
		});
		const change = await straight(on)(on.identity, { findings: [finding()] });
		expect(change.started?.says).toBe(WEIGHED.says);
		await tell(on, change);
		await until(() => on.calls).toContain("open a:3306");
		await until(async () => (await statusOf(on)).running).toMatchObject({
			runId: change.started?.runId,
			request: { kind: "recovery", detectionId: 7 },
		});
		await expect(takeover(on)).rejects.toMatchObject({
			code: "Busy",
			message: expect.stringContaining("a recovery of this cluster is running"),
		});
		open();
		await until(() => on.calls).toContain("PostFailoverProcesses");
		await until(async () => (await statusOf(on)).last?.says).toBe(
			on.concluded[0]?.outcome.says,
		);
		expect(on.claims).toHaveLength(1);
		expect(on.calls).not.toContain("weigh DeadMaster");
	});

	it("that the entity has not heard of refuses others all the same", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], {
			step: (step) => (step.do === "open" ? opened : undefined),
		});
		await straight(on)(on.identity, { findings: [finding()] });
		await until(() => on.calls).toContain("open a:3306");
		await expect(takeover(on)).rejects.toMatchObject({
			code: "Busy",
			// The entity has found it by the second question.
			message: expect.stringMatching(
				/^(another operation|a recovery) of this cluster is running/,
			),
		});
		open();
		await until(() => on.concluded).toHaveLength(1);
		expect(on.claims).toHaveLength(1);
	});

	it("and that fails leaves the entity with its words", async () => {
		let isForgotten = false;
		const on = stage([], {
			look: () => {
				if (isForgotten)
					throw ApplicationFailure.nonRetryable("no such cluster", "Internal");
				return snapshotOf([gone, lostA, lostB]);
			},
		});
		isForgotten = true;
		const change = await straight(on)(on.identity, { findings: [finding()] });
		await tell(on, change);
		await until(async () => (await statusOf(on)).last?.says).toBe(
			"no such cluster",
		);
	});

	it("and one of whose activities fails leaves it with the words of that", async () => {
		const on = stage([gone, lostA, lostB], {
			step: () => {
				throw ApplicationFailure.nonRetryable("it is over", "Superseded");
			},
		});
		const change = await straight(on)(on.identity, { findings: [finding()] });
		await tell(on, change);
		await until(async () => (await statusOf(on)).last?.says).toBe("it is over");
	});

	it.each([
		["server", {}],
		["analysis", { instance: "p:3306", analysis: null }],
	])(
		"and that names no %s fails, and does not hold the cluster",
		async (_, input) => {
			const on = stage([up, a, b]);
			await expect(
				environment.client.workflow.execute("recovery", {
					workflowId: operationWorkflowId(on.identity),
					taskQueue: QUEUES.operate,
					args: [{ identity: on.identity, ...input }],
				}),
			).rejects.toMatchObject({ cause: { type: "BadInput" } });
			expect((await takeover(on)).successful).toBe(true);
		},
	);

	it("and of which Temporal knows nothing frees the cluster again", async () => {
		const on = stage([up, a, b]);
		await tell(on, {
			findings: [],
			started: {
				runId: "01a22748-88eb-7599-9a9d-1fd7c24a4374",
				says: "",
				request: failoverOf(on),
			},
		});
		await until(async () => (await statusOf(on)).last?.says).toContain(
			"nobody can tell how it ended",
		);
		expect((await takeover(on)).successful).toBe(true);
	});

	it("and whose workflow cannot go on is ended, told, and holds the cluster no longer", async () => {
		const on = stage([up, a, b]);
		const runId = await environment.startNewer(on.identity);
		await tell(on, {
			findings: [],
			started: {
				runId,
				says: "",
				request: failoverOf(on),
			},
		});
		await until(async () => (await statusOf(on)).last?.says, 60_000).toMatch(
			/^operate\/.* was ended, since its workflow task was tried \d+ times/,
		);
		expect(environment.ended).toContainEqual(expect.stringContaining(runId));
		expect((await takeover(on)).successful).toBe(true);
	});

	it("is left to the entity while an operation runs, which it pre-empts", async () => {
		const { opened } = gate();
		let isGone = false;
		let isHeld = true;
		const on = stage([], {
			look: (): Snapshot =>
				snapshotOf(isGone ? [gone, lostA, lostB] : [up, a, b]),
			step: (step) => {
				if (!isHeld || step.do !== "moveBelow") return undefined;
				isHeld = false;
				return opened;
			},
			weigh: () => ({ act: true }),
		});
		const running = takeover(on);
		await until(() => on.calls).toContain("move b:3306 below a:3306");
		isGone = true;
		const change = await straight(on)(on.identity, { findings: [finding()] });
		expect(change.started).toBeUndefined();
		await tell(on, change);
		expect((await running).successful).toBe(false);
		await until(() => on.concluded).toHaveLength(2);
		expect(on.concluded[1]?.outcome).toMatchObject({
			kind: "recovery",
			successful: true,
		});
	});

	it.each<[string, Partial<Finding>, readonly string[], boolean]>([
		["a hook has to be heard first", {}, ["true"], false],
		["nothing can be done", { isActionable: false }, [], false],
		["it is no primary's", { recovery: "notice" }, [], false],
		// A weighing would record that it is blocked by what may well be its own recovery.
		["an operation holds the cluster", {}, [], true],
	])(
		"is left to the entity, unweighed, when %s",
		async (_, rest, hooks, isHeld) => {
			const on = stage([gone, lostA, lostB]);
			const change = { findings: [finding(rest)] };
			expect(await straight(on, hooks, isHeld)(on.identity, change)).toEqual(
				change,
			);
			expect(on.calls).toEqual([]);
		},
	);
});

const recover = (
	on: Stage,
	rest: { command?: RecoveryCommand; candidate?: InstanceName } = {},
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
	it("takes the next candidate when one fails at its promotion, and leaves it behind", async () => {
		const on = stage([gone, lostA, lostB], {
			step: (step, server) =>
				step.do === "open" && server === "a:3306"
					? failed("a:3306 went away", "unknown")
					: undefined,
			account: () => "gone",
		});
		const outcome = await recover(on);
		expect(outcome).toMatchObject({ successful: true, successor: "b:3306" });
		expect(outcome.left.map((each) => each.name)).toEqual(["a:3306"]);
		expect(on.calls.indexOf("open b:3306")).toBeGreaterThan(
			on.calls.indexOf("account a:3306"),
		);
		expect(on.calls).not.toContain("primary a:3306");
	});

	it("opens nobody else while one that may be open says nothing", async () => {
		const on = stage([gone, lostA, lostB], {
			step: (step, server) =>
				step.do === "open" && server === "a:3306"
					? failed("no answer", "unknown")
					: undefined,
			account: () => "silent",
		});
		const outcome = await recover(on);
		expect(outcome).toMatchObject({
			successful: false,
			changed: true,
			successor: "",
			says: "a:3306 is silent",
		});
		expect(on.calls).not.toContain("open b:3306");
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
				settings: { mode: "lossless" },
				step: (step) =>
					step.do === "open" ? failed("a:3306 went away") : undefined,
			},
		);
		const outcome = await recover(on);
		expect(outcome.successful).toBe(false);
		expect(on.calls).not.toContain("open b:3306");
		expect(on.calls).toContain("startReceiver b:3306");
	});

	it("does nothing after a failing PreFailover hook, and its record is closed after it was opened", async () => {
		const { opened, open } = gate();
		const on = stage([gone, lostA, lostB], {
			hookLists: ["PreFailoverProcesses", "PostFailoverProcesses"],
			hooks: () => ({ succeeded: false, says: "FAILED (1)" }),
			openRecovery: () => opened.then(() => undefined),
		});
		const outcome = recover(on);
		await until(() => on.calls).toContain("PreFailoverProcesses");
		setTimeout(open, 300);
		expect(await outcome).toMatchObject({
			successful: false,
			changed: false,
			says: "a PreFailoverProcesses hook failed: nothing was changed",
		});
		expect(on.calls).toEqual([
			"begin recovery",
			"PreFailoverProcesses",
			"openRecovery p:3306",
			"conclude",
		]);
	});

	it("tells the post hooks whom it promoted, or that it promoted nobody", async () => {
		const hookLists = [
			"PostMasterFailoverProcesses",
			"PostFailoverProcesses",
			"PostUnsuccessfulFailoverProcesses",
		] as const;
		const good = stage([gone, lostA], { hookLists });
		await recover(good);
		expect(good.calls.filter((each) => each.startsWith("Post"))).toEqual([
			"PostMasterFailoverProcesses",
			"PostFailoverProcesses",
		]);
		const bad = stage([gone, lostA], {
			hookLists,
			step: (step) =>
				step.do === "open" ? failed("it will not open") : undefined,
		});
		expect((await recover(bad)).successful).toBe(false);
		expect(bad.calls.filter((each) => each.startsWith("Post"))).toEqual([
			"PostUnsuccessfulFailoverProcesses",
		]);
		expect(bad.calls).toContain("startReceiver a:3306");
	});

	it("towards a server that may not be promoted touches nothing, least of all a primary that lives", async () => {
		const never = { ...a, promotionRule: "must_not" as const };
		const on = stage([up, never, b]);
		const outcome = await recover(on, {
			command: "force-master-takeover",
			candidate: "a:3306",
		});
		expect(outcome).toMatchObject({ successful: false, attempted: false });
		expect(outcome.says).toContain("must_not");
		expect(on.calls).toEqual(["begin recovery", "conclude"]);
	});

	it("of a primary that answers makes it read-only first, or goes no further", async () => {
		const on = stage([up, a, b], {
			step: (step) =>
				step.do === "close" ? failed("p:3306 does not answer") : undefined,
		});
		const outcome = await recover(on, { command: "force-master-failover" });
		expect(outcome.successful).toBe(false);
		expect(on.calls.filter((each) => /stop|open /.test(each))).toEqual([]);
	});

	it("that promotes nobody opens the primary again that it had closed", async () => {
		const on = stage([up, a], {
			step: (step, server) =>
				step.do === "open" && server === "a:3306"
					? failed("it will not open")
					: undefined,
		});
		const outcome = await recover(on, { command: "force-master-failover" });
		expect(outcome).toMatchObject({ successful: false, changed: false });
		expect(on.calls.indexOf("open p:3306")).toBeGreaterThan(
			on.calls.indexOf("close p:3306"),
		);
		expect(on.calls).toContain("startReceiver a:3306");
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
			below: "b:3306",
		});
		expect(on.calls).toEqual([
			"begin relocation",
			"applyReceived b:3306",
			"move a:3306 below b:3306",
			"conclude",
		]);
	});

	it("that fails is put back", async () => {
		const on = stage([up, a, b], {
			step: (step) =>
				step.do === "moveBelow" && step.source === "b:3306"
					? failed("no connection", "changed")
					: undefined,
		});
		expect(await relocate(on)).toMatchObject({
			successful: false,
			changed: false,
			says: "undone: no connection",
		});
		expect(on.calls).toContain("move a:3306 below p:3306");
	});
});

describe("a primary that was changed on the servers", () => {
	const ON_RECORD: Role = {
		primary: "p:3306",
		server: NO_MARK,
		epoch: 0,
		word: "met",
		sinceMs: 0,
	};
	const below = (name: string): Instance => ({
		...replica(name, 1),
		replication: running("n"),
	});
	const moved = async (instances: readonly Instance[]): Promise<Stage> => {
		const on = stage(instances, {
			look: () => ({
				...snapshotOf(instances, { clusterName: "p:3306" }),
				role: ON_RECORD,
			}),
		});
		await createTeller(environment.client).primaryMoved(on.identity, "n:3306");
		await until(() => on.concluded).toHaveLength(1);
		return on;
	};

	it("is recorded, and no server is touched", async () => {
		const on = await moved([below("p"), server("n", 2), below("a")]);
		expect(on.calls).toEqual(["begin adoption", "primary n:3306", "conclude"]);
		expect(on.concluded[0]?.outcome).toMatchObject({
			kind: "adoption",
			successful: true,
			changed: false,
		});
	});

	it("is not when another one takes writes, too", async () => {
		const on = await moved([below("p"), server("n", 2), server("x", 3)]);
		expect(on.calls).toEqual(["begin adoption", "conclude"]);
		expect(on.concluded[0]?.outcome).toMatchObject({
			successful: false,
			attempted: false,
			says: expect.stringContaining("x:3306 takes writes, too"),
		});
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
			"close old1:3306",
			"findCredential old1:3306",
			"move old1:3306 below p:3306",
			"conclude",
		]);
		expect(on.concluded[0]?.outcome).toMatchObject({
			kind: "rejoin",
			successful: true,
			state: "rejoined",
		});
	});

	it("is held back when it has", async () => {
		const extra = server("old2", 9, {
			executedGtid: `${gtids(100)},${uuid(9)}:1-3`,
		});
		const on = await returns(extra);
		expect(on.concluded[0]?.outcome).toMatchObject({
			successful: false,
			state: "fenced",
		});
		expect(await ended(operationWorkflowId(on.identity))).toEqual({
			status: "FAILED",
			type: "NotSuccessful",
			says: expect.stringContaining("is held back, read-only"),
		});
		expect(on.concluded[0]?.ending.settlesFence?.note).toContain(
			`${uuid(9)}:1-3`,
		);
		expect(on.calls.some((each) => each.startsWith("move"))).toBe(false);
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
