import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ServerFault } from "../../src/mysql/driver-error.ts";
import { instanceName } from "../../src/topology/instance-name.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { Topology } from "../lab/laying.ts";
import { freePorts } from "../lab/ports.ts";
import { waitUntil } from "../lab/replication.ts";
import { exhaustConnections } from "../lab/trouble.ts";
import { portOf } from "./port.ts";
import { FLAVORS, TEST_MS } from "./system.ts";

const faultOf = async (work: Promise<unknown>): Promise<ServerFault> => {
	const fault = await work.then(
		() => new Error("it succeeded"),
		(error: unknown) => error,
	);
	if (fault instanceof ServerFault) return fault;
	throw fault;
};

/** A signal does not stop all threads in the same moment. */
const standsStill = (pid: number): boolean =>
	readdirSync(`/proc/${pid}/task`).every((thread) =>
		/^State:\tT/m.test(
			readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8"),
		),
	);

describe.each(FLAVORS)("a %s server", (flavor) => {
	let lab: Lab;
	let topology: Topology;
	beforeAll(async () => {
		lab = await createLab({ flavor });
		topology = await lab.lay({ replicas: 2 });
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	test("that is a primary is read as what it is", async () => {
		const { primary, replicas } = topology;
		const seen = await portOf().look(primary.name);
		expect(seen).toMatchObject({
			name: primary.name,
			host: primary.host,
			port: primary.port,
			serverId: primary.serverId,
			flavor: flavor === "mysql" ? "MySQL" : "MariaDB",
			readOnly: false,
			superReadOnly: false,
			logBin: true,
			logReplicaUpdates: true,
			binlogFormat: "ROW",
			supportsOracleGtid: flavor === "mysql",
			check: { outcome: "ok", error: "", partialSuccess: true },
			replication: { sourceHost: "", receiver: -1, applier: -1 },
			semiSync: {
				available: true,
				sourceEnabled: true,
				sourceActive: true,
				sourceTimeoutMs: 4294967295,
				waitForReplicaCount: 1,
				waitPoint: "AFTER_SYNC",
				clients: 2,
			},
		});
		expect(seen.version.startsWith(lab.version)).toBe(true);
		expect(seen.replicas.toSorted()).toEqual(
			replicas.map((each) => each.name).toSorted(),
		);
		const [own] = await primary.query(
			flavor === "mysql"
				? "SELECT @@GLOBAL.gtid_executed AS gtid"
				: "SELECT @@GLOBAL.gtid_current_pos AS gtid",
		);
		expect(seen.executedGtid).toBe(String(own?.gtid).replace(/\s/g, ""));
		const [log] = await primary.query(
			flavor === "mysql" ? "SHOW BINARY LOG STATUS" : "SHOW MASTER STATUS",
		);
		expect(seen.selfCoordinates).toEqual({
			file: log?.File,
			position: Number(log?.Position),
		});
	});

	test("that is a replica is read as what it is", async () => {
		const { primary, replicas } = topology;
		const [replica] = replicas;
		if (replica === undefined) throw new Error("lay");
		const source = await portOf().look(primary.name);
		// The end of the last transaction is told a moment after it was applied.
		await waitUntil("the replica's coordinates", async () => {
			const { replication } = await portOf().look(replica.name);
			return (
				replication.execCoordinates.position === source.selfCoordinates.position
			);
		});
		const seen = await portOf().look(replica.name);
		expect(seen).toMatchObject({
			serverId: replica.serverId,
			readOnly: true,
			superReadOnly: flavor === "mysql",
			replicas: [],
			lagSeconds: 0,
			executedGtid: source.executedGtid,
			replicationCredentialsAvailable: flavor === "mysql",
			replication: {
				sourceHost: primary.host,
				sourcePort: primary.port,
				user: ACCOUNTS.repl.user,
				receiver: 1,
				applier: 1,
				lastReceiverError: "",
				lastApplierError: "",
				sqlDelaySeconds: 0,
				usingOracleGtid: flavor === "mysql",
				usingMariadbGtid: flavor === "mariadb",
				heartbeatPeriodSeconds: 0.5,
				readCoordinates: source.selfCoordinates,
				execCoordinates: source.selfCoordinates,
			},
			semiSync: { replicaEnabled: true, replicaActive: true, clients: 0 },
		});
	});

	test("that is not there, does not let us in, or may not be asked, is told by why", async () => {
		const { primary } = topology;
		const [nobody = 0] = await freePorts(1);
		const denied = portOf({ MySQLTopologyPassword: "wrong" });
		expect(
			await faultOf(portOf().open(instanceName(primary.host, nobody), "look")),
		).toMatchObject({ outcome: "connection-refused", errno: 0 });
		expect(await faultOf(denied.open(primary.name, "look"))).toMatchObject({
			outcome: "refused-by-server",
			errno: 1045,
		});
		expect(
			await faultOf(portOf({}, () => false).open(primary.name, "look")),
		).toMatchObject({ outcome: "own-fault" });
		expect(
			await faultOf(portOf().open("no-such-host.invalid:3306", "look")),
		).toMatchObject({ outcome: "own-fault" });

		const release = await exhaustConnections(primary);
		try {
			const full = await portOf().look(primary.name);
			expect(full.check).toMatchObject({
				outcome: "refused-by-server",
				partialSuccess: false,
				error: expect.stringMatching(/too many connections/i),
			});
		} finally {
			await release();
		}
		const before = await portOf().look(primary.name);
		expect(before.check.outcome).toBe("ok");
		const after = await denied.look(primary.name, before);
		expect(after).toEqual({ ...before, check: after.check });
		expect(after.check).toMatchObject({
			outcome: "refused-by-server",
			partialSuccess: false,
		});
	});

	test("that hangs is told by the deadline, both for a new connection and for one in use", async () => {
		const { primary } = topology;
		const session = await portOf().open(primary.name, "look");
		primary.pause();
		try {
			await waitUntil("the server to stand still", async () =>
				standsStill(primary.pid ?? 0),
			);
			const startedMs = performance.now();
			const [fresh, used, ping] = await Promise.all([
				faultOf(portOf().open(primary.name, "look", { connectMs: 300 })),
				faultOf(session.query("SELECT 1", [], 300)),
				faultOf(session.ping(300)),
			]);
			expect(performance.now() - startedMs).toBeLessThan(2_000);
			expect([fresh, used].map((each) => each.outcome)).toEqual([
				"timeout",
				"timeout",
			]);
			expect(ping.outcome).toBe("timeout");
			expect(session.isOpen).toBe(false);
		} finally {
			primary.resume();
		}
		expect((await portOf().look(primary.name)).check.outcome).toBe("ok");
	});

	test("that refuses a statement keeps the session; one that is killed loses it, and that is told", async () => {
		const [, replica] = topology.replicas;
		if (replica === undefined) throw new Error("lay");
		const session = await portOf().open(replica.name, "look");
		const lost: ServerFault[] = [];
		session.onLost((fault) => lost.push(fault));
		expect(
			await faultOf(session.query("SELECT * FROM nowhere.at_all")),
		).toMatchObject({ outcome: "refused-by-server" });
		expect(await session.query("SELECT 'still here' AS it")).toEqual([
			{ it: "still here" },
		]);
		expect(lost).toEqual([]);
		const used = faultOf(session.query("SELECT SLEEP(20)", [], 20_000));
		await replica.kill();
		expect((await used).outcome).toBe("lost");
		expect(lost).toHaveLength(1);
		expect(session.isOpen).toBe(false);
		expect((await faultOf(session.query("SELECT 1"))).outcome).toBe("lost");
	});
});
