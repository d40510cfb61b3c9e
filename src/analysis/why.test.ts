import fc from "fast-check";
import { expect, it } from "vitest";
import {
	ANALYSIS,
	failing,
	LOSSLESS,
	NOW,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import { NO_GROUP } from "../topology/group-replication.ts";
import type { Instance, ThreadState } from "../topology/instance.ts";
import { analyse } from "./analysis.ts";
import { TAXONOMY } from "./taxonomy.ts";
import { consider } from "./why.ts";

const check = fc.constantFrom(
	server("x", 1).check,
	failing("timeout"),
	failing("connection-refused"),
	failing("refused-by-server"),
	failing("own-fault"),
	failing("unknown"),
	{ ...failing("timeout"), partialSuccess: true },
);
const thread = fc.constantFrom<ThreadState>(-1, 0, 1, 2);
const group = fc.constantFrom(
	NO_GROUP,
	{ ...NO_GROUP, name: "g", memberState: "ONLINE", memberRole: "PRIMARY" },
	{ ...NO_GROUP, name: "g", memberState: "ERROR", memberRole: "SECONDARY" },
);

/** Servers that replicate from any other, or from nobody, in any state. */
const anyInstance = (index: number): fc.Arbitrary<Instance> =>
	fc
		.record({
			check,
			group,
			source: fc.constantFrom("", "s0", "s1", "s2", "s3", "//s0", "elsewhere"),
			receiver: thread,
			applier: thread,
			error: fc.constantFrom("", "error connecting to source 'u@h:1'"),
			silentForMs: fc.constantFrom(null, 100, 60_000),
			lagSeconds: fc.constantFrom(null, 0, 60),
			sqlDelaySeconds: fc.constantFrom(0, 60),
			isCoMaster: fc.boolean(),
			readOnly: fc.boolean(),
			isBinlogServer: fc.boolean(),
			depth: fc.nat(2),
			clients: fc.nat(2),
			semiSync: fc.boolean(),
		})
		.map((s) => ({
			...replica(
				`s${index}`,
				index,
				{},
				{
					sourceHost: s.source,
					sourcePort: s.source === "" ? 0 : 3306,
					receiver: s.receiver,
					applier: s.applier,
					lastReceiverError: s.error,
					silentForMs: s.silentForMs,
					sqlDelaySeconds: s.sqlDelaySeconds,
				},
			),
			check: s.check,
			group: s.group,
			lagSeconds: s.lagSeconds,
			isCoMaster: s.isCoMaster,
			readOnly: s.readOnly,
			isBinlogServer: s.isBinlogServer,
			depth: s.depth,
			semiSync: {
				...LOSSLESS,
				sourceEnabled: s.semiSync,
				clients: s.clients,
			},
		}));

const anyCluster = fc.tuple(...[0, 1, 2, 3].map(anyInstance));
const SETTINGS = {
	...ANALYSIS,
	enforceExactSemiSyncReplicas: true,
	recoverNonWriteablePrimary: true,
};

it("gives each instance the first row that holds, whatever its state", () => {
	fc.assert(
		fc.property(anyCluster, (instances) => {
			for (const entry of analyse(snapshotOf(instances), SETTINGS)) {
				const rows = consider(entry.facts);
				expect(rows.map((each) => each.code)).toEqual(
					TAXONOMY.map((each) => each.code),
				);
				expect(rows.find((each) => each.holds)?.code ?? "NoProblem").toBe(
					entry.code,
				);
				for (const each of rows) expect(each.failed === "").toBe(each.holds);
			}
		}),
		{ numRuns: 500 },
	);
});

it("finds a code for every unseen source outside of groups, and never calls one dead that lives", () => {
	fc.assert(
		fc.property(anyCluster, (instances) => {
			for (const { facts, code } of analyse(snapshotOf(instances), SETTINGS)) {
				const lives = facts.lastCheckValid || facts.answers || facts.ownFault;
				if (lives) expect(code).not.toMatch(/^Dead/);
				if (facts.lastCheckValid) expect(code).not.toMatch(/^Unreachable/);
				else if (facts.count > 0 || (facts.isPrimary && !facts.isGroupMember))
					expect(code).toMatch(/^(Dead|Unreachable)/);
			}
		}),
		{ numRuns: 500 },
	);
});

it("says what failed first, in plain words", () => {
	const [entry] = analyse(
		snapshotOf([server("p", 1), replica("a", 2), replica("b", 3)]),
		ANALYSIS,
	);
	if (entry === undefined) throw new Error("no entry");
	const failed = Object.fromEntries(
		consider(entry.facts).map((each) => [each.code, each.failed]),
	);
	expect(failed).toMatchObject({
		DeadMaster: "it was seen at the last check",
		MasterSingleReplicaDead: "it has 2 replicas",
		AllMasterReplicasNotReplicating:
			"2 of 2 reachable replicas replicate from it",
		DeadCoMaster: "it is no co-primary",
		DeadIntermediateMaster: "it is a primary",
		LockedSemiSyncMaster: "semi-sync is not enabled on it",
		DeadReplicationGroupMemberWithReplicas: "it is in no replication group",
	});
});

it("takes time in proportion to the number of instances", () => {
	const snapshots = Array.from({ length: 2_000 }, (_, index) =>
		snapshotOf(
			[
				server("p", 1),
				...["a", "b", "c", "d"].map((host, at) => replica(host, at + 2)),
			],
			{ identity: `c${index}`, takenAtMs: NOW },
		),
	);
	const timed = () => {
		const beganAt = performance.now();
		for (const snapshot of snapshots) analyse(snapshot, ANALYSIS);
		return performance.now() - beganAt;
	};
	timed();
	// The bench measures; this only notices a quadratic mistake, on a busy machine too.
	expect(Math.min(timed(), timed(), timed())).toBeLessThan(1_000);
});
