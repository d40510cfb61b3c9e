import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import type { LabServer } from "../lab/server.ts";
import {
	type Relief,
	replicationThreads,
	stallApplier,
	stopReceiver,
} from "../lab/trouble.ts";
import { createWriter, type Writer } from "../lab/writer.ts";
import {
	follows,
	nothingLost,
	nothingRuns,
	picture,
	recoveries,
	replicationOf,
	stepsOf,
	writable,
} from "./findings.ts";
import {
	FLAVORS,
	logTail,
	type System,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

/** Also how long the designated server gets for the last of the writes. */
const CATCH_UP_S = 3;

const SOME_PORT = 1;

interface Roles {
	readonly primary: LabServer;
	readonly replicas: readonly [LabServer, LabServer, LabServer];
}

describe.each(FLAVORS)("a planned takeover of a %s primary", (flavor) => {
	let system: System;
	beforeAll(async () => {
		system = await startSystem({
			flavor,
			config: () => ({
				ReasonableMaintenanceReplicationLagSeconds: CATCH_UP_S,
			}),
		});
	}, TEST_MS);
	afterAll(async () => system?.stop(), TEST_MS);

	const writers: Writer[] = [];
	const startWriter = (servers: readonly LabServer[]) => {
		const firstId = 1 + writers.length * 1_000_000;
		const writer = createWriter({ servers, ratePerSecond: 200, firstId });
		writers.push(writer);
		writer.start();
		return writer;
	};
	const written = () => writers.flatMap((each) => each.records);

	const reliefs: Relief[] = [];
	afterEach(async () => {
		for (const writer of writers) await writer.stop();
		for (const relief of reliefs.splice(0)) await relief();
	});

	/** As they are now: each takeover changes them. */
	const roles = async (): Promise<Roles> => {
		const [primary, ...more] = await writable(system.servers);
		const [a, b, c] = system.servers.filter((each) => each !== primary);
		if (!primary || more.length > 0 || !a || !b || !c)
			throw new Error(`not one primary\n${logTail(system)}`);
		return { primary, replicas: [a, b, c] };
	};

	const ask = (path: string) => system.baton.get<Envelope>(path);

	test(
		"to a named replica loses no write; the old primary's channel is laid and left stopped",
		async () => {
			const { primary, replicas } = await roles();
			const [to, ...siblings] = replicas;
			const writer = startWriter(system.servers);
			await writer.waitAcknowledged(50);
			const answer = await ask(
				`graceful-master-takeover/${primary.host}/${primary.port}/${to.host}/${to.port}`,
			);
			expect(answer, logTail(system)).toMatchObject({ Code: "OK" });
			// Whoever asks next finds all of them below the new one.
			const { stdout } = await system.baton.command(
				...["-c", "topology", "-i", to.name],
			);
			const tree = stdout.trimEnd().split("\n");
			expect(tree[0]).toContain(to.name);
			expect(tree).toHaveLength(system.servers.length);
			await writer.waitAcknowledged(50);
			await writer.stop();
			expect(await writable(system.servers)).toEqual([to]);
			await nothingLost(system, to, written());
			await follows(system, siblings, to);
			expect((await replicationOf(primary)).source).toBe(to.name);
			expect(await replicationThreads(primary)).toEqual({
				receiver: "No",
				applier: "No",
			});
			// The operator starts it: nothing else is missing.
			await primary.query(flavor === "mysql" ? "START REPLICA" : "START SLAVE");
			await follows(system, [primary], to);
			await waitWatched(system);
		},
		TEST_MS,
	);

	test(
		"chosen by Baton loses no write, and the old primary replicates",
		async () => {
			const { primary } = await roles();
			const writer = startWriter(system.servers);
			await writer.waitAcknowledged(50);
			const done = await system.baton.command(
				"-c",
				"graceful-master-takeover-auto",
				"-i",
				primary.name,
			);
			expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
			});
			await writer.waitAcknowledged(50);
			await writer.stop();
			const now = await roles();
			expect(now.primary).not.toBe(primary);
			expect(done.stdout).toMatch(
				new RegExp(`^${now.primary.name}\nbinlog\\.\\d+:\\d+\n$`),
			);
			await nothingLost(system, now.primary, written());
			await follows(system, now.replicas, now.primary);
			const [row] = await recoveries(system);
			expect(await stepsOf(system, row?.UID ?? "")).toContainEqual(
				expect.stringMatching(
					/^plan: takeover of .*=== from here there is no way back ===/s,
				),
			);
			await nothingRuns(system);
			await waitWatched(system);
		},
		TEST_MS,
	);

	test(
		"is refused, and nothing is changed, for a target that is unknown, not named or not allowed",
		async () => {
			const { primary, replicas } = await roles();
			const [to] = replicas;
			const before = await picture(system.servers);
			const at = `graceful-master-takeover/${primary.host}/${primary.port}`;
			expect(await ask(`${at}/${primary.host}/${SOME_PORT}`)).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(
					/must be directly replicating from the master/,
				),
			});
			expect(await ask(at)).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(/target instance not indicated/),
			});
			const byRule = (rule: string) =>
				ask(`register-candidate/${to.host}/${to.port}/${rule}`);
			expect(await byRule("must_not")).toMatchObject({ Code: "OK" });
			try {
				expect(await ask(`${at}/${to.host}/${to.port}`)).toMatchObject({
					Code: "ERROR",
					Message: expect.stringMatching(/must_not/),
				});
				const byCommand = await system.baton.command(
					"-c",
					"graceful-master-takeover",
					"-i",
					primary.name,
					"-d",
					to.name,
				);
				expect(byCommand).toMatchObject({
					stdout: "",
					stderr: expect.stringMatching(/must_not/),
				});
				expect(byCommand.code).not.toBe(0);
			} finally {
				await byRule("neutral");
			}
			expect(await picture(system.servers)).toEqual(before);
		},
		TEST_MS,
	);

	test(
		"to a server that cannot catch up is undone: no write was refused, its siblings are back",
		async () => {
			const { primary, replicas } = await roles();
			const [to, ...siblings] = replicas;
			// They are moved ahead, which needs a new source that has all that they have.
			for (const sibling of siblings) reliefs.push(await stopReceiver(sibling));
			await waitWatched(system, siblings);
			const stalled = await stallApplier(to);
			reliefs.push(stalled);
			const writer = startWriter([primary]);
			await writer.waitAcknowledged(5);
			const answer = await ask(
				`graceful-master-takeover/${primary.host}/${primary.port}/${to.host}/${to.port}`,
			);
			expect(answer, logTail(system)).toMatchObject({
				Code: "ERROR",
				Message: expect.stringMatching(
					/^undone: .* did not apply the last transactions .*; writes on .* were not blocked$/,
				),
			});
			await writer.waitAcknowledged(50);
			// It is waited for with writes still open: no client noticed.
			expect(
				writer.records.filter((each) => each.outcome === "failed"),
			).toEqual([]);
			await writer.stop();
			await stalled();
			expect(await writable(system.servers)).toEqual([primary]);
			// A receiver that a person stopped is as it was, below the primary that it was below.
			for (const sibling of siblings) {
				expect((await replicationOf(sibling)).source).toBe(primary.name);
				expect(await replicationThreads(sibling), logTail(system)).toEqual({
					receiver: "No",
					applier: "Yes",
				});
			}
			for (const relief of reliefs.splice(0)) await relief();
			await follows(system, replicas, primary);
			await nothingLost(system, primary, written());
			await nothingRuns(system);
		},
		TEST_MS,
	);
});
