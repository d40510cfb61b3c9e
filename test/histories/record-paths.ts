import { deadPrimary } from "../support/made-up-findings.ts";
// Records the histories of what goes wrong on an operation's way, on servers that do not exist: `npx tsx test/histories/record-paths.ts`, or
// only the named ones: `npx tsx test/histories/record-paths.ts moves`.
// What goes well is recorded from real ones, see record.ts.

import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { ApplicationFailure } from "@temporalio/common";
import { BatonError } from "../../src/errors.ts";
import type { RecoveryCommand } from "../../src/planning/operation.ts";
import type { Step } from "../../src/planning/step.ts";
import type { Instance } from "../../src/topology/instance.ts";
import {
	clusterWorkflowId,
	operationWorkflowId,
	QUEUES,
} from "../../temporal/names.ts";
import { createTeller } from "../../temporal/teller.ts";
import {
	failing,
	gtids,
	LOST_SOURCE,
	replica,
	server,
	snapshotOf,
	uuid,
} from "../support/made-up-servers.ts";
import {
	type Environment,
	startEnvironment,
} from "../workflows/environment.ts";
import { type Behaviour, failed, type Stage } from "../workflows/stand-ins.ts";
import { FOLDER, keepHistory } from "./stored.ts";

const up = server("p", 1);
const gone = server("p", 1, { check: failing("connection-refused") });
const a = replica("a", 2);
const b = replica("b", 3);
const c = replica("c", 4);
const lostA = replica("a", 2, {}, LOST_SOURCE);
const lostB = replica("b", 3, {}, LOST_SOURCE);
/** It wants the role, and has not received what `b` has. */
const behind = replica(
	"a",
	2,
	{ promotionRule: "prefer", executedGtid: gtids(60) },
	{ ...LOST_SOURCE, retrievedGtid: gtids(60) },
);
/** It has everything, and cannot be promoted. */
const giver = replica("b", 3, { promotionRule: "must_not" }, LOST_SOURCE);

interface Path {
	readonly look: Behaviour["look"];
	readonly behaviour?: Partial<Behaviour>;
	/** What is asked for; its own failure is part of the path. */
	readonly ask: (environment: Environment, on: Stage) => Promise<unknown>;
	/** Keeps the entity's history too. */
	readonly isOfEntity?: true;
	/** Workflow id of the one whose history is kept, where that is not the operation itself. */
	readonly keeps?: (identity: string) => string;
}

/** The primary that was replaced is back, and `b` is the one that took its place. */
const returned = (change: Partial<Instance> = {}) =>
	snapshotOf(
		[
			server("p", 1, { readOnly: true, ...change }),
			server("b", 3),
			replica("a", 2, {}, { sourceHost: "b" }),
		],
		{ clusterName: "b:3306" },
	);

const rejoin: Path["ask"] = ({ operator }, { identity }) =>
	operator.run({ kind: "rejoin", cluster: identity, instance: "p:3306" });

const recover =
	(command: RecoveryCommand = "recover"): Path["ask"] =>
	({ operator }, { identity }) =>
		operator.run({
			kind: "recovery",
			cluster: identity,
			instance: "p:3306",
			analysis: "DeadMaster",
			command,
		});

const takeover: Path["ask"] = ({ operator }, { identity }) =>
	operator.run({ kind: "takeover", cluster: identity, to: "a:3306" });

/** Of a command that was given to Temporal. */
const givenId = (identity: string): string => `given-${identity}`;

const dead = () => snapshotOf([gone, lostA, lostB]);
const well = () => snapshotOf([up, a, b]);

/** A takeover whose siblings are being moved when the primary dies. */
const preempted = (): Path => {
	let isDead = false;
	let isHeld = true;
	return {
		look: () => (isDead ? dead() : well()),
		isOfEntity: true,
		behaviour: {
			weigh: () => ({ act: true }),
			step: (step) => {
				if (!isHeld || step.do !== "moveBelow") return undefined;
				isHeld = false;
				return new Promise(() => undefined);
			},
		},
		ask: async (environment, on) => {
			const running = takeover(environment, on);
			while (!on.calls.some((each) => each.startsWith("move"))) await delay(20);
			isDead = true;
			await createTeller(environment.client).analysisChanged(on.identity, {
				findings: [deadPrimary()],
			});
			await running;
			while (on.concluded.length < 2) await delay(20);
		},
	};
};

const opens =
	(
		answer: ReturnType<typeof failed>,
		host = "",
	): NonNullable<Behaviour["step"]> =>
	(step, on) =>
		step.do === "open" && on.startsWith(host) ? answer : undefined;

/** Each of those steps is answered so the first time that it is asked for. */
const once = (
	isMeant: (step: Step) => boolean,
	answer: ReturnType<typeof failed>,
): NonNullable<Behaviour["step"]> => {
	const asked = new Set<string>();
	return (step, on) => {
		const key = `${step.do} ${on}`;
		if (!isMeant(step) || asked.has(key)) return undefined;
		asked.add(key);
		return answer;
	};
};

const PATHS: Readonly<Record<string, Path>> = {
	"recovery-nobody": {
		look: dead,
		behaviour: { step: opens(failed("it will not open")) },
		ask: recover(),
	},
	"recovery-refused": { look: well, ask: recover() },
	"recovery-fallen-candidate": {
		look: dead,
		behaviour: {
			step: opens(failed("it went away", "unknown"), "a"),
			account: () => "gone",
		},
		ask: recover(),
	},
	"recovery-unaccounted": {
		look: dead,
		behaviour: {
			step: opens(failed("no answer", "unknown"), "a"),
			account: () => "silent",
		},
		ask: recover(),
	},
	"recovery-catch-up": {
		look: () => snapshotOf([gone, behind, giver]),
		ask: recover(),
	},
	"recovery-tried-again": {
		look: dead,
		behaviour: {
			step: once(
				(step) => ["moveBelow", "forgetSource"].includes(step.do),
				failed("no connection", "unknown"),
			),
		},
		ask: recover(),
	},
	"recovery-hook-failed": {
		look: dead,
		behaviour: {
			hookLists: ["PreFailoverProcesses", "PostFailoverProcesses"],
			hooks: () => ({ succeeded: false, says: "FAILED (1)" }),
		},
		ask: recover(),
	},
	"recovery-post-hook-failed": {
		look: dead,
		behaviour: {
			hookLists: ["PreFailoverProcesses", "PostFailoverProcesses"],
			hooks: (list) =>
				list === "PostFailoverProcesses"
					? { succeeded: false, says: "FAILED (1)" }
					: { succeeded: true, says: "ran" },
		},
		ask: recover(),
	},
	"recovery-of-a-living-primary-undone": {
		look: well,
		behaviour: {
			step: (step, on) =>
				step.do === "open" && on !== "p:3306"
					? failed("it will not open")
					: undefined,
		},
		ask: recover("force-master-failover"),
	},
	"takeover-undone": {
		look: well,
		behaviour: {
			step: (step) =>
				step.do === "handOver" ? failed("it did not catch up") : undefined,
		},
		ask: takeover,
	},
	"takeover-broken-off": {
		look: well,
		behaviour: {
			step: (step) => {
				if (step.do === "handOver")
					throw ApplicationFailure.nonRetryable(
						"a newer epoch holds the cluster",
						"Superseded",
					);
				return undefined;
			},
		},
		ask: (environment, on) =>
			takeover(environment, on).catch((error: unknown) => {
				if (!(error instanceof BatonError && error.code === "Superseded"))
					throw error;
			}),
	},
	"takeover-unclear": {
		look: well,
		behaviour: {
			step: (step) =>
				step.do === "handOver"
					? failed("lost", "unknown")
					: step.on === "p:3306"
						? failed("p:3306 is gone", "unknown")
						: undefined,
			account: () => "open",
		},
		ask: takeover,
	},
	"takeover-with-hooks": {
		look: well,
		behaviour: {
			hookLists: [
				"PreGracefulTakeoverProcesses",
				"PostGracefulTakeoverProcesses",
			],
		},
		ask: takeover,
	},
	"takeover-pre-empted": preempted(),
	"rejoin-held-back": {
		look: () =>
			returned({ executedGtid: gtids(105), errantGtid: `${uuid(1)}:101-105` }),
		ask: rejoin,
	},
	"rejoin-failed": {
		look: returned,
		behaviour: {
			step: (step) =>
				step.do === "moveBelow"
					? failed("no connection", "changed")
					: undefined,
		},
		ask: rejoin,
	},
	adoption: {
		look: () =>
			snapshotOf([
				gone,
				server("b", 3),
				replica("a", 2, {}, { sourceHost: "b" }),
			]),
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "adoption",
				cluster: identity,
				instance: "b:3306",
			}),
	},
	exchange: {
		look: () => snapshotOf([up, a, replica("d", 5, {}, { sourceHost: "a" })]),
		behaviour: { hookLists: ["PostTakeMasterProcesses"] },
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "exchange",
				cluster: identity,
				instance: "d:3306",
			}),
	},
	coPrimary: {
		look: well,
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "coPrimary",
				cluster: identity,
				instance: "a:3306",
			}),
	},
	moves: {
		look: () => snapshotOf([up, a, b, c]),
		behaviour: {
			step: once(
				(step) => step.do === "moveBelow" && step.on === "b:3306",
				failed("no connection", "changed"),
			),
		},
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "moves",
				cluster: identity,
				instance: "p:3306",
				below: "a:3306",
				way: "replicas",
			}),
	},
	operation: {
		look: well,
		ask: ({ client }, { identity }) =>
			client.workflow.execute("operation", {
				workflowId: givenId(identity),
				taskQueue: QUEUES.operate,
				args: [
					{
						command: "graceful-master-takeover",
						args: { cluster: identity, to: "a:3306" },
					},
				],
			}),
		keeps: givenId,
	},
	serverChange: {
		look: well,
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "serverChange",
				cluster: identity,
				instance: "a:3306",
				change: { name: "restart-replica" },
			}),
	},
	"server-change-planned-anew": {
		look: () =>
			snapshotOf([
				up,
				replica("a", 2, {
					executedGtid: `${gtids(100)},${uuid(2)}:1`,
					errantGtid: `${uuid(2)}:1`,
				}),
			]),
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "serverChange",
				cluster: identity,
				instance: "a:3306",
				change: { name: "gtid-errant-reset-master" },
			}),
	},
	"server-change-undone": {
		look: well,
		behaviour: {
			step: (step) =>
				step.do === "renameSource" && step.host === "//p"
					? failed("no connection", "changed")
					: undefined,
		},
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "serverChange",
				cluster: identity,
				instance: "a:3306",
				change: { name: "detach-replica-master-host" },
			}),
	},
	"relocation-undone": {
		look: well,
		behaviour: {
			step: (step) =>
				step.do === "moveBelow" && step.source === "b:3306"
					? failed("no connection", "changed")
					: undefined,
		},
		ask: ({ operator }, { identity }) =>
			operator.run({
				kind: "relocation",
				cluster: identity,
				instance: "a:3306",
				below: "b:3306",
			}),
	},
};

const keep = (
	{ client }: Environment,
	name: string,
	workflowId: string,
	runId?: string,
): Promise<void> =>
	keepHistory(client.workflow.getHandle(workflowId, runId), name);

const environment = await startEnvironment();
try {
	const wanted = process.argv.slice(2);
	for (const [name, path] of Object.entries(PATHS)) {
		const { look, behaviour, ask, isOfEntity, keeps } = path;
		if (wanted.length > 0 && !wanted.includes(name)) continue;
		const on = environment.stage(name, { look, ...behaviour });
		await ask(environment, on);
		const [first] = on.claims;
		if (keeps === undefined)
			await keep(environment, name, operationWorkflowId(name), first?.runId);
		else await keep(environment, name, keeps(name));
		if (isOfEntity)
			await keep(environment, `cluster-of-${name}`, clusterWorkflowId(name));
		for await (const run of environment.client.workflow.list({
			query: "WorkflowType = 'afterwards' AND ExecutionStatus = 'Completed'",
		}))
			if (run.workflowId.startsWith(operationWorkflowId(name)))
				await keep(environment, `afterwards-of-${name}`, run.workflowId);
	}
} finally {
	await environment.stop();
}
spawnSync("npx", ["biome", "format", "--write", FOLDER], { stdio: "inherit" });
