// Whoever can reach Temporal can start a workflow with nothing, or with nonsense.

import { WorkflowFailedError } from "@temporalio/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	clusterWorkflowId,
	operationWorkflowId,
	QUEUES,
} from "../../temporal/names.ts";
import { type Environment, startEnvironment } from "./environment.ts";

let environment: Environment;
beforeAll(async () => {
	environment = await startEnvironment();
});
afterAll(() => environment?.stop());

const endOf = async (
	type: string,
	args: unknown[],
	workflowId: string,
): Promise<unknown> => {
	const handle = await environment.client.workflow.start(type, {
		workflowId,
		taskQueue: QUEUES.operate,
		args,
	});
	return handle.result().catch((error: unknown) => {
		let at = error;
		if (!(at instanceof WorkflowFailedError)) throw at;
		while (at instanceof Error && at.cause !== undefined) at = at.cause;
		return at;
	});
};

/** Those that take something; `discover` and `housekeeping` take nothing, and look at nothing that they are given. */
const TYPES = [
	"cluster",
	"watch",
	"rehearsal",
	"afterwards",
	"recovery",
	"takeover",
	"relocation",
	"moves",
	"exchange",
	"coPrimary",
	"rejoin",
	"adoption",
	"serverChange",
	"operation",
];

describe.each(TYPES)("a %s", (type) => {
	it.each([
		["nothing", []],
		["null", [null]],
		["a word", ["shop"]],
		["a list", [["shop"]]],
		["no field", [{}]],
		["fields that are none", [{ identity: 5, group: "x", uid: [], kind: 7 }]],
	])(
		"that is given %s ends with a failure that says so",
		async (what, args) => {
			expect(
				await endOf(type, args, `inputs-${type}-${what.replaceAll(" ", "-")}`),
			).toMatchObject({ type: "BadInput" });
		},
	);
});

it.each([
	["cluster", { identity: "shop" }, "cluster/shop"],
	["watch", { group: 0, groups: 1 }, "watch/0"],
	["rollingMaintenance", { identity: "shop" }, "rolling-maintenance/shop"],
])(
	"a second %s under another id ends with a failure that names its own",
	async (type, given, id) => {
		expect(await endOf(type, [given], `another-${type}`)).toMatchObject({
			type: "BadInput",
			message: expect.stringContaining(`has the workflow id ${id},`),
		});
	},
);

describe("what holds a cluster by its workflow id", () => {
	it.each([
		"recovery",
		"relocation",
		"moves",
		"rejoin",
		"adoption",
		"serverChange",
	])("a %s that names no servers lets go of it", async (type) => {
		const identity = `held-by-${type}`;
		expect(
			await endOf(type, [{ identity }], operationWorkflowId(identity)),
		).toMatchObject({ type: "BadInput" });
	});

	it.each([
		["findings", { findings: 5, returned: [] }],
		["servers", { findings: [], returned: [7] }],
		["returned ones", { findings: [], returned: ["p:3306", "no server"] }],
		["primary", { findings: [], returned: [], moved: "p" }],
		["new primary", { findings: [], returned: [], moved: "![x](p):3306" }],
		["last ends", { findings: [], returned: [], last: { kind: "takeover" } }],
		["verdicts", { findings: [], returned: [], verdicts: { "p:3306": null } }],
	])("an entity whose %s are none of its own ends", async (what, carried) => {
		const identity = `carrying ${what}`;
		expect(
			await endOf(
				"cluster",
				[{ identity, carried }],
				clusterWorkflowId(identity),
			),
		).toMatchObject({
			type: "BadInput",
			message: expect.stringContaining("carried is missing or malformed"),
		});
	});
});
