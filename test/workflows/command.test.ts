// Commands that are given to Temporal by name.

import { WorkflowFailedError } from "@temporalio/client";
import type { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Instance } from "../../src/topology/instance.ts";
import { operationWorkflowId, QUEUES } from "../../temporal/names.ts";
import { replica, server, snapshotOf } from "../support/made-up-servers.ts";
import { changing, type Environment, startEnvironment } from "./environment.ts";
import { type Behaviour, failed, type Stage } from "./stand-ins.ts";

let environment: Environment;
beforeAll(async () => {
	environment = await startEnvironment();
});
afterAll(() => environment?.stop());

const SERVERS: readonly Instance[] = [
	server("p", 1),
	replica("a", 2),
	replica("b", 3),
];

let clusters = 0;
const stage = (behaviour: Partial<Behaviour> = {}): Stage => {
	clusters += 1;
	return environment.stage(`commanded-${clusters}`, {
		look: () => snapshotOf(SERVERS),
		...behaviour,
	});
};

let count = 0;
const start = (type: string, ...args: unknown[]) => {
	count += 1;
	return environment.client.workflow.start(type, {
		workflowId: `given-${count}`,
		taskQueue: QUEUES.operate,
		args,
	});
};

type Started = Awaited<ReturnType<typeof start>>;

const takeoverOf = ({ identity }: Stage) => ({
	command: "graceful-master-takeover",
	args: { cluster: identity, to: "a:3306" },
});

/** How it ended, as the list of workflows has it. */
const endOf = async (handle: Started) => {
	const failure = await handle.result().then(
		() => undefined,
		(error: unknown) => {
			if (!(error instanceof WorkflowFailedError)) throw error;
			return error.cause as ApplicationFailure;
		},
	);
	const { status, searchAttributes } = await handle.describe();
	return {
		status: status.name,
		says: failure?.message ?? "",
		type: failure?.type,
		told: failure?.details?.[0],
		state: searchAttributes["BatonState"]?.[0],
	};
};

const detailsOf = async (handle: Started): Promise<string> =>
	(
		await handle.query<{ currentDetails?: string }>(
			"__temporal_workflow_metadata",
		)
	).currentDetails ?? "";

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

describe("a command", () => {
	it("is run by the cluster's entity, and tells its end as both surfaces do", async () => {
		const on = stage();
		const handle = await start("operation", takeoverOf(on));
		expect(await handle.result()).toMatchObject({
			command: "graceful-master-takeover",
			lines: ["a:3306", expect.stringContaining(":")],
			hints: [],
			answer: {
				Code: "OK",
				Message: expect.stringMatching(/^graceful-master-takeover: /),
				Details: { SuccessorKey: { Hostname: "a", Port: 3306 } },
			},
		});
		const { searchAttributes } = await handle.describe();
		expect(searchAttributes).toMatchObject({
			BatonCluster: [on.identity],
			BatonAlias: [on.identity],
			BatonOperation: ["takeover"],
			BatonInstances: ["a:3306"],
			BatonState: ["succeeded"],
		});
		expect(on.concluded[0]?.request).toMatchObject({
			to: "a:3306",
			requestedBy: `workflow ${handle.workflowId}`,
		});
		expect(await detailsOf(handle)).toContain("graceful-master-takeover: ");
	});

	it("that does not reach its goal has failed with its sentence", async () => {
		const on = stage({
			step: (step) =>
				step.do === "handOver" ? failed("a:3306 did not catch up") : undefined,
		});
		expect(await endOf(await start("operation", takeoverOf(on)))).toMatchObject(
			{
				status: "FAILED",
				type: "NotSuccessful",
				says: "undone: a:3306 did not catch up",
				state: "failed",
				told: { answer: { Code: "ERROR" }, lines: [] },
			},
		);
	});

	it("is refused while another one runs, with the reason", async () => {
		const { opened, open } = gate();
		const on = stage({
			step: (step) => (step.do === "findCredential" ? opened : undefined),
		});
		const first = await start("operation", takeoverOf(on));
		await until(() => on.calls).toContain("findCredential a:3306");
		expect(await endOf(await start("operation", takeoverOf(on)))).toMatchObject(
			{
				status: "FAILED",
				type: "Busy",
				says: expect.stringContaining("a takeover of this cluster is running"),
			},
		);
		open();
		expect((await endOf(first)).status).toBe("COMPLETED");
		expect(on.claims).toHaveLength(1);
	});

	it.each<[string, unknown, string]>([
		["nothing", undefined, "input must be "],
		["a word", "relocate", "input must be "],
		["no command", { args: {} }, "command is missing"],
		["mistyped", { command: "relocat" }, "did you mean relocate or "],
		["a read", { command: "topology" }, "what only reads is asked for on "],
		[
			"one server",
			{ command: "relocate", args: { below: "a" } },
			"instance is missing",
		],
		[
			"a number",
			{ command: "relocate", args: { instance: "a", below: 7.5 } },
			"below must be a text",
		],
		[
			"a long name",
			{
				command: "relocate",
				args: { instance: "a", below: "x".repeat(5_000) },
			},
			"below is longer than ",
		],
		[
			"a secret",
			{ command: "access-token", args: {} },
			"access-token is for the command line alone",
		],
	])("that is %s ends at once, with a sentence", async (_, given, says) => {
		const args = given === undefined ? [] : [given];
		expect(await endOf(await start("operation", ...args))).toMatchObject({
			status: "FAILED",
			type: "BadInput",
			says: expect.stringContaining(says),
		});
	});
});

it("a change of the store that is cancelled in its middle is told as made", async () => {
	const { opened, open } = gate();
	let isAsked = false;
	changing.globally = async () => {
		isAsked = true;
		await opened;
	};
	const handle = await start("operation", {
		command: "disable-global-recoveries",
	});
	await until(() => isAsked).toBe(true);
	await handle.cancel();
	open();
	expect(await handle.result()).toMatchObject({
		answer: { Code: "OK" },
		notCancelled: "it had reached its end already",
	});
});

it.each(["operation", "takeover"])(
	"a second input beside that of a %s is not left undone in silence",
	async (type) => {
		const on = stage();
		const given =
			type === "operation" ? takeoverOf(on) : { cluster: on.identity };
		expect(await endOf(await start(type, given, given))).toMatchObject({
			status: "FAILED",
			type: "BadInput",
			says: expect.stringContaining("takes one input, and nothing was done: 2"),
		});
		expect(on.claims).toEqual([]);
	},
);

describe.each([
	["operation", takeoverOf],
	["takeover", ({ identity }: Stage) => ({ cluster: identity, to: "a:3306" })],
])("a cancelled %s", (type, inputOf) => {
	const UNDONE =
		"undone: it was cancelled, or something more urgent came first, before its point of no return";

	it("is taken back before its point of no return", async () => {
		const { opened, open } = gate();
		const on = stage({
			step: (step) =>
				step.do === "moveBelow" && step.source === "a:3306"
					? opened
					: undefined,
		});
		const handle = await start(type, inputOf(on));
		await until(() => on.calls).toContain("move b:3306 below a:3306");
		await handle.cancel();
		expect(await endOf(handle)).toMatchObject({
			status: "FAILED",
			type: "NotSuccessful",
			says: UNDONE,
		});
		expect(on.calls).toContain("move b:3306 below p:3306");
		expect(on.calls).not.toContain("handOver a:3306");
		open();
	});

	it("goes on to its end after it, and says why", async () => {
		const { opened, open } = gate();
		const on = stage({
			step: (step) => (step.do === "handOver" ? opened : undefined),
		});
		const handle = await start(type, inputOf(on));
		await until(() => on.calls).toContain("handOver a:3306");
		await handle.cancel();
		const says = "it is at its point of no return, or past it, and goes on";
		await until(() => detailsOf(handle)).toContain(says);
		// So says one that is cancelled itself.
		const operate = environment.client.workflow.getHandle(
			operationWorkflowId(on.identity),
		);
		await operate.cancel();
		await until(() => detailsOf(operate as Started)).toContain(
			"it was to be cancelled: it is at its point of no return",
		);
		open();
		expect((await endOf(handle)).status).toBe("COMPLETED");
		if (type === "operation")
			expect(await handle.result()).toMatchObject({
				notCancelled: expect.stringContaining(says),
			});
		expect(on.concluded[0]?.outcome).toMatchObject({
			successful: true,
			successor: "a:3306",
		});
	});

	it("is not that of somebody else", async () => {
		const { opened, open } = gate();
		const on = stage({
			step: (step) => (step.do === "findCredential" ? opened : undefined),
		});
		const first = await start("operation", takeoverOf(on));
		await until(() => on.calls).toContain("findCredential a:3306");
		const second = await start(type, inputOf(on));
		await second.cancel();
		expect(["Busy", undefined]).toContain((await endOf(second)).type);
		open();
		expect((await endOf(first)).status).toBe("COMPLETED");
	});
});

describe("a terminated one", () => {
	it("leaves its operation to its end, and the cluster free for the next", async () => {
		const { opened, open } = gate();
		const on = stage({
			step: (step) =>
				step.do === "handOver" && on.claims.length === 1 ? opened : undefined,
		});
		const handle = await start("operation", takeoverOf(on));
		await until(() => on.calls).toContain("handOver a:3306");
		await handle.terminate("by hand");
		open();
		await until(() => on.concluded.length).toBe(1);
		expect(on.concluded[0]?.outcome.successful).toBe(true);
		await until(async () => {
			const next = await start("operation", takeoverOf(on));
			return (await endOf(next)).type ?? "";
		}).not.toBe("Busy");
		expect(on.claims.length).toBeGreaterThan(1);
	});
});
