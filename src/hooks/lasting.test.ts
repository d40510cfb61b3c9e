import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLastingHooks } from "./lasting.ts";
import type { HookContext } from "./placeholders.ts";

const CONTEXT: HookContext = {
	failureType: "RollingMaintenance",
	instanceType: "replica",
	isMaster: false,
	isCoMaster: false,
	failureDescription: "upgrade",
	command: "rolling-maintenance",
	failed: "db2:3306",
	cluster: "db1:3306",
	clusterAlias: "shop",
	clusterDomain: "",
	replicas: [],
	lostReplicas: [],
	isDowntimed: true,
	autoMasterRecovery: false,
	autoIntermediateMasterRecovery: false,
	orchestratorHost: "node1",
	recoveryUid: "",
	successor: "",
	successorAlias: "",
	successorCoordinates: null,
};

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "baton-lasting-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Of a node of its own each. */
const hooks = () =>
	createLastingHooks({
		shell: () => "bash",
		inherited: { PATH: process.env["PATH"] },
		folder: () => folder,
	});
const never = new AbortController().signal;
const first = { mayBegin: true, signal: never };
const again = { mayBegin: false, signal: never };
const traces = () => readFile(join(folder, "trace"), "utf8");

it("runs each command once, told of the server", async () => {
	const commands = [
		`echo {failedHost}:$ORC_FAILED_PORT >>${folder}/trace`,
		"",
		`echo second >>${folder}/trace`,
	];
	const ran = await hooks().run("a/1", commands, CONTEXT, first);
	expect(ran).toMatchObject({ end: "ran" });
	expect(await hooks().run("a/1", commands, CONTEXT, again)).toEqual(ran);
	expect(await traces()).toBe("db2:3306\nsecond\n");
});

it("stops at the first that fails, with what it printed", async () => {
	expect(
		await hooks().run("a/1", ["echo no disk; exit 3", "true"], CONTEXT, first),
	).toEqual({
		end: "failed",
		says: "FAILED (3): echo no disk; exit 3: no disk",
	});
});

it("goes on without its node, and the next one hears how it ended", async () => {
	const node = new AbortController();
	const commands = [
		`echo begun >>${folder}/trace; sleep 3; echo ended >>${folder}/trace`,
	];
	const running = hooks().run("a/1", commands, CONTEXT, {
		mayBegin: true,
		signal: node.signal,
	});
	await expect.poll(traces, { timeout: 15_000, interval: 20 }).toBe("begun\n");
	node.abort(new Error("the node stops"));
	await expect(running).rejects.toThrow("the node stops");
	expect(await hooks().run("a/1", commands, CONTEXT, again)).toMatchObject({
		end: "ran",
	});
	expect(await traces()).toBe("begun\nended\n");
});

it("is lost when another machine was to run it, or when it was killed with its keeper", async () => {
	expect(await hooks().run("b/1", ["true"], CONTEXT, again)).toMatchObject({
		end: "lost",
		says: expect.stringContaining("the node that was to run it was lost"),
	});
	expect(
		await hooks().run("a/1", ["kill -9 $PPID; sleep 5"], CONTEXT, first),
	).toMatchObject({ end: "lost" });
});

it("is forgotten with all that was kept of it", async () => {
	await hooks().run("a/1", ["true"], CONTEXT, first);
	await hooks().forget("a");
	expect(await hooks().run("a/1", ["true"], CONTEXT, again)).toMatchObject({
		end: "lost",
	});
});

it("tells how one has failed that printed more than can be kept", async () => {
	const ran = await hooks().run(
		"a/1",
		// Nothing of it is on the disk.
		["truncate -s 3G $0.x; mv $0.x $(dirname $0)/output; exit 3"],
		CONTEXT,
		first,
	);
	expect(ran).toMatchObject({
		end: "failed",
		says: expect.stringMatching(/^FAILED \(3\): /),
	});
	expect(ran.says.length).toBeLessThan(1_000);
});
