import { describe, expect, it } from "vitest";
import { entryOf } from "../../../test/support/entry-of.ts";
import {
	failing,
	LOSSLESS,
	LOST_SOURCE,
	NOW,
	replica,
	STOPPED,
	server,
} from "../../../test/support/made-up-servers.ts";
import { NO_GROUP } from "../../topology/group-replication.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { Snapshot } from "../../topology/snapshot.ts";
import type { AnalysisCode, RecoveryKind } from "../taxonomy-row.ts";

const TIMED_OUT = { check: failing("timeout") };
const LAGS = { lagSeconds: 60 };
const FAILS = {
	...LOST_SOURCE,
	lastReceiverError:
		"Error connecting to source 'repl@p:3306'. This was attempt 3/10",
};

const up = server("p", 1);
const gone = server("p", 1, TIMED_OUT);

/** Replicas a, b, c … of p. */
const of = (host: string, change: Partial<Replication> = {}, rest = {}) =>
	replica(host, host.charCodeAt(0), rest, change);
/** Replicas of m, which is an intermediate source. */
const below = (host: string, change: Partial<Replication> = {}, rest = {}) =>
	of(host, { sourceHost: "m", ...change }, rest);
const middle = (rest: Partial<Instance> = {}) =>
	of("m", {}, { depth: 1, ...rest });
const deadMiddle = middle(TIMED_OUT);

/** p and q replicate from each other. */
const co = (rest: Partial<Instance> = {}) =>
	replica("p", 1, { isCoMaster: true, ...rest }, { sourceHost: "q" });
const other = (change: Partial<Replication> = {}, rest = {}) =>
	of("q", change, { isCoMaster: true, ...rest });
const deadCo = co(TIMED_OUT);

type Case = readonly [
	code: AnalysisCode,
	recovery: RecoveryKind,
	instances: readonly Instance[],
];

const check = (code: AnalysisCode, recovery: RecoveryKind, entry: unknown) =>
	expect(entry).toMatchObject({
		code,
		recovery,
		isActionable: recovery !== "none" && recovery !== "notice",
	});

describe("a primary", () => {
	it.each<Case>([
		["NoProblem", "none", [up, of("a"), of("b")]],
		["DeadMasterWithoutReplicas", "none", [gone]],
		["DeadMaster", "primary", [gone, of("a", LOST_SOURCE)]],
		["DeadMasterAndReplicas", "notice", [gone, of("a", {}, TIMED_OUT)]],
		[
			"DeadMasterAndSomeReplicas",
			"primary",
			[gone, of("a", LOST_SOURCE), of("b", {}, TIMED_OUT)],
		],
		[
			"UnreachableMasterWithLaggingReplicas",
			"notice",
			[gone, of("a", {}, LAGS), of("b", { sqlDelaySeconds: 60 }, LAGS)],
		],
		["UnreachableMaster", "notice", [gone, of("a"), of("b", LOST_SOURCE)]],
		["MasterSingleReplicaNotReplicating", "none", [up, of("a", STOPPED)]],
		["MasterSingleReplicaDead", "none", [up, of("a", {}, TIMED_OUT)]],
		[
			"AllMasterReplicasNotReplicating",
			"notice",
			[up, of("a", STOPPED), of("b", LOST_SOURCE)],
		],
		[
			"AllMasterReplicasNotReplicatingOrDead",
			"notice",
			[up, of("a", STOPPED), of("b", {}, TIMED_OUT)],
		],
	])("%s (%s)", (code, recovery, instances) => {
		check(code, recovery, entryOf(instances));
		expect(entryOf(instances).says).toContain("p:3306");
	});

	it("that lags in all replicas, each delayed on purpose, is just unreachable", () => {
		const late = of("a", { sqlDelaySeconds: 60 }, LAGS);
		expect(entryOf([gone, late]).code).toBe("UnreachableMaster");
	});

	it("is unreachable also when the check got halfway and no replica complains", () => {
		const halfway = { check: { ...gone.check, partialSuccess: true } };
		expect(entryOf([server("p", 1, halfway), of("a")]).code).toBe(
			"UnreachableMaster",
		);
	});

	it("tells when all its replicas are dead", () => {
		check(
			"AllMasterReplicasNotReplicatingOrDead",
			"notice",
			entryOf([up, of("a", {}, TIMED_OUT), of("b", {}, TIMED_OUT)]),
		);
	});
});

describe("a primary that waits for acknowledgements", () => {
	const coordinates = { file: "binlog.000002", position: 157 };
	const waiting = (clients: number, wanted = 1) =>
		server("p", 1, {
			semiSync: { ...LOSSLESS, clients, waitForReplicaCount: wanted },
			selfCoordinates: coordinates,
		});
	const stood = (ms: number, position = 157): Partial<Snapshot> => ({
		staleCoordinates: [
			{
				instance: "p:3306",
				coordinates: { ...coordinates, position },
				firstSeenAtMs: NOW - ms,
			},
		],
	});
	const tenSeconds = { lockedSemiSyncSeconds: 10 };
	const exact = { enforceExactSemiSyncReplicas: true };

	it("LockedSemiSyncMaster", () => {
		const entry = entryOf(
			[waiting(0), of("a")],
			stood(10_001, 157),
			tenSeconds,
		);
		check("LockedSemiSyncMaster", "semi-sync", entry);
		expect(entry.says).toContain("has stood at binlog.000002:157 for 10 s");
	});

	it.each([
		["nothing is known of its position", {}],
		["its position moved since", stood(60_000, 4)],
		["it has not stood long enough", stood(10_000)],
	])("LockedSemiSyncMasterHypothesis when %s", (_, rest) => {
		check(
			"LockedSemiSyncMasterHypothesis",
			"none",
			entryOf([waiting(1, 2), of("a")], rest, tenSeconds),
		);
	});

	it("MasterWithTooManySemiSyncReplicas, only where exactness is asked for", () => {
		const instances = [waiting(2), of("a"), of("b")];
		check(
			"MasterWithTooManySemiSyncReplicas",
			"semi-sync",
			entryOf(instances, {}, exact),
		);
		expect(entryOf(instances).code).toBe("NoProblem");
		expect(entryOf([waiting(1), of("a")], {}, exact).code).toBe("NoProblem");
	});

	it("is not locked when it could not be seen: what is known is old", () => {
		const unseen = { ...waiting(0), ...TIMED_OUT };
		expect(entryOf([unseen, of("a")], stood(60_000)).code).toBe(
			"UnreachableMaster",
		);
	});
});

it("NoWriteableMasterStructureWarning as a code, only where it shall be recovered", () => {
	const instances = [server("p", 1, { readOnly: true }), of("a")];
	check(
		"NoWriteableMasterStructureWarning",
		"make-writable",
		entryOf(instances, {}, { recoverNonWriteablePrimary: true }),
	);
	expect(entryOf(instances).code).toBe("NoProblem");
});

describe("a co-primary", () => {
	it.each<Case>([
		["NoProblem", "none", [co(), other(), of("a")]],
		["DeadCoMaster", "co-primary", [deadCo, other(LOST_SOURCE)]],
		[
			"DeadCoMasterAndSomeReplicas",
			"co-primary",
			[deadCo, other(LOST_SOURCE), of("a", {}, TIMED_OUT)],
		],
		["UnreachableCoMaster", "notice", [deadCo, other(), of("a", LOST_SOURCE)]],
		[
			"AllCoMasterReplicasNotReplicating",
			"none",
			[co(), other(STOPPED), of("a", {}, TIMED_OUT)],
		],
		[
			"DeadIntermediateMasterAndReplicas",
			"notice",
			[deadCo, other({}, TIMED_OUT), of("a", {}, TIMED_OUT)],
		],
	])("%s (%s)", (code, recovery, instances) => {
		check(code, recovery, entryOf(instances));
		expect(entryOf(instances).says).toContain("p:3306");
	});

	it("is known by its replica's flag alone", () => {
		expect(
			entryOf([co({ isCoMaster: false }), other(STOPPED), of("a", STOPPED)])
				.code,
		).toBe("AllCoMasterReplicasNotReplicating");
	});
});

describe("an intermediate source", () => {
	it.each<Case>([
		["NoProblem", "none", [middle(), up, below("a")]],
		[
			"DeadIntermediateMasterWithSingleReplicaFailingToConnect",
			"intermediate",
			[deadMiddle, up, below("a", FAILS)],
		],
		[
			"DeadIntermediateMasterWithSingleReplica",
			"none",
			[deadMiddle, up, below("a", STOPPED)],
		],
		[
			"DeadIntermediateMaster",
			"intermediate",
			[deadMiddle, up, below("a", LOST_SOURCE), below("b", STOPPED)],
		],
		[
			"DeadIntermediateMasterAndSomeReplicas",
			"intermediate",
			[deadMiddle, up, below("a", LOST_SOURCE), below("b", {}, TIMED_OUT)],
		],
		[
			"DeadIntermediateMasterAndReplicas",
			"notice",
			[deadMiddle, up, below("a", {}, TIMED_OUT)],
		],
		[
			"UnreachableIntermediateMasterWithLaggingReplicas",
			"notice",
			[deadMiddle, up, below("a", {}, LAGS)],
		],
		[
			"UnreachableIntermediateMaster",
			"none",
			[deadMiddle, up, below("a"), below("b", STOPPED)],
		],
		[
			"AllIntermediateMasterReplicasFailingToConnectOrDead",
			"intermediate",
			[middle(), up, below("a", FAILS), below("b", {}, TIMED_OUT)],
		],
		[
			"AllIntermediateMasterReplicasNotReplicating",
			"none",
			[middle(), up, below("a", STOPPED), below("b", FAILS)],
		],
	])("%s (%s)", (code, recovery, instances) => {
		check(code, recovery, entryOf(instances));
		expect(entryOf(instances).says).toContain("m:3306");
	});

	it("whose only replica hears nothing is dead, though the receiver says Yes", () => {
		const silent = below("a", { silentForMs: 5_000 });
		expect(entryOf([deadMiddle, up, silent]).code).toBe(
			"DeadIntermediateMasterWithSingleReplicaFailingToConnect",
		);
	});

	it("that answers with an error is never dead", () => {
		const refuses = middle({ check: failing("refused-by-server") });
		for (const replicas of [[], [below("a", LOST_SOURCE)]])
			expect(entryOf([refuses, up, ...replicas]).code).toBe(
				replicas.length === 0 ? "NoProblem" : "UnreachableIntermediateMaster",
			);
	});

	it("is held back when its replicas were stopped on purpose", () => {
		const entry = entryOf([
			deadMiddle,
			up,
			below("a", STOPPED),
			below("b", STOPPED),
		]);
		expect(entry).toMatchObject({
			code: "DeadIntermediateMaster",
			isActionable: false,
		});
		expect(entry.notActionableBecause).toContain("stopped on purpose");
	});
});

describe("a replica without replicas", () => {
	const leaf = (
		rest: Partial<Instance>,
		change: Partial<Replication> = FAILS,
	) => entryOf([of("a", change, rest), up]);

	it("BinlogServerFailingToConnectToMaster", () => {
		check(
			"BinlogServerFailingToConnectToMaster",
			"none",
			leaf({ isBinlogServer: true, depth: 1 }),
		);
	});

	it.each([
		"error connecting to master 'repl@p:3306'",
		FAILS.lastReceiverError,
	])("FirstTierReplicaFailingToConnectToMaster: %s", (lastReceiverError) => {
		check(
			"FirstTierReplicaFailingToConnectToMaster",
			"none",
			leaf({ depth: 1 }, { ...FAILS, lastReceiverError }),
		);
	});

	it("of a deeper tier, or dead, has no code", () => {
		expect(leaf({ depth: 2 }).code).toBe("NoProblem");
		expect(leaf({ depth: 1, ...TIMED_OUT }, {}).code).toBe("NoProblem");
	});
});

describe("a member of a replication group", () => {
	const member = (memberRole: string, rest: Partial<Instance> = {}) =>
		server("p", 1, {
			group: { ...NO_GROUP, name: "g", memberState: "ONLINE", memberRole },
			...rest,
		});

	it("DeadReplicationGroupMemberWithReplicas", () => {
		for (const role of ["PRIMARY", "SECONDARY"])
			check(
				"DeadReplicationGroupMemberWithReplicas",
				"group-member",
				entryOf([member(role, TIMED_OUT), of("a", LOST_SOURCE)]),
			);
	});

	it("is unreachable while a replica hears it", () => {
		for (const [role, code] of [
			["PRIMARY", "UnreachableMaster"],
			["SECONDARY", "UnreachableIntermediateMaster"],
		] as const)
			expect(entryOf([member(role, TIMED_OUT), of("a")]).code).toBe(code);
	});

	it("has no code of another kind", () => {
		for (const instances of [
			[member("PRIMARY", TIMED_OUT)],
			[member("PRIMARY"), of("a", STOPPED)],
			[member("PRIMARY", { readOnly: true, semiSync: LOSSLESS }), of("a")],
		])
			expect(
				entryOf(instances, {}, { recoverNonWriteablePrimary: true }).code,
			).toBe("NoProblem");
	});

	it("that was expelled and is offline is a server like any other", () => {
		const expelled = member("PRIMARY", TIMED_OUT);
		expect(
			entryOf([
				{ ...expelled, group: { ...expelled.group, memberState: "OFFLINE" } },
				of("a", LOST_SOURCE),
			]).code,
		).toBe("DeadMaster");
	});
});

describe("a primary that the recorded one has replaced", () => {
	const entry = (rest: Partial<Instance>, more: Partial<Snapshot> = {}) =>
		entryOf([replica("old", 2, rest), server("p", 1)], {
			replaced: ["old:3306"],
			...more,
		});

	it("and that follows it with its writes open is told, with what mends it", () => {
		expect(entry({ readOnly: false })).toMatchObject({
			code: "ReplacedPrimaryTakesWrites",
			recovery: "none",
			says: "old:3306 was replaced, replicates from p:3306 and takes writes all the same: what clients write there is nowhere else, and no takeover to it begins; make it read-only: SET GLOBAL super_read_only = ON on old:3306",
		});
	});

	it("is no finding when it is read-only, is a co-primary, or was never the primary", () => {
		expect(entry({}).code).toBe("NoProblem");
		expect(entry({ readOnly: false }, { replaced: [] }).code).toBe("NoProblem");
		expect(entry({ readOnly: false, isCoMaster: true }).code).toBe("NoProblem");
	});
});

it("says of a replaced primary that is gone that it was replaced", () => {
	const old = server("old", 9, TIMED_OUT);
	const found = entryOf([old, up, of("a")], {
		replaced: ["old:3306"],
	});
	expect(found.code).toBe("DeadMasterWithoutReplicas");
	expect(found.says).toMatch(/^replaced primary old:3306 cannot be reached/);
});
