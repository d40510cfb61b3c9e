// Servers with GTID sets of hundreds of kilobytes: nothing of them travels through an operation's history.

import { MockActivityEnvironment } from "@temporalio/testing";
import pino from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { documentedDefaults } from "../src/config/keys.ts";
import { createPictures } from "../src/engine/pictures.ts";
import {
	type OperationPort,
	runOperation,
} from "../src/engine/run-operation.ts";
import { afterStep } from "../src/planning/foresee.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../src/planning/operation.ts";
import type { Step } from "../src/planning/step.ts";
import type { Store } from "../src/store/contract.ts";
import { union } from "../src/topology/gtid/gtid.ts";
import type { Instance } from "../src/topology/instance.ts";
import {
	failing,
	LOST_SOURCE,
	NOW,
	replica,
	server,
	snapshotOf,
} from "../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../test/support/temporary-stores.ts";
import { createOperationActivities } from "./operation-activities.ts";
import { createStepActivities } from "./step-activities.ts";

let stores: TemporaryStores;
let store: Store;
let identity: string;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	identity = await store.clusters.adopt("p:3306", [
		"p:3306",
		"a:3306",
		"b:3306",
		"c:3306",
	]);
});
afterEach(() => stores.remove());

/** Bytes. Temporal warns of a payload of 512 KB, and takes none of 2 MB. */
const MOST = 64_000;

/** Transactions of so many servers that were here once: 315 KB. */
const setOf = (from: number): string =>
	Array.from(
		{ length: 7_000 },
		(_, at) =>
			`${String(from + at).padStart(8, "0")}-0000-4000-8000-00000000000a:1-7`,
	).join(",");
const OLD = setOf(10_000_000);
const NEWER = setOf(20_000_000);
const OWN = setOf(30_000_000);
const SETS = [OLD, union("mysql", OLD, NEWER), union("mysql", OLD, OWN)];

type Sets = readonly [number, number, number, number];

/** Of the primary and its replicas. */
const WHO_HAS_WHAT: readonly Sets[] = [
	[0, 0, 0, 0],
	[1, 0, 0, 0],
	[1, 0, 1, 2],
	[0, 2, 2, 1],
];

const instancesOf = ([p, a, b, c]: Sets, isDead: boolean): Instance[] => {
	const set = (at: number): string => SETS[at] ?? "";
	const follows = (name: string, id: number, at: number) =>
		replica(
			name,
			id,
			{ executedGtid: set(at), errantGtid: at === 2 ? OWN : "" },
			{ ...(isDead ? LOST_SOURCE : {}), retrievedGtid: set(at) },
		);
	return [
		server("p", 1, {
			executedGtid: set(p),
			...(isDead ? { check: failing("connection-refused") } : {}),
		}),
		follows("a", 2, a),
		follows("b", 3, b),
		follows("c", 4, c),
	];
};

const activitiesOn = (instances: readonly Instance[]) => {
	const pictures = createPictures(store.operations);
	const deps = {
		store,
		pictures,
		sight: { check: async () => undefined },
		watched: {
			lookNow: async () => snapshotOf(instances, { identity }),
			settle: async () => undefined,
		},
		credentials: { drop: () => undefined },
		config: documentedDefaults,
		log: pino({ level: "silent" }),
		nowMs: () => NOW,
		isRunning: async () => false,
		runSteps: async (uid: string, steps: readonly Step[]) => {
			for (const step of steps)
				await pictures.keep(uid, afterStep(await pictures.of(uid), step));
			return steps.map((step) => ({
				outcome: "done",
				effect: "changed",
				reached: "",
				says: `${step.do} ${step.on}, which has ${OLD}`,
				startedAtMs: 0,
				endedAtMs: 0,
			}));
		},
	} as unknown as Parameters<typeof createOperationActivities>[0];
	return {
		...createOperationActivities(deps),
		...createStepActivities(deps),
	};
};

/** Runs it as a workflow would. @returns its outcome, and the largest payload by what it went to or came from */
const runSmall = async (request: OperationRequest, instances: Instance[]) => {
	const activities = activitiesOn(instances);
	const sizes: [string, number][] = [];
	const through = async <In, Out>(
		work: (input: In) => Promise<Out>,
		input: In,
	): Promise<Out> => {
		const note = (what: unknown) =>
			sizes.push([work.name, (JSON.stringify(what) ?? "").length]);
		note(input);
		const output = await new MockActivityEnvironment().run(work, input);
		note(output);
		return output as Out;
	};
	const runId = `run of ${request.kind}`;
	const port: OperationPort = {
		begin: () =>
			through(activities.begin, { identity, request, workflowId: "w", runId }),
		openRecovery: ({ claim }, context) =>
			through(activities.openRecovery, { claim, context, detectionId: 0 }),
		hooks: () => Promise.reject(new Error("there are none")),
		runPhases: (input) => through(activities.runPhases, input),
		replan: ({ claim }, done) =>
			through(activities.replan, { claim, request, done }),
		account: () => Promise.reject(new Error("nothing is unclear")),
		primaryChanged: ({ claim, clusterAlias }, change) =>
			through(activities.primaryChanged, { claim, clusterAlias, change }),
		conclude: (input) => through(activities.conclude, input),
		goOn: () => undefined,
		shielded: (work) => work(),
		isInterruption: () => false,
		errorText: String,
		show: {
			plan: (plan) =>
				sizes.push(["the plan as shown", JSON.stringify(plan).length]),
			begin: () => undefined,
			done: (report) =>
				sizes.push(["a step as shown", JSON.stringify(report).length]),
			end: () => undefined,
		},
	};
	const { outcome } = await runOperation(port, request, () => undefined);
	return {
		outcome: outcome as OperationOutcome,
		largest: Math.max(...sizes.map(([, size]) => size)),
	};
};

it.each<readonly [OperationRequest["kind"], boolean, (name: string) => object]>(
	[
		[
			"recovery",
			true,
			(cluster) => ({ cluster, instance: "p:3306", analysis: "DeadMaster" }),
		],
		["takeover", false, (cluster) => ({ cluster, to: "a:3306" })],
		["relocation", false, () => ({ instance: "a:3306", below: "b:3306" })],
	],
)(
	"a %s carries none of them",
	async (kind, isDead, input) => {
		let changed = 0;
		for (const sets of WHO_HAS_WHAT) {
			const request = { kind, ...input(identity) } as OperationRequest;
			const { outcome, largest } = await runSmall(
				request,
				instancesOf(sets, isDead),
			);
			expect(largest).toBeLessThan(MOST);
			changed += outcome.changed ? 1 : 0;
			await store.operations.release(identity, outcome.runId);
		}
		// They were not all refused.
		expect(changed).toBeGreaterThan(0);
	},
	120_000,
);
