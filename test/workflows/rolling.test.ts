// Rolling maintenances on a real Temporal, with stand-ins for what they do outside of their workflow.

import { randomUUID } from "node:crypto";
import { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import { TestWorkflowEnvironment } from "@temporalio/testing";
import { bundleWorkflowCode, Worker } from "@temporalio/worker";
import pino from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { translated } from "../../activities/failure.ts";
import { beating } from "../../activities/heartbeat.ts";
import type { RollingActivities } from "../../activities/rolling-activities.ts";
import { locateTemporal } from "../../setup/locate.mjs";
import type { OperationRequest } from "../../src/planning/operation.ts";
import { nextServer, planRolling } from "../../src/rolling/next-server.ts";
import type { Rolling } from "../../src/rolling/port.ts";
import type { Stray } from "../../src/rolling/primary.ts";
import type { RollingOrder, RollingStatus } from "../../src/rolling/status.ts";
import {
	type Instance,
	isLastCheckValid,
} from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import { prepareNamespace } from "../../temporal/boot.ts";
import { QUERIES, QUEUES, rollingWorkflowId } from "../../temporal/names.ts";
import { createRolling } from "../../temporal/rolling.ts";
import { createRollingCloser } from "../../workers/rolling.ts";
import { installRuntime } from "../../workers/runtime.ts";
import {
	failing,
	PROMOTION,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "../support/made-up-servers.ts";
import { WORKFLOWS } from "./environment.ts";

/** One cluster of a test. */
interface World {
	snapshot: Snapshot;
	/** What was done, in order, in short. */
	readonly calls: string[];
	kept?: RollingStatus;
	/** How long a wait is waited for, milliseconds. */
	waitMs?: number;
	hook?: (server: string, nth: number) => Promise<"ran" | "failed" | "lost">;
	/** What a server lacks to be back. */
	lacks?: (server: string) => string;
	/** Where it came back to, where that was replaced. */
	stray?: (server: string) => Stray | undefined;
	/** How an operation ends; it throws where that failed. Of a move of several: who came along, where not all did. */
	operate?: (request: OperationRequest) => readonly InstanceName[] | undefined;
}

const worlds = new Map<string, World>();
const worldOf = (identity: string): World => {
	const world = worlds.get(identity);
	if (world === undefined) throw new Error(`no world ${identity}`);
	return world;
};

const named = (world: World, name: string): Instance => {
	const found = world.snapshot.instances.find((each) => each.name === name);
	if (found === undefined) throw new Error(name);
	return found;
};

const placedBelow = (
	primary: string,
	{ host, serverId }: Instance,
): Instance =>
	host === primary
		? server(host, serverId)
		: replica(host, serverId, { replication: replicating(primary) });

/** As a takeover leaves it: all that answer below the new primary. */
const takenOver = (world: World, to: string): void => {
	const { host } = named(world, to);
	world.snapshot = {
		...world.snapshot,
		clusterName: named(world, to).name,
		instances: world.snapshot.instances.map((each) =>
			isLastCheckValid(each) ? placedBelow(host, each) : each,
		),
	};
};

/** Answers at once, or when the time is over. */
const cancellable = <T>(work: Promise<T>): Promise<T> =>
	beating(() =>
		Promise.race([work, Context.current().cancelled as Promise<never>]),
	);

const activities: RollingActivities = translated({
	rollingPlan: async ({ identity }) => {
		const { snapshot } = worldOf(identity);
		return {
			...planRolling(snapshot, PROMOTION),
			clusterName: snapshot.clusterName,
			clusterAlias: identity,
		};
	},
	rollingNext: async ({ identity, forMs, ...turns }) => {
		const world = worldOf(identity);
		const { snapshot, waitMs = 60_000 } = world;
		const step = nextServer(snapshot, turns, PROMOTION);
		if (step.do === "wait" && forMs > 0)
			await cancellable(new Promise((go) => setTimeout(go, 200)));
		return {
			step,
			toCome: planRolling(snapshot, PROMOTION)
				.turns.map((each) => each.server)
				.filter((each) => ![...turns.done, ...turns.skipped].includes(each)),
			waitMs,
		};
	},
	rollingAsk: async ({ request }) => {
		const identity =
			[...worlds.keys()].find(
				(each) =>
					each === request.cluster ||
					("instance" in request &&
						worldOf(each).snapshot.instances.some(
							({ name }) => name === request.instance,
						)),
			) ?? "";
		const world = worldOf(identity);
		world.calls.push(
			"to" in request && request.kind === "takeover"
				? `takeover ${request.to}`
				: `${request.kind} ${"instance" in request ? request.instance : ""} ${"below" in request ? request.below : ""}`,
		);
		const moved = world.operate?.(request);
		if (request.kind === "takeover" && request.to !== undefined)
			takenOver(world, request.to);
		return moved === undefined
			? { isDone: true, isPartDone: false, says: "done", moved: [] }
			: {
					isDone: false,
					isPartDone: request.kind === "takeover",
					says: "not all came along",
					moved,
				};
	},
	rollingDowntime: async ({ server: name, reason }) => {
		const { calls } = worldOf(reason);
		const told = calls.findLast((each) => each.endsWith(`downtime ${name}`));
		calls.push(`downtime ${name}`);
		return told !== `downtime ${name}`;
	},
	rollingUptime: async ({ server: name, isStillOut }) => {
		for (const { calls } of worlds.values())
			if (isStillOut) calls.push(`no downtime ${name}`);
	},
	rollingHook: async ({ identity, server: name, key }) => {
		const world = worldOf(identity);
		world.calls.push(`hook ${name}`);
		const nth = world.calls.filter((each) => each === `hook ${name}`).length;
		const end = await cancellable(world.hook?.(name, nth) ?? go("ran"));
		return { end, says: `${end} ${key.split("/")[1] ?? ""}` };
	},
	rollingBack: async ({ identity, server: name }) => {
		const world = worldOf(identity);
		const lacks = world.lacks?.(name) ?? "";
		if (lacks !== "") await new Promise((go) => setTimeout(go, 100));
		else world.calls.push(`back ${name}`);
		const stray = lacks === "" ? undefined : world.stray?.(name);
		const waitMs = world.waitMs ?? 60_000;
		return { lacks, waitMs, ...(stray === undefined ? {} : { stray }) };
	},
	keepRolling: async (status) => {
		worldOf(status.identity).kept = status;
	},
	auditRolling: async () => undefined,
	forgetRolling: async () => undefined,
});

const go = async (end: "ran" | "failed" | "lost") => end;

let temporal: TestWorkflowEnvironment;
let workflowBundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;
let rolling: Rolling;
let stopWorker: () => Promise<void>;

const startWorker = async (): Promise<void> => {
	const worker = await Worker.create({
		connection: temporal.nativeConnection,
		taskQueue: QUEUES.operate,
		workflowBundle,
		activities,
		shutdownGraceTime: 0,
		stickyQueueScheduleToStartTimeout: "1s",
	});
	const running = worker.run();
	stopWorker = async () => {
		worker.shutdown();
		await running;
	};
};

beforeAll(async () => {
	installRuntime(pino({ level: "error" }));
	const path = locateTemporal();
	if (path === undefined) throw new Error("run `npm run setup` first");
	temporal = await TestWorkflowEnvironment.createLocal({
		server: {
			executable: { type: "existing-path", path },
			log: { format: "json", level: "error" },
			extraArgs: [
				"--dynamic-config-value",
				"limit.historyCount.suggestContinueAsNew=60",
			],
		},
	});
	await prepareNamespace(temporal.client, "default", 1, {
		warn: (text) => {
			throw new Error(text);
		},
	});
	workflowBundle = await bundleWorkflowCode({ workflowsPath: WORKFLOWS });
	rolling = createRolling({
		client: temporal.client,
		plan: async () => {
			throw new Error("not asked");
		},
		onGone: async (identity) => {
			worldOf(identity).calls.push("gone");
		},
	});
	await startWorker();
});
afterAll(async () => {
	await stopWorker?.();
	await temporal?.teardown();
});

const THREE = () =>
	snapshotOf([server("p", 1), replica("a", 2), replica("b", 3)]);
const stage = (rest: Partial<World> = {}): { identity: string; on: World } => {
	const identity = `c-${randomUUID()}`;
	const on: World = { snapshot: THREE(), calls: [], ...rest };
	worlds.clear();
	worlds.set(identity, on);
	return { identity, on };
};
/** The reason is the world's name, for activities that are told no identity. */
const begin = (identity: string) =>
	rolling.begin({ identity, requestedBy: "ann", reason: identity });
const called = (identity: string) => ({ identity, clusterName: "p:3306" });
const tell = (identity: string, order: RollingOrder) =>
	rolling.tell(called(identity), { order, by: "ann" });
const skip = (identity: string, server: InstanceName) =>
	rolling.tell(called(identity), { order: "skip", server, by: "ann" });
const until = (what: () => unknown) =>
	expect.poll(what, { timeout: 15_000, interval: 50 });
const ended = (identity: string): Promise<RollingStatus> =>
	temporal.client.workflow.getHandle(rollingWorkflowId(identity)).result();

const ALL = [
	...["downtime a:3306", "hook a:3306", "back a:3306"],
	...["downtime b:3306", "hook b:3306", "back b:3306"],
	"takeover a:3306",
	...["downtime p:3306", "hook p:3306", "back p:3306"],
];

it("takes out one after another, the primary last, and is there once", async () => {
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	const { identity, on } = stage({
		hook: async () => {
			await held;
			return "ran";
		},
	});
	expect(await begin(identity)).toMatchObject({
		phase: "running",
		toCome: ["a:3306", "b:3306", "p:3306"],
	});
	await expect(begin(identity)).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("has begun"),
	});
	release();
	expect(await ended(identity)).toMatchObject({
		phase: "done",
		done: [
			{ server: "a:3306", says: expect.stringContaining("ran 1-1") },
			{ server: "b:3306", says: expect.stringContaining("ran 2-1") },
			{ server: "p:3306", says: expect.stringContaining("ran 3-1") },
		],
		toCome: [],
		current: null,
	});
	expect(on.calls).toEqual(ALL);
	expect(on.kept?.phase).toBe("done");
	await expect(tell(identity, "pause")).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("no rolling maintenance of p:3306 runs"),
	});
	expect(on.calls.at(-1)).toBe("gone");
});

it("is there once for two who ask at once: the other one is told that it has begun", async () => {
	const { identity, on } = stage();
	const asked = await Promise.allSettled([begin(identity), begin(identity)]);
	expect(asked.map(({ status }) => status).toSorted()).toEqual([
		"fulfilled",
		"rejected",
	]);
	expect(asked.find(({ status }) => status === "rejected")).toMatchObject({
		reason: {
			code: "Refused",
			message: expect.stringContaining("has begun"),
		},
	});
	await ended(identity);
	expect(on.calls).toEqual(ALL);
});

it("moves the replicas of a source away first, and back behind it", async () => {
	const { identity, on } = stage({
		snapshot: snapshotOf([
			server("p", 1),
			replica("a", 2),
			replica("b", 3, {
				replication: replicating("a", { sourceUuid: uuid(2) }),
			}),
		]),
	});
	await begin(identity);
	await ended(identity);
	expect(on.calls.slice(3, 8)).toEqual([
		"moves a:3306 p:3306",
		"downtime a:3306",
		"hook a:3306",
		"back a:3306",
		"relocation b:3306 a:3306",
	]);
});

it("is refused at once in a cluster that is out of order, and leaves nothing behind", async () => {
	const { identity, on } = stage({
		snapshot: snapshotOf([
			server("p", 1),
			replica("a", 2),
			replica("b", 3, { check: failing("timeout") }),
		]),
	});
	await expect(begin(identity)).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("b:3306 does not answer"),
	});
	expect(on.calls).toEqual([]);
	expect(on.kept).toBeUndefined();
	// Mended, it begins.
	on.snapshot = THREE();
	await begin(identity);
	expect(await ended(identity)).toMatchObject({ phase: "done" });
});

it("pauses behind the turn that runs, survives its worker, and goes on when it is resumed", async () => {
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	const { identity, on } = stage({
		hook: async () => {
			await held;
			return "ran";
		},
	});
	await begin(identity);
	await until(() => on.calls).toContain("hook a:3306");
	await expect(tell(identity, "resume")).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("not paused"),
	});
	expect(await tell(identity, "pause")).toMatchObject({
		phase: "pausing",
	});
	release();
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept).toMatchObject({ says: "paused by ann", current: null });
	const handle = temporal.client.workflow.getHandle(
		rollingWorkflowId(identity),
	);
	await stopWorker();
	await startWorker();
	expect(await handle.query(QUERIES.status)).toMatchObject({
		phase: "paused",
		done: [{ server: "a:3306" }],
	});
	await tell(identity, "resume");
	await ended(identity);
	expect(on.calls).toEqual(ALL);
});

it("pauses itself at a hook that fails, with the server out, and runs it again when it is resumed", async () => {
	const { identity, on } = stage({
		hook: async (name, nth) =>
			name === "b:3306" && nth === 1 ? "failed" : "ran",
	});
	await begin(identity);
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept).toMatchObject({
		current: { server: "b:3306", part: "hook" },
		says: expect.stringContaining("the hook of b:3306 failed: failed 2-1"),
	});
	await tell(identity, "resume");
	const { done } = await ended(identity);
	expect(done[1]?.says).toContain("ran 2-2");
	expect(on.calls.filter((each) => each === "hook b:3306")).toHaveLength(2);
	expect(on.calls.filter((each) => each.startsWith("back"))).toHaveLength(3);
});

it("never goes on to the next server when one does not come back", async () => {
	let isBack = false;
	const { identity, on } = stage({
		waitMs: 500,
		lacks: (name) =>
			name === "a:3306" && !isBack ? "a:3306 does not answer" : "",
	});
	await begin(identity);
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept?.says).toContain("a:3306 did not come back within");
	// Its downtime is lengthened meanwhile.
	expect(new Set(on.calls)).toEqual(
		new Set(["downtime a:3306", "hook a:3306"]),
	);
	isBack = true;
	await tell(identity, "resume");
	await ended(identity);
	expect(on.calls.filter((each) => each === "hook a:3306")).toHaveLength(1);
});

it("is cancelled behind the turn that runs; where that stands still, at once, and names who is out", async () => {
	const { identity, on } = stage({ hook: () => go("lost") });
	await begin(identity);
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept?.says).toContain("nobody can say how the hook of a:3306");
	await tell(identity, "cancel");
	expect(await ended(identity)).toMatchObject({
		phase: "cancelled",
		says: expect.stringContaining("a:3306 is out, and downtimed still"),
		done: [],
	});
	const another = stage({
		hook: async () => {
			await new Promise((resolve) => setTimeout(resolve, 500));
			return "ran";
		},
	});
	await begin(another.identity);
	await until(() => another.on.calls).toContain("hook a:3306");
	// As the Temporal UI does it.
	await temporal.client.workflow
		.getHandle(rollingWorkflowId(another.identity))
		.cancel();
	expect(await ended(another.identity)).toMatchObject({
		phase: "cancelled",
		done: [{ server: "a:3306" }],
		current: null,
	});
});

it("waits for a cluster that is out of order meanwhile, and pauses when that lasts", async () => {
	let isWell = true;
	const { identity, on } = stage({
		waitMs: 1_000,
		hook: async (name) => {
			if (name === "a:3306") isWell = false;
			return "ran";
		},
	});
	const lame = replica("b", 3, {}, { receiver: 0 });
	on.lacks = () => {
		if (!isWell)
			on.snapshot = snapshotOf([server("p", 1), replica("a", 2), lame]);
		return "";
	};
	await begin(identity);
	await until(() => on.kept?.says).toContain(
		"waiting: b:3306 does not replicate",
	);
	await until(() => on.kept?.phase).toBe("paused");
	isWell = true;
	on.snapshot = THREE();
	await tell(identity, "resume");
	expect(await ended(identity)).toMatchObject({ phase: "done" });
	expect(on.calls).toEqual(ALL);
});

it("looks anew when what it asked for was refused", async () => {
	let tries = 0;
	const { identity, on } = stage({
		operate: () => {
			tries += 1;
			if (tries === 1)
				throw ApplicationFailure.nonRetryable("the disk is full", "Refused");
			return undefined;
		},
	});
	await begin(identity);
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept?.says).toContain("the disk is full");
	await tell(identity, "resume");
	expect(await ended(identity)).toMatchObject({ phase: "done" });
});

it("goes on without a server whose hook has failed, in order or not, and tells of it", async () => {
	const { identity, on } = stage({
		hook: async (name) => (name === "p:3306" ? "ran" : "failed"),
		lacks: (name) => (name === "a:3306" ? "a:3306 does not answer" : ""),
	});
	await begin(identity);
	await until(() => on.kept?.phase).toBe("paused");
	await expect(skip(identity, "x:3306")).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("x:3306 has no turn"),
	});
	await skip(identity, "a:3306");
	await until(() => on.kept?.current?.server).toBe("b:3306");
	await until(() => on.kept?.phase).toBe("paused");
	await expect(skip(identity, "a:3306")).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("has had its turn"),
	});
	await skip(identity, "b:3306");
	// Nobody who was done is there to take over.
	await until(() => on.kept?.says).toContain("nobody can take over");
	await skip(identity, "p:3306");
	expect(await ended(identity)).toMatchObject({
		phase: "done",
		says: "every server was done, but for those that were skipped: a:3306, b:3306, p:3306",
		done: [
			{
				server: "a:3306",
				isSkipped: true,
				says: expect.stringContaining(
					"by ann; a:3306 is out, and downtimed still (a:3306 does not answer)",
				),
			},
			{
				server: "b:3306",
				isSkipped: true,
				says: expect.stringContaining("by ann; back after"),
			},
			{ server: "p:3306", says: "by ann, before its turn" },
		],
	});
	expect(on.calls).not.toContain("hook p:3306");
});

it("stops waiting for a server that is skipped; not while its hook runs, and a person's pause stays one", async () => {
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	const { identity, on } = stage({
		hook: async () => {
			await held;
			return "ran";
		},
		lacks: (name) => (name === "a:3306" ? "a:3306 does not answer" : ""),
	});
	await begin(identity);
	await until(() => on.calls).toContain("hook a:3306");
	await expect(skip(identity, "a:3306")).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("its hook runs"),
	});
	release();
	await until(() => on.kept?.current?.part).toBe("back");
	await tell(identity, "pause");
	await skip(identity, "a:3306");
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept).toMatchObject({
		current: null,
		says: "a:3306 is skipped by ann",
		done: [{ server: "a:3306", isSkipped: true }],
	});
	await tell(identity, "resume");
	await until(() => on.calls).toContain("hook b:3306");
	await tell(identity, "cancel");
	await ended(identity);
});

it("brings a server along that comes back to a source which was replaced; pauses where that cannot be", async () => {
	let below: InstanceName = "p:3306";
	let tries = 0;
	const { identity, on } = stage({
		lacks: () => (below === "b:3306" ? "" : "a:3306 does not replicate"),
		stray: () => ({ from: "p:3306", below: "b:3306" }),
		operate: (request) => {
			if (request.kind !== "relocation") return undefined;
			tries += 1;
			if (tries === 1)
				throw ApplicationFailure.nonRetryable("it has more", "Refused");
			below = "b:3306";
			return undefined;
		},
	});
	await begin(identity);
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept?.says).toContain(
		"while a:3306 was out, b:3306 has become the primary in place of p:3306; a:3306 is still a replica of p:3306, and could not be moved below b:3306: it has more",
	);
	await tell(identity, "resume");
	expect(await ended(identity)).toMatchObject({ phase: "done" });
	expect(on.calls).toContain("relocation a:3306 b:3306");
});

it("moves those back that came along where not all did, and takes the source out when they do", async () => {
	let tries = 0;
	const below = (source: string) => ({
		replication: replicating(source, { sourceUuid: uuid(2) }),
	});
	const { identity, on } = stage({
		snapshot: snapshotOf([
			server("p", 1),
			replica("a", 2),
			replica("b", 3, below("a")),
			replica("c", 4, below("a")),
		]),
		operate: ({ kind }) => {
			if (kind === "moves") tries += 1;
			return kind === "moves" && tries === 1 ? ["b:3306"] : undefined;
		},
	});
	await begin(identity);
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept).toMatchObject({
		current: null,
		says: "a:3306 is not taken out, since its replicas could not be moved away: not all came along",
	});
	expect(on.calls.slice(6)).toEqual([
		"moves a:3306 p:3306",
		"relocation b:3306 a:3306",
	]);
	await tell(identity, "resume");
	expect(await ended(identity)).toMatchObject({ phase: "done" });
	expect(on.calls.slice(8, 10)).toEqual([
		"moves a:3306 p:3306",
		"downtime a:3306",
	]);
});

/** b:3306 does not answer any more, and is skipped, before the takeover. */
const withoutB = async (
	operate?: World["operate"],
): Promise<{ identity: string; on: World }> => {
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	const { identity, on } = stage({
		hook: async () => {
			await held;
			return "ran";
		},
		...(operate === undefined ? {} : { operate }),
	});
	await begin(identity);
	await until(() => on.calls).toContain("hook a:3306");
	on.snapshot = {
		...on.snapshot,
		instances: on.snapshot.instances.map((each) =>
			each.name === "b:3306" ? { ...each, check: failing("timeout") } : each,
		),
	};
	await skip(identity, "b:3306");
	release();
	return { identity, on };
};

const B_LEFT_BEHIND = {
	server: "b:3306",
	isSkipped: true,
	says: expect.stringMatching(
		/^by ann, before its turn; left behind below p:3306 when a:3306 took over, since b:3306 cannot be reached.*: bring it along with relocate -i b:3306 -d a:3306, and end its downtime$/,
	),
};
const A_TURN = ["downtime a:3306", "hook a:3306", "back a:3306"];
const P_TURN = ["downtime p:3306", "hook p:3306", "back p:3306"];

it("is held back by no dead server that was skipped: it is downtimed, left behind by the takeover, and told so", async () => {
	const { identity, on } = await withoutB();
	expect(await ended(identity)).toMatchObject({
		phase: "done",
		done: [B_LEFT_BEHIND, { server: "a:3306" }, { server: "p:3306" }],
	});
	expect(on.calls).toEqual([
		...A_TURN,
		...["downtime b:3306", "takeover a:3306"],
		...P_TURN,
	]);
});

it.each(["Refused", "Superseded"])(
	"ends the downtime of whom a takeover was to leave behind when that came to nothing: %s",
	async (code) => {
		let tries = 0;
		const { identity, on } = await withoutB(() => {
			tries += 1;
			if (tries > 1) return undefined;
			throw ApplicationFailure.nonRetryable("it came to nothing", code);
		});
		if (code === "Refused") {
			await until(() => on.kept?.phase).toBe("paused");
			await tell(identity, "resume");
		}
		expect(await ended(identity)).toMatchObject({
			phase: "done",
			done: [B_LEFT_BEHIND, {}, {}],
		});
		expect(on.calls).toEqual([
			...A_TURN,
			...["downtime b:3306", "takeover a:3306", "no downtime b:3306"],
			...["downtime b:3306", "takeover a:3306"],
			...P_TURN,
		]);
	},
);

it("tells whom a takeover left behind that brought others not along either, and leaves them downtimed", async () => {
	const { identity, on } = await withoutB(() => []);
	await until(() => on.kept?.phase).toBe("paused");
	expect(on.kept).toMatchObject({
		says: "not all came along",
		done: [B_LEFT_BEHIND, {}],
	});
	expect(on.calls).toEqual([
		...A_TURN,
		...["downtime b:3306", "takeover a:3306"],
	]);
	await tell(identity, "resume");
	expect(await ended(identity)).toMatchObject({ phase: "done" });
});

it("takes a source out whose skipped replica cannot be moved away", async () => {
	let release = (): void => undefined;
	const held = new Promise<void>((resolve) => {
		release = resolve;
	});
	const below = (source: string) => ({
		replication: replicating(source, { sourceUuid: uuid(2) }),
	});
	const { identity, on } = stage({
		snapshot: snapshotOf([
			server("p", 1),
			replica("a", 2),
			replica("b", 3, below("a")),
			replica("c", 4, below("a")),
		]),
		hook: async () => {
			await held;
			return "ran";
		},
		operate: ({ kind }) => (kind === "moves" ? ["b:3306"] : undefined),
	});
	await begin(identity);
	await until(() => on.calls).toContain("hook b:3306");
	await skip(identity, "c:3306");
	release();
	expect(await ended(identity)).toMatchObject({ phase: "done" });
	expect(on.calls).toContain("hook a:3306");
	expect(on.calls).toContain("relocation b:3306 a:3306");
	expect(on.calls).not.toContain("relocation c:3306 a:3306");
});

it("goes by its cluster's id alone", async () => {
	await expect(
		temporal.client.workflow.execute("rollingMaintenance", {
			workflowId: "by-hand",
			taskQueue: QUEUES.operate,
			args: [{ identity: "x" }],
		}),
	).rejects.toMatchObject({
		cause: { message: expect.stringContaining("rolling-maintenance/x") },
	});
});

it("that is ended from outside is told as ended, with who may be out; one that goes on is not", async () => {
	const { identity, on } = stage({ hook: () => new Promise(() => undefined) });
	const store = {
		rollings: {
			of: async () => on.kept,
			running: async () => (on.kept === undefined ? [] : [on.kept]),
			keep: async (status: RollingStatus) => {
				on.kept = status;
			},
		},
	};
	const close = createRollingCloser(temporal.client, store);
	await begin(identity);
	await until(() => on.kept?.current?.part).toBe("hook");
	await close();
	expect(on.kept?.phase).toBe("running");
	await temporal.client.workflow
		.getHandle(rollingWorkflowId(identity))
		.terminate("by hand");
	await close();
	expect(on.kept).toMatchObject({
		phase: "failed",
		says: expect.stringContaining("a:3306 may be out, and downtimed still"),
	});
});
