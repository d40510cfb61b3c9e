import { spawnSync } from "node:child_process";
import {
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instanceName } from "../topology/instance-name.ts";
import type { HookContext } from "./placeholders.ts";
import { createHookRunner, succeeded } from "./run.ts";

const CONTEXT: HookContext = {
	failureType: "DeadMaster",
	instanceType: "master",
	isMaster: true,
	isCoMaster: false,
	failureDescription: "DeadMaster on db1.example:3306",
	command: "",
	failed: "db1.example:3306",
	cluster: "db1.example:3306",
	clusterAlias: "shop",
	clusterDomain: "",
	replicas: ["db2:3306", "db3:3307"],
	lostReplicas: ["db3:3307"],
	isDowntimed: false,
	autoMasterRecovery: true,
	autoIntermediateMasterRecovery: false,
	orchestratorHost: "node1",
	recoveryUid: "uid-7",
	successor: "db2:3306",
	successorAlias: "second",
	successorCoordinates: { file: "bin.000007", position: 4711 },
};

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "baton-hooks-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const runnerWith = (options: { timeoutMs?: number; shell?: string } = {}) =>
	createHookRunner({
		shell: () => options.shell ?? "bash",
		inherited: { PATH: process.env["PATH"], FOLDER: folder },
		timeoutMs: options.timeoutMs ?? 10_000,
		nowMs: Date.now,
	});

const run = (
	commands: readonly string[],
	context: Partial<HookContext> = {},
	stopAtFailure = true,
) => runnerWith().run(commands, { ...CONTEXT, ...context }, stopAtFailure);

const outputOf = async (
	command: string,
	context: Partial<HookContext> = {},
): Promise<string> => (await run([command], context))[0]?.output ?? "";

/** A zombie has ended too; who collects it is not ours to say. */
const gone = (pid: number): boolean => {
	const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)]);
	return /^(Z.*)?$/.test(stdout.toString("utf8").trim());
};

describe("placeholders", () => {
	it("are filled in by all their names, also within words and quotes", async () => {
		expect(
			await outputOf(
				`echo {failureType} {failedHost}:{failedPort} "{failureClusterAlias}" '{successorHost}' {replicaHosts}={slaveHosts} {countReplicas}/{countSlaves} {lostReplicas} {countLostReplicas} {isSuccessful} {successorBinlogCoordinates}`,
			),
		).toBe(
			"DeadMaster db1.example:3306 shop db2 db2:3306,db3:3307=db2:3306,db3:3307 2/2 db3:3307 1 true bin.000007:4711",
		);
	});

	it("that are unknown stay as they are, those of a missing successor too", async () => {
		expect(
			await outputOf("echo '{nobody} {successorHost}' {isSuccessful}", {
				successor: "",
			}),
		).toBe("{nobody} {successorHost} false");
	});

	const hostile = [
		"$(touch $FOLDER/x)",
		"`touch $FOLDER/x`",
		"a; touch $FOLDER/x; b",
		"'; touch $FOLDER/x; '",
		'"; touch $FOLDER/x; "',
		"a\ntouch $FOLDER/x\n",
		'it\'s "quoted" \\ & | > < * ? ~ # $HOME',
	];
	const templates: readonly [string, string][] = [
		["bare", `printf %s {failureClusterAlias}`],
		["within a word", `printf %s pre-{failureClusterAlias}`],
		["in double quotes", `printf %s "pre-{failureClusterAlias}"`],
		["in single quotes", `printf %s 'pre-{failureClusterAlias}'`],
		["after an escaped quote", `printf %s \\"{failureClusterAlias}`],
	];
	it.each(
		templates.flatMap(([where, template]) =>
			hostile.map((alias) => [where, alias, template] as const),
		),
	)(
		"%s are text whatever a server calls itself: %s",
		async (_, alias, template) => {
			for (const shell of ["bash", "sh"]) {
				const [outcome] = await runnerWith({ shell }).run(
					[template],
					{ ...CONTEXT, clusterAlias: alias },
					true,
				);
				expect(outcome?.exitCode).toBe(0);
				expect(outcome?.output).toContain(alias.trim());
				expect(existsSync(join(folder, "x"))).toBe(false);
			}
		},
	);

	it.each([
		['printf %s "$(echo {failureClusterAlias})"'],
		["printf %s \"$(echo '{failureClusterAlias}')\""],
		["printf %s `echo {failureClusterAlias}`"],
		["cat <<END\n{failureClusterAlias}\nEND"],
	])("run nothing within a substitution either: %s", async (template) => {
		for (const alias of hostile) {
			await run([template], { clusterAlias: alias });
			expect(existsSync(join(folder, "x"))).toBe(false);
		}
	});
});

describe("the environment", () => {
	it("tells everything as ORC_ variables, beside what is inherited", async () => {
		const output = await outputOf("env | grep -E '^(ORC_|FOLDER)' | sort");
		expect(output.split("\n")).toEqual([
			`FOLDER=${folder}`,
			"ORC_AUTO_INTERMEDIATE_MASTER_RECOVERY=false",
			"ORC_AUTO_MASTER_RECOVERY=true",
			"ORC_COMMAND=",
			"ORC_COUNT_REPLICAS=2",
			"ORC_FAILED_HOST=db1.example",
			"ORC_FAILED_PORT=3306",
			"ORC_FAILURE_CLUSTER=db1.example:3306",
			"ORC_FAILURE_CLUSTER_ALIAS=shop",
			"ORC_FAILURE_CLUSTER_DOMAIN=",
			"ORC_FAILURE_DESCRIPTION=DeadMaster on db1.example:3306",
			"ORC_FAILURE_TYPE=DeadMaster",
			"ORC_INSTANCE_TYPE=master",
			"ORC_IS_CO_MASTER=false",
			"ORC_IS_DOWNTIMED=false",
			"ORC_IS_MASTER=true",
			"ORC_IS_SUCCESSFUL=true",
			"ORC_LOST_REPLICAS=db3:3307",
			"ORC_ORCHESTRATOR_HOST=node1",
			"ORC_RECOVERY_UID=uid-7",
			"ORC_REPLICA_HOSTS=db2:3306,db3:3307",
			"ORC_SUCCESSOR_ALIAS=second",
			"ORC_SUCCESSOR_BINLOG_COORDINATES=bin.000007:4711",
			"ORC_SUCCESSOR_HOST=db2",
			"ORC_SUCCESSOR_PORT=3306",
		]);
	});

	it("holds no successor when there is none", async () => {
		const output = await outputOf("env", { successor: "" });
		expect(output).not.toContain("ORC_SUCCESSOR");
		expect(output).toContain("ORC_IS_SUCCESSFUL=false");
	});
});

describe("a list of hooks", () => {
	it("stops at the first failure, or runs to its end", async () => {
		const list = ["true", "  ", "echo no such mail >&2; exit 3", "true"];
		const pre = await run(list, {}, true);
		expect(pre.map((each) => each.exitCode)).toEqual([0, 3]);
		expect(pre[1]?.says).toMatch(/^FAILED \(3\) in \d+ ms: .*: no such mail$/);
		expect(succeeded(pre)).toBe(false);
		const post = await run(list, {}, false);
		expect(post.map((each) => each.exitCode)).toEqual([0, 3, 0]);
		expect(succeeded([])).toBe(true);
	});

	it("does not wait for one that ends in &, nor care how it ends", async () => {
		const outcomes = await run([
			"while [ ! -e $FOLDER/go ]; do sleep 0.05; done; touch $FOLDER/done; exit 1 &",
			"true",
		]);
		writeFileSync(join(folder, "go"), "");
		expect(outcomes.map((each) => each.exitCode)).toEqual([0, 0]);
		expect(outcomes[0]?.says).toMatch(/^started in the background/);
		await expect
			.poll(() => existsSync(join(folder, "done")), { timeout: 15_000 })
			.toBe(true);
	});

	it("fails with a sentence where nothing can be started", async () => {
		const { TMPDIR } = process.env;
		process.env["TMPDIR"] = join(folder, "gone");
		try {
			const [outcome] = await run(["true"]);
			expect(outcome).toMatchObject({
				exitCode: -1,
				says: expect.stringMatching(/^FAILED .* could not be started: ENOENT/),
			});
		} finally {
			if (TMPDIR === undefined) delete process.env["TMPDIR"];
			else process.env["TMPDIR"] = TMPDIR;
		}
	});

	it("is told what servers say, be it with a NUL or longer than a variable may be", async () => {
		const replicas = Array.from({ length: 9_000 }, (_, at) =>
			instanceName(`replica-${at}.example`, 3306),
		);
		const output = await outputOf(
			'echo "$ORC_FAILURE_CLUSTER_ALIAS $(printf %s "$ORC_REPLICA_HOSTS" | wc -c) $(printf %s "$ORC_REPLICA_HOSTS" | tail -c 25)"',
			{ clusterAlias: "sh\0op", replicas },
		);
		const [alias, bytes, end] = output.split(" ");
		expect(alias).toBe("shop");
		expect(Number(bytes)).toBeGreaterThan(119_950);
		expect(Number(bytes)).toBeLessThanOrEqual(120_000);
		expect(end).toMatch(/replica-\d+\.example:3306$/);
	});

	it("fails with a sentence when the shell is missing", async () => {
		const [outcome] = await runnerWith({ shell: "/no/such/shell" }).run(
			["true"],
			CONTEXT,
			true,
		);
		expect(outcome?.exitCode).toBe(-1);
		expect(outcome?.says).toContain("/no/such/shell");
	});
});

describe("a hook that does not end", () => {
	const endless = "sleep 60 & echo $! > $FOLDER/pid; wait";
	const childPid = () => Number(readFileSync(join(folder, "pid"), "utf8"));
	const isGone = () =>
		expect.poll(() => gone(childPid()), { timeout: 15_000 }).toBe(true);
	/** Aborted when the hook has started what it waits for. */
	const stopBehindStart = (): AbortSignal => {
		const stop = new AbortController();
		const looking = setInterval(() => {
			if (!existsSync(join(folder, "pid")) || !(childPid() > 0)) return;
			clearInterval(looking);
			stop.abort();
		}, 20);
		return stop.signal;
	};

	it("is killed at its time-out, with all that it started", async () => {
		const [outcome] = await runnerWith({ timeoutMs: 1_500 }).run(
			[endless],
			CONTEXT,
			true,
		);
		expect(outcome?.exitCode).toBe(-1);
		expect(outcome?.output).toContain("killed after 1500 ms");
		await isGone();
	});

	it("is killed when the step is cancelled", async () => {
		const [outcome] = await runnerWith().run(
			[endless],
			CONTEXT,
			true,
			stopBehindStart(),
		);
		expect(outcome?.output).toContain("killed: the step was cancelled");
		await isGone();
	});

	it("takes those after it in the list with it when the step is cancelled", async () => {
		const outcomes = await runnerWith().run(
			[endless, "sleep 0.3; touch $FOLDER/second"],
			CONTEXT,
			false,
			stopBehindStart(),
		);
		expect(outcomes.map((each) => each.exitCode)).toEqual([-1, -1]);
		expect(existsSync(join(folder, "second"))).toBe(false);
	});

	it("is not waited for when what has left its group keeps its output open", async () => {
		const away = "setsid sleep 60 & echo $! >> $FOLDER/pid; echo ok";
		try {
			const [ended] = await run([away]);
			expect(ended).toMatchObject({ exitCode: 0, output: "ok" });
			const [killed] = await runnerWith({ timeoutMs: 300 }).run(
				[`${away}; sleep 60`],
				CONTEXT,
				true,
			);
			expect(killed).toMatchObject({
				exitCode: -1,
				output: expect.stringContaining("killed after 300 ms"),
			});
		} finally {
			for (const pid of readFileSync(join(folder, "pid"), "utf8")
				.trim()
				.split("\n"))
				process.kill(Number(pid));
		}
	});

	it("fills no memory with what it says", async () => {
		const [outcome] = await run(["head -c 1000000 /dev/zero | tr '\\0' x"]);
		expect(outcome?.output.length).toBe(16_384);
	});
});
