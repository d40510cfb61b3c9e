// A failover whose new primary has yet to apply or to fetch what it needs: the manager is killed meanwhile, it takes long, or it is
// in vain.

import { describe, expect, test } from "vitest";
import { waitCaughtUp, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import {
	blockApplier,
	type Relief,
	stallApplier,
	stopReceiver,
} from "../lab/trouble.ts";
import type { Writer } from "../lab/writer.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	recovered,
	recoveries,
	replicationOf,
	stepsOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	QUICK_FLAVORS,
	type System,
	waitLogged,
	waitWatched,
} from "../live/system.ts";

/** Start of a node, take-over of its work, and the failover. */
const FINISHED_MS = 45_000;

/** The same where a transaction is applied meanwhile that is made to take long, and how long depends on the machine. */
const LONG_MS = 150_000;

/** How long an applier may stand still where the test says so. */
const STALL_S = 3;

describe.each(QUICK_FLAVORS)("a failover of a %s primary", (flavor) => {
	const stage = createStage({ flavor, replicas: 2 });

	const { reliefs } = stage;
	const trouble = async (made: Promise<Relief>): Promise<Relief> => {
		const relief = await made;
		reliefs.push(relief);
		return relief;
	};

	interface Cast {
		readonly first: LabServer;
		readonly second: LabServer;
		readonly client: Writer;
	}
	const begin = async (
		config: Readonly<Record<string, unknown>> = {},
	): Promise<System & Cast> => {
		const system = await stage.afresh({ config: () => config });
		const [first, second] = system.replicas;
		if (first === undefined || second === undefined) throw new Error("lay");
		// Only the primary: nobody may write while it is in question who it is.
		const writer = await stage.writes({
			servers: [system.primary],
			ratePerSecond: 200,
		});
		return { ...system, first, second, client: writer };
	};

	/** A step waits there for the applier. */
	const isWaiting = (system: System, server: LabServer) =>
		explaining(system, () =>
			waitUntil(`a wait for the applier of ${server.name}`, async () =>
				(await server.query("SHOW FULL PROCESSLIST")).some((row) =>
					/WAIT_FOR_EXECUTED_GTID_SET|MASTER_GTID_WAIT/i.test(String(row.Info)),
				),
			),
		);

	const isFinished = async (
		system: System & Cast,
		next: LabServer,
		count = 1,
	) => {
		const { primary, servers, client } = system;
		expect(await newPrimary(system, primary, FINISHED_MS)).toBe(next);
		const row = await recovered(system, FINISHED_MS);
		const steps = (await stepsOf(system, row.UID)).join("\n");
		expect(row.IsSuccessful, steps).toBe(true);
		expect(await recoveries(system)).toHaveLength(count);
		expect(await writable(servers)).toEqual([next]);
		await follows(
			system,
			servers.filter((each) => each !== next && each !== primary),
			next,
		);
		await nothingLost(system, next, client.records);
	};

	/** The first replica lacks what only the second has, which must not be promoted. */
	const mustFetch = async ({ baton, first, second, client }: System & Cast) => {
		await baton.get(
			`register-candidate/${second.host}/${second.port}/must_not`,
		);
		await stopReceiver(first);
		await client.waitAcknowledged(20);
		await client.stop();
	};

	/** The manager dies and is started again; what held the applier up is over then. */
	const survives = async (system: System & Cast, relief: Relief) => {
		const { baton, first, servers } = system;
		await isWaiting(system, first);
		await baton.kill();
		expect(await writable(servers)).toEqual([]);
		await baton.restart();
		await relief();
		await isFinished(system, first);
	};

	test("is finished when the manager is killed before the new primary has fetched what it lacks", async () => {
		const system = await begin();
		const { primary, first, client } = system;
		const relief = await trouble(stallApplier(first));
		await client.waitAcknowledged(20);
		await mustFetch(system);
		await waitWatched(system);
		await primary.kill();
		await survives(system, relief);
	});

	test("is finished when the manager is killed while the new primary fetches what it lacks", async () => {
		const system = await begin();
		const { primary, first } = system;
		await mustFetch(system);
		const relief = await trouble(stallApplier(first));
		await waitWatched(system);
		await primary.kill();
		await waitLogged(system, `"step":"moveBelow","on":"${first.name}"`);
		await survives(system, relief);
	});

	test("waits for one large transaction that takes longer than an applier may stand still", async () => {
		const system = await begin({ BatonApplyWaitTimeoutSeconds: STALL_S });
		const { primary, replicas, first, client } = system;
		await client.stop();
		const statements = await longTransaction(primary, first);
		for (const replica of replicas) await blockApplier(replica);
		const connection = await primary.connect();
		await connection.query("BEGIN");
		for (let left = statements; left > 0; left--)
			await connection.query(CHANGE_ALL);
		await connection.query("COMMIT");
		connection.destroy();
		await waitWatched(system);
		const killedMs = performance.now();
		await primary.kill();
		const next = await newPrimary(system, primary, LONG_MS);
		expect(performance.now() - killedMs).toBeGreaterThan(STALL_S * 1000);
		const row = await recovered(system, LONG_MS);
		expect(row.IsSuccessful).toBe(true);
		expect(await recoveries(system)).toHaveLength(1);
		expect(await writable(system.servers)).toEqual([next]);
		expect(
			await next.query("SELECT COUNT(*) AS n FROM app.large WHERE changes = 0"),
		).toEqual([{ n: 0 }]);
	}, 240_000);

	test("behind a lock says who holds it, has changed nothing, and comes at once when the lock is gone", async () => {
		const system = await begin({ BatonApplyWaitTimeoutSeconds: STALL_S });
		const { primary, replicas, servers, client } = system;
		for (const replica of replicas) await trouble(stallApplier(replica));
		await client.waitAcknowledged(20);
		await client.stop();
		await waitWatched(system);
		await primary.kill();
		const row = await recovered(system, FINISHED_MS);
		const steps = (await stepsOf(system, row.UID)).join("\n");
		expect(row.IsSuccessful, steps).toBe(false);
		expect(steps).toMatch(
			flavor === "mysql"
				? /applied nothing for 3 s; it waits behind a lock \(.*held by session \d+ of root\)/
				: /applied nothing for 3 s; it waits behind a lock/,
		);
		expect(await writable(replicas)).toEqual([]);
		for (const replica of replicas)
			expect((await replicationOf(replica)).source).toBe(primary.name);
		for (const relief of reliefs.splice(0)) await relief();
		const next = await newPrimary(system, primary, FINISHED_MS);
		await explaining(system, () =>
			waitUntil("a failover that succeeded", async () =>
				(await recoveries(system)).some((each) => each.IsSuccessful),
			),
		);
		expect(await system.baton.get("blocked-recoveries")).toEqual([]);
		expect(await writable(servers)).toEqual([next]);
		await follows(
			system,
			replicas.filter((each) => each !== next),
			next,
		);
		await nothingLost(system, next, client.records);
	});
});

const ROWS = 60_000;
const CHANGE_ALL = "UPDATE app.large SET changes = changes + 1";

/**
 * Makes the table app.large.
 * @returns how often all of it must be changed in one transaction that a replica takes more than twice as long to apply as an applier
 * may stand still: as fast as this machine is now
 */
async function longTransaction(
	primary: LabServer,
	replica: LabServer,
): Promise<number> {
	await primary.query(
		"CREATE TABLE app.large (id INT PRIMARY KEY, changes INT NOT NULL)",
	);
	await primary.query(
		primary.flavor === "mysql"
			? `INSERT INTO app.large WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 999) SELECT a.i * 1000 + b.i, 0 FROM n a JOIN n b WHERE a.i < ${ROWS / 1000}`
			: `INSERT INTO app.large SELECT seq, 0 FROM app.seq_1_to_${ROWS}`,
	);
	await waitCaughtUp(replica, primary);
	await primary.query(CHANGE_ALL);
	const committedMs = performance.now();
	await waitCaughtUp(replica, primary);
	const appliedMs = performance.now() - committedMs;
	return Math.ceil((2.5 * STALL_S * 1000) / appliedMs);
}
