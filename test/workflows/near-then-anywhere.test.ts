// The node that has a workflow's task is cut off from what its work needs, while others are not.

import { setTimeout as delay } from "node:timers/promises";
import { ApplicationFailure } from "@temporalio/common";
import { afterAll, beforeAll, expect, it } from "vitest";
import {
	clusterWorkflowId,
	operationWorkflowId,
} from "../../temporal/names.ts";
import { createTeller } from "../../temporal/teller.ts";
import { deadPrimary } from "../support/made-up-findings.ts";
import {
	failing,
	LOST_SOURCE,
	replica,
	server,
	snapshotOf,
} from "../support/made-up-servers.ts";
import { type Environment, startEnvironment } from "./environment.ts";

let environment: Environment;
beforeAll(async () => {
	environment = await startEnvironment();
});
afterAll(() => environment?.stop());

const DEAD = deadPrimary({ replicas: ["a:3306"] });

const look = () =>
	snapshotOf([
		server("p", 1, { check: failing("connection-refused") }),
		replica("a", 2, {}, LOST_SOURCE),
		replica("b", 3, {}, LOST_SOURCE),
	]);

/** Those that a server has handed out: local ones are not among them. */
const handedOut = async (
	workflowId: string,
	{ client } = environment,
): Promise<string[]> => {
	const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
	return (events ?? []).flatMap(
		(each) =>
			each.activityTaskScheduledEventAttributes?.activityType?.name ?? [],
	);
};

it.each([
	[
		"cannot reach its store",
		() => ApplicationFailure.retryable("it is away", "StoreUnavailable"),
		1,
	],
	[
		"fails again and again",
		() => ApplicationFailure.retryable("it did not work", "Internal"),
		5,
	],
])(
	"a failover on a node that %s is done by any other within seconds",
	async (what, failure, tries) => {
		const near: string[] = [];
		const on = environment.stage(`near that ${what}`, {
			look,
			weigh: () => ({ act: true }),
			near: (activity) => {
				near.push(activity);
				throw failure();
			},
		});
		const startedMs = performance.now();
		await createTeller(environment.client).analysisChanged(on.identity, {
			findings: [DEAD],
		});
		await expect
			.poll(() => on.concluded, { timeout: 15_000, interval: 20 })
			.toHaveLength(1);
		expect(performance.now() - startedMs).toBeLessThan(8_000);
		expect(on.concluded[0]?.outcome).toMatchObject({ successful: true });
		for (const activity of ["weigh", "begin", "conclude"])
			expect(near.filter((each) => each === activity)).toHaveLength(tries);
		expect(await handedOut(operationWorkflowId(on.identity))).toEqual(
			expect.arrayContaining(["begin", "conclude"]),
		);
		expect(await handedOut(clusterWorkflowId(on.identity))).toContain("weigh");
	},
);

it("what cannot be done at all is not tried elsewhere", async () => {
	const on = environment.stage("near-in-vain", {
		look,
		near: () => {
			throw ApplicationFailure.nonRetryable("it is another's", "BadInput");
		},
	});
	await expect(
		environment.operator.run({
			kind: "takeover",
			cluster: on.identity,
			to: "a:3306",
		}),
	).rejects.toMatchObject({ code: "BadInput", message: "it is another's" });
	expect(await handedOut(operationWorkflowId(on.identity))).not.toContain(
		"begin",
	);
});

it("what takes longer than a node keeps its task, since its Temporal answers late, is done once more, by any node", async () => {
	// The task's own heartbeat goes out at 1.6 s, and comes behind its end at 2 s.
	const slow = await startEnvironment({ lateMs: 300 });
	try {
		const on = slow.stage("slow", {
			look: () => snapshotOf([server("p", 1), replica("a", 2)]),
			ahead: () => delay(2_500),
		});
		const outcome = await slow.operator.run({
			kind: "takeover",
			cluster: on.identity,
			to: "a:3306",
		});
		expect(outcome).toMatchObject({ successful: true });
		expect(on.calls.filter((each) => each === "begin takeover")).toHaveLength(
			2,
		);
		expect(await handedOut(operationWorkflowId(on.identity), slow)).toContain(
			"begin",
		);
	} finally {
		await slow.stop();
	}
}, 60_000);
