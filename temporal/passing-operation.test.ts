import type { Client } from "@temporalio/client";
import { expect, it } from "vitest";
import type {
	OperationKind,
	OperationRequest,
} from "../src/planning/operation.ts";
import { createPatience } from "./passing-operation.ts";

const TAKEOVER: OperationRequest = { kind: "takeover", cluster: "c" };
const RECOVER: OperationRequest = {
	kind: "recovery",
	cluster: "c",
	instance: "p:3306",
	analysis: "DeadMaster",
	command: "recover",
};

/** @returns whether the end of the running operation is waited for */
const waitsFor = async (
	kind: OperationKind | undefined,
	asked: OperationRequest,
): Promise<boolean> => {
	let isAsked = false;
	const client = {
		workflow: {
			getHandle: () => ({
				result: async () => {
					isAsked = true;
					throw new Error("it has failed, which is an end too");
				},
			}),
		},
	} as unknown as Client;
	const patience = createPatience(client, async () =>
		kind === undefined
			? undefined
			: {
					identity: "c",
					epoch: 1,
					workflowId: "w",
					runId: "r",
					kind,
					startedAtMs: 1,
				},
	);
	await patience("c", asked);
	return isAsked;
};

it.each([
	[undefined, TAKEOVER, false],
	["rejoin", TAKEOVER, true],
	["adoption", TAKEOVER, true],
	["recovery", RECOVER, true],
	// A second change of primary right after the first is not what was meant.
	["takeover", TAKEOVER, false],
	["recovery", TAKEOVER, false],
	["relocation", TAKEOVER, false],
	["takeover", RECOVER, false],
	["recovery", { ...RECOVER, command: "force-master-failover" }, false],
] as const)(
	"of %s, when %j is asked for: %s",
	async (kind, asked, expected) => {
		expect(await waitsFor(kind, asked)).toBe(expected);
	},
);

it("waits for a moment, and no longer", async () => {
	const client = {
		workflow: {
			getHandle: () => ({ result: () => new Promise(() => undefined) }),
		},
	} as unknown as Client;
	const patience = createPatience(client, async () => ({
		identity: "c",
		epoch: 1,
		workflowId: "w",
		runId: "r",
		kind: "rejoin",
		startedAtMs: 1,
	}));
	// It comes to an end at all.
	await patience("c", TAKEOVER);
});
