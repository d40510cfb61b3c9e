import { expect, test } from "vitest";
import {
	LOGGING,
	running,
	seen,
	seenAt,
} from "../../../../test/support/made-up-servers.ts";
import { analyse } from "../../../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../../../analysis/facts.ts";
import { type Instance, unknownInstance } from "../../../topology/instance.ts";
import { NO_SEMI_SYNC } from "../../../topology/semi-sync.ts";
import { NO_MARK } from "../../../topology/server-mark.ts";
import type { WhySubject } from "./subject.ts";
import { whyText } from "./why-text.ts";

const NOW = 1_700_000_000_000;

const server = (host: string, more: Partial<Instance> = {}): Instance =>
	seen(host, {
		...LOGGING,
		clusterName: "db1:3306",
		serverId: 7,
		version: "8.0.34",
		majorVersion: "8.0",
		flavor: "MySQL",
		supportsOracleGtid: true,
		uptimeSeconds: 90_000,
		check: { ...seenAt(NOW - 1000), latencyMs: 2 },
		...more,
	});

const replica = (host: string, more: Partial<Instance> = {}): Instance =>
	server(host, {
		readOnly: true,
		superReadOnly: true,
		depth: 1,
		lagSeconds: 0,
		executedGtid: "11111111-1111-1111-1111-111111111111:1-9",
		replication: running("db1", {
			usingOracleGtid: true,
			readCoordinates: { file: "bin.000002", position: 400 },
			execCoordinates: { file: "bin.000002", position: 400 },
		}),
		...more,
	});

const subject = (
	instances: readonly Instance[],
	more: Partial<WhySubject> = {},
): WhySubject => {
	const { downtimes = [] } = more;
	return {
		cluster: {
			identity: "shop-1",
			clusterName: "db1:3306",
			alias: "shop",
			domain: "",
			epoch: 3,
		},
		limits: {
			nowMs: NOW,
			pollSeconds: 5,
			reasonableLagSeconds: 10,
			maintenanceLagSeconds: 20,
			isDowntimed: (instance) =>
				downtimes.some((each) => each.instance === instance.name),
		},
		entries: analyse(
			{
				identity: "shop-1",
				clusterName: "db1:3306",
				clusterAlias: "shop",
				clusterDomain: "",
				takenAtMs: NOW,
				instances,
				downtimes,
				maintained: (more.maintenances ?? []).map((each) => each.instance),
				staleCoordinates: [],
			},
			ANALYSIS_DEFAULTS,
		),
		downtimes,
		maintenances: [],
		tags: [],
		aliases: new Map(),
		fences: [],
		prospects: [],
		globallyDisabled: false,
		looked: { answered: instances.length, unanswered: [] },
		temporal: { address: "127.0.0.1:7233", trouble: "" },
		operation: undefined,
		rolling: undefined,
		nodes: [{ hostname: "node1", command: "http", lastSeenMs: NOW - 400 }],
		detections: [],
		recoveries: [],
		changes: [],
		...more,
	};
};

const yes = { act: true, says: "nothing speaks against it", blockedBy: 0 };

/** Without the rows of the analysis, whose wording is tested with them. */
const withoutRows = (text: string): string =>
	text.replace(/\n\nWHY: [\s\S]*?\n\n/, "\n\n");

test("each line says what it is about, where a server is no semi-sync source too", () => {
	const semiSync = {
		...NO_SEMI_SYNC,
		replicaEnabled: true,
		replicaActive: true,
	};
	const text = whyText(subject([server("db1"), replica("db2", { semiSync })]));
	expect(text).toContain("\n  semi-sync   as replica acknowledging\n");
});

test("a healthy cluster", () => {
	expect(
		withoutRows(
			whyText(
				subject([server("db1"), replica("db2"), replica("db3")], {
					prospects: [{ instance: "db1:3306", analysis: "", verdict: yes }],
					tags: [{ instance: "db3:3306", name: "role", value: "backup" }],
					aliases: new Map([
						["p.example:3306", "db1:3306"],
						["10.0.0.1:3306", "db1:3306"],
						["x.example:3306", "other:3306"],
					]),
				}),
			),
		),
	).toMatchInlineSnapshot(`
		"shop (db1:3306): no problem; 3 instances
		  primary     db1:3306, writable
		  on record   nobody yet: it is written when one server is seen to be the primary, or with adopt
		  as of       2023-11-14 22:13:20 UTC, from the store; checks are due every 5 s
		  looked      3 servers answered just now: privileges and prospects go by that
		  checks      the last checks are 1 s old
		  recovery    if db1:3306 died now, a failover would start: nothing speaks against it
		  operation   none holds the cluster
		  nodes       node1 (http, 400 ms ago)
		  Temporal    answers at 127.0.0.1:7233
		  cluster     identity shop-1, epoch 3

		db1:3306   [0s,ok,8.0.34,rw,ROW,>>,GTID]
		+ db2:3306 [0s,ok,8.0.34,ro,ROW,>>,GTID]
		+ db3:3306 [0s,ok,8.0.34,ro,ROW,>>,GTID]

		db1:3306, primary
		  also at     10.0.0.1:3306, p.example:3306
		  finding     none
		  checked     ok 1 s ago, in 2 ms
		  server      MySQL 8.0.34, writable, binary log ROW, server id 7, up 1 d 1 h

		db2:3306, replica
		  finding     none
		  checked     ok 1 s ago, in 2 ms
		  server      MySQL 8.0.34, super-read-only, binary log ROW, server id 7, up 1 d 1 h
		  replicates  from db1:3306 by GTID, receiver running, applier running, lag 0 s, read
		              bin.000002:400, applied bin.000002:400
		  gtid        executed 11111111-1111-1111-1111-111111111111:1-9

		db3:3306, replica
		  finding     none
		  checked     ok 1 s ago, in 2 ms
		  server      MySQL 8.0.34, super-read-only, binary log ROW, server id 7, up 1 d 1 h
		  replicates  from db1:3306 by GTID, receiver running, applier running, lag 0 s, read
		              bin.000002:400, applied bin.000002:400
		  gtid        executed 11111111-1111-1111-1111-111111111111:1-9
		  tags        role=backup

		BEFORE
		no detection, recovery or change of analysis is recorded"
	`);
});

const dead = server("db1", {
	check: {
		outcome: "timeout",
		checkedAtMs: NOW - 500,
		attemptedAtMs: NOW - 500,
		seenAtMs: NOW - 12_000,
		partialSuccess: false,
		error: "no answer within 1000 ms",
		latencyMs: 2,
	},
});
const lost = (host: string, more: Partial<Instance> = {}) =>
	replica(host, {
		replication: {
			...replica(host).replication,
			receiver: 2,
			lastReceiverErrno: 2003,
			lastReceiverError: "error reconnecting to source 'repl@db1:3306'",
		},
		lagSeconds: null,
		...more,
	});

test("a dead primary, with the evidence and what stands against a recovery", () => {
	expect(
		whyText(
			subject([dead, lost("db2"), lost("db3")], {
				prospects: [
					{
						instance: "db1:3306",
						analysis: "DeadMaster",
						verdict: {
							act: false,
							says: "recovery 4 (DeadMaster) of this cluster is 90 s old and blocks another one for 3510 s more; acknowledge it with ack-cluster-recoveries -i db1:3306 -reason TEXT, or use recover -i db1:3306",
							blockedBy: 4,
						},
					},
				],
				operation: {
					identity: "shop-1",
					epoch: 3,
					workflowId: "operate/shop-1",
					runId: "r",
					kind: "relocation",
					startedAtMs: NOW - 65_000,
				},
				nodes: [],
				globallyDisabled: true,
				fences: [
					{
						instance: "db9:3306",
						identity: "shop-1",
						successor: "db1:3306",
						sinceMs: NOW - 90_000,
						state: "waiting",
						note: "",
						server: NO_MARK,
					},
				],
				downtimes: [
					{
						instance: "db3:3306",
						owner: "ann",
						reason: "new disk",
						beganAtMs: NOW - 60_000,
						endsAtMs: NOW + 540_000,
					},
				],
				detections: [
					{
						id: 8,
						instance: "db1:3306",
						analysis: "DeadMaster",
						clusterName: "db1:3306",
						clusterAlias: "shop",
						countReplicas: 2,
						replicas: [],
						isActionable: true,
						startedAtMs: NOW - 11_000,
						isActive: true,
						processingNode: "",
						processingToken: "",
						relatedRecoveryId: 0,
						verdict: "recovery 4 blocks another one",
					},
				],
				recoveries: [
					{
						id: 4,
						uid: "u",
						identity: "shop-1",
						instance: "db9:3306",
						analysis: "DeadMaster",
						clusterName: "db9:3306",
						clusterAlias: "shop",
						countReplicas: 3,
						replicas: [],
						isActive: true,
						startedAtMs: NOW - 90_000,
						endedAtMs: NOW - 88_000,
						isSuccessful: true,
						successor: "db1:3306",
						successorAlias: "",
						participating: [],
						lostReplicas: [],
						errors: [],
						acknowledged: false,
						acknowledgedAtMs: 0,
						acknowledgedBy: "",
						acknowledgedComment: "",
						lastDetectionId: 7,
						processingNode: "",
						processingToken: "",
					},
				],
				changes: [
					{
						instance: "db1:3306",
						atMs: NOW - 11_000,
						analysis: "DeadMaster",
					},
				],
			}),
		),
	).toMatchInlineSnapshot(`
		"shop (db1:3306): DeadMaster on db1:3306, and 2 more findings; no node runs, and what is known is 500 ms to 1 s old; 3 instances
		  primary     db1:3306, writable, not seen at the last check
		  on record   nobody yet: it is written when one server is seen to be the primary, or with adopt
		  as of       2023-11-14 22:13:20 UTC, from the store; checks are due every 5 s
		  looked      3 servers answered just now: privileges and prospects go by that
		  checks      the last checks are 500 ms to 1 s old, failed: db1:3306
		  findings    DeadMaster: primary db1:3306 cannot be reached (no answer within 1000 ms) and none of
		              its 2 replicas replicates from it
		              FirstTierReplicaFailingToConnectToMaster: replica db2:3306 fails to connect to its
		              source db1:3306
		              FirstTierReplicaFailingToConnectToMaster: replica db3:3306 fails to connect to its
		              source db1:3306
		  recoveries  DISABLED everywhere; enable-global-recoveries ends that
		  recovery    of db1:3306 (DeadMaster) would NOT start: recovery 4 (DeadMaster) of this cluster is
		              90 s old and blocks another one for 3510 s more; acknowledge it with
		              ack-cluster-recoveries -i db1:3306 -reason TEXT, or use recover -i db1:3306
		  operation   relocation has held the cluster for 1 min 5 s: workflow operate/shop-1, epoch 3
		  nodes       NO node tells of itself: nobody watches, and nothing is recovered by itself; start one
		              with \`http\`
		  Temporal    answers at 127.0.0.1:7233
		  fences      db9:3306 was replaced by db1:3306 1 min 30 s ago, waiting
		  cluster     identity shop-1, epoch 3

		db1:3306   [unknown,invalid,8.0.34,rw,ROW,>>,GTID]
		- db2:3306 [null,nonreplicating,8.0.34,ro,ROW,>>,GTID]
		- db3:3306 [null,nonreplicating,8.0.34,ro,ROW,>>,GTID,downtimed]

		db1:3306, primary
		  finding     DeadMaster: primary db1:3306 cannot be reached (no answer within 1000 ms) and none of
		              its 2 replicas replicates from it
		  problems    last_check_invalid
		  checked     failed 500 ms ago: no answer within 1000 ms, last seen 12 s ago
		  when seen   MySQL 8.0.34, writable, binary log ROW, server id 7, up 1 d 1 h

		db2:3306, replica
		  finding     FirstTierReplicaFailingToConnectToMaster: replica db2:3306 fails to connect to its
		              source db1:3306
		  problems    not_replicating
		  checked     ok 1 s ago, in 2 ms
		  server      MySQL 8.0.34, super-read-only, binary log ROW, server id 7, up 1 d 1 h
		  replicates  from db1:3306 by GTID, receiver connecting, applier running, lag not known, read
		              bin.000002:400, applied bin.000002:400
		              receiver's error: error reconnecting to source 'repl@db1:3306'
		  gtid        executed 11111111-1111-1111-1111-111111111111:1-9

		db3:3306, replica
		  finding     FirstTierReplicaFailingToConnectToMaster: replica db3:3306 fails to connect to its
		              source db1:3306
		  problems    not_replicating
		  set aside   downtimed until 2023-11-14 22:22:20 UTC, 9 min more, by ann: new disk
		  checked     ok 1 s ago, in 2 ms
		  server      MySQL 8.0.34, super-read-only, binary log ROW, server id 7, up 1 d 1 h
		  replicates  from db1:3306 by GTID, receiver connecting, applier running, lag not known, read
		              bin.000002:400, applied bin.000002:400
		              receiver's error: error reconnecting to source 'repl@db1:3306'
		  gtid        executed 11111111-1111-1111-1111-111111111111:1-9

		WHY: the rows of the analysis, by what speaks against them
		db1:3306:
		  DeadMaster holds
		  - it has 2 replicas: not DeadMasterWithoutReplicas
		  - all its replicas can be reached: not DeadMasterAndReplicas, DeadMasterAndSomeReplicas
		  - 0 of its 2 replicas lag: not UnreachableMasterWithLaggingReplicas
		  - no reachable replica replicates from it: not UnreachableMaster
		  - what is seen of it goes with the record of the primary: not RecordedPrimaryReplicates,
		    WriterBesideRecordedPrimary, RecordedPrimaryIsAnotherServer
		  - it was not the primary before the recorded one: not ReplacedPrimaryTakesWrites
		  - semi-sync is not enabled on it: not LockedSemiSyncMaster, LockedSemiSyncMasterHypothesis
		  - EnforceExactSemiSyncReplicas is off: not MasterWithTooManySemiSyncReplicas
		  - RecoverNonWriteableMaster is off: not NoWriteableMasterStructureWarning
		  - the last check of it failed: not MasterSingleReplicaNotReplicating, MasterSingleReplicaDead,
		    AllMasterReplicasNotReplicating, AllMasterReplicasNotReplicatingOrDead
		  - it is no co-primary: not DeadCoMaster, DeadCoMasterAndSomeReplicas, UnreachableCoMaster,
		    AllCoMasterReplicasNotReplicating
		  - it is a primary: not DeadIntermediateMasterWithSingleReplicaFailingToConnect,
		    DeadIntermediateMasterWithSingleReplica, DeadIntermediateMaster,
		    DeadIntermediateMasterAndSomeReplicas, DeadIntermediateMasterAndReplicas,
		    UnreachableIntermediateMasterWithLaggingReplicas, UnreachableIntermediateMaster,
		    AllIntermediateMasterReplicasFailingToConnectOrDead, AllIntermediateMasterReplicasNotReplicating
		  - it is no binlog server: not BinlogServerFailingToConnectToMaster
		  - its depth in the cluster is 0: not FirstTierReplicaFailingToConnectToMaster
		  - it is in no replication group: not DeadReplicationGroupMemberWithReplicas
		db2:3306, db3:3306:
		  FirstTierReplicaFailingToConnectToMaster holds
		  - it replicates from db1:3306: not DeadMasterWithoutReplicas, DeadMaster, DeadMasterAndReplicas,
		    DeadMasterAndSomeReplicas, UnreachableMasterWithLaggingReplicas, UnreachableMaster,
		    LockedSemiSyncMaster, LockedSemiSyncMasterHypothesis, MasterSingleReplicaNotReplicating,
		    MasterSingleReplicaDead, AllMasterReplicasNotReplicating, AllMasterReplicasNotReplicatingOrDead
		  - what is seen of it goes with the record of the primary: not RecordedPrimaryReplicates,
		    WriterBesideRecordedPrimary, RecordedPrimaryIsAnotherServer
		  - it was not the primary before the recorded one: not ReplacedPrimaryTakesWrites
		  - EnforceExactSemiSyncReplicas is off: not MasterWithTooManySemiSyncReplicas
		  - RecoverNonWriteableMaster is off: not NoWriteableMasterStructureWarning
		  - it is no co-primary: not DeadCoMaster, DeadCoMasterAndSomeReplicas, UnreachableCoMaster,
		    AllCoMasterReplicasNotReplicating
		  - it was seen at the last check: not DeadIntermediateMasterWithSingleReplicaFailingToConnect,
		    DeadIntermediateMasterWithSingleReplica, DeadIntermediateMaster,
		    DeadIntermediateMasterAndSomeReplicas, DeadIntermediateMasterAndReplicas,
		    UnreachableIntermediateMasterWithLaggingReplicas, UnreachableIntermediateMaster
		  - it has no replicas: not AllIntermediateMasterReplicasFailingToConnectOrDead,
		    AllIntermediateMasterReplicasNotReplicating
		  - it is no binlog server: not BinlogServerFailingToConnectToMaster
		  - it is in no replication group: not DeadReplicationGroupMemberWithReplicas

		BEFORE
		last detections:
		  2023-11-14 22:13:09 UTC DeadMaster on db1:3306: recovery 4 blocks another one
		last recoveries:
		  2023-11-14 22:11:50 UTC recovery 4 of db9:3306 (DeadMaster) succeeded, db1:3306 promoted; not
		    acknowledged
		last changes of analysis:
		  2023-11-14 22:13:09 UTC db1:3306 became DeadMaster"
	`);
});

test("a primary that does not let us in, a replica that is not seen whole, one never seen", () => {
	const refused = server("db1", {
		check: {
			...dead.check,
			outcome: "refused-by-server",
			error: "access denied for user 'baton'; check MySQLTopologyUser",
			partialSuccess: true,
		},
	});
	expect(
		withoutRows(
			whyText(
				subject([
					refused,
					replica("db2", {
						findings: [
							{
								about: "replicas",
								privilege: "REPLICATION SLAVE",
								says: "SHOW REPLICAS is not allowed; replicas of this server are found by their own word only",
							},
						],
					}),
					unknownInstance("db3", 3306),
				]),
			),
		),
	).toMatchInlineSnapshot(`
		"shop (db1:3306): UnreachableMaster on db1:3306, and 1 more finding; 3 instances
		  primary     db1:3306, writable, not seen at the last check
		  on record   nobody yet: it is written when one server is seen to be the primary, or with adopt
		  as of       2023-11-14 22:13:20 UTC, from the store; checks are due every 5 s
		  looked      3 servers answered just now: privileges and prospects go by that
		  checks      the last checks are 500 ms to 1 s old, 1 never checked, failed: db1:3306
		  findings    UnreachableMaster: primary db1:3306 lives but does not let us in (access denied for
		              user 'baton'; check MySQLTopologyUser); 1 of 1 reachable replicas still replicate, 0
		              have lost it
		              DeadMasterWithoutReplicas: primary db3:3306 cannot be reached and has no replicas:
		              nobody takes writes in its place; start db3:3306 again
		  operation   none holds the cluster
		  nodes       node1 (http, 400 ms ago)
		  Temporal    answers at 127.0.0.1:7233
		  cluster     identity shop-1, epoch 3

		db1:3306   [unknown,invalid,8.0.34,rw,ROW,>>,GTID]
		+ db2:3306 [0s,ok,8.0.34,ro,ROW,>>,GTID]
		db3:3306 [unknown,invalid,rw,nobinlog]

		db1:3306, primary
		  finding     UnreachableMaster: primary db1:3306 lives but does not let us in (access denied for
		              user 'baton'; check MySQLTopologyUser); 1 of 1 reachable replicas still replicate, 0
		              have lost it
		  problems    last_check_invalid
		  checked     failed 500 ms ago: mysqld answered and refused us, so it lives: access denied for user
		              'baton'; check MySQLTopologyUser, though it got halfway, last seen 12 s ago
		  when seen   MySQL 8.0.34, writable, binary log ROW, server id 7, up 1 d 1 h

		db2:3306, replica
		  finding     none
		  not known   replicas: SHOW REPLICAS is not allowed; replicas of this server are found by their own
		              word only (missing privilege: REPLICATION SLAVE)
		  checked     ok 1 s ago, in 2 ms
		  server      MySQL 8.0.34, super-read-only, binary log ROW, server id 7, up 1 d 1 h
		  replicates  from db1:3306 by GTID, receiver running, applier running, lag 0 s, read
		              bin.000002:400, applied bin.000002:400
		  gtid        executed 11111111-1111-1111-1111-111111111111:1-9

		db3:3306, primary
		  finding     DeadMasterWithoutReplicas: primary db3:3306 cannot be reached and has no replicas:
		              nobody takes writes in its place; start db3:3306 again
		  problems    last_check_invalid
		  checked     never checked
		  server      nothing is known of it

		BEFORE
		no detection, recovery or change of analysis is recorded"
	`);
});

test("what a hostile server says does not reach the terminal as it is", () => {
	const text = whyText(
		subject([
			{
				...dead,
				check: { ...dead.check, error: "\u001b[2J\r\nWHY: \u0007 gone" },
			},
		]),
	);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
	expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
	expect(text).toContain("failed 500 ms ago: [2J WHY: gone,");
});

test("an empty cluster has a text too", () => {
	expect(whyText(subject([]))).toContain(
		"shop (db1:3306): no problem; 0 instances\n  primary     none is known by the name db1:3306\n",
	);
});

test.each([
	[
		{ successor: undefined, refusal: "…" },
		"if db1:3306 died now, a failover would start, but could promote nobody: …",
	],
	[
		{ successor: "db2:3306" as const, refusal: "" },
		"if db1:3306 died now, a failover would start: nothing speaks against it",
	],
])("a failover that would start, with the outlook %j", (outlook, text) => {
	const told = whyText(
		subject([server("db1"), replica("db2")], {
			prospects: [
				{ instance: "db1:3306", analysis: "", verdict: yes, outlook },
			],
		}),
	);
	expect(told).toContain(`  recovery    ${text}\n`);
});

test("that nothing would start does not hide that nobody could be promoted", () => {
	const no = { act: false, says: "recovery 7 blocks it", blockedBy: 7 };
	const outlook = { successor: undefined, refusal: "db2 lacks SUPER" };
	const told = whyText(
		subject([server("db1"), replica("db2")], {
			prospects: [{ instance: "db1:3306", analysis: "", verdict: no, outlook }],
		}),
	);
	expect(told.replaceAll(/\n {14}/g, " ")).toContain(
		"a failover would NOT start: recovery 7 blocks it; and it could promote nobody: db2 lacks SUPER\n",
	);
});

test("who did not answer the look, how old what is said of it is, and that Temporal is silent", () => {
	const told = whyText(
		subject([server("db1"), replica("db2")], {
			looked: {
				answered: 1,
				unanswered: [
					{
						instance: "db2:3306",
						seenAtMs: NOW - 25_000,
						error: "connection refused",
					},
				],
			},
			temporal: {
				address: "127.0.0.1:7233",
				trouble: "no answer within 1000 ms",
			},
		}),
	).replaceAll(/\n {14}/g, " ");
	expect(told).toContain(
		"  looked      1 server answered just now: privileges and prospects go by that, what is said of the others may be outdated, their privileges by a minute more: db2:3306 as of 25 s ago (connection refused)\n",
	);
	expect(told).toContain(
		"  Temporal    does NOT answer at 127.0.0.1:7233: no answer within 1000 ms\n",
	);
});

test("without a node the headline says so, and how old what is known is", () => {
	const before = (ms: number) => ({
		check: { ...seenAt(NOW - ms), latencyMs: 2 },
	});
	const titleOf = (instances: readonly Instance[], more = {}) =>
		whyText(subject(instances, { nodes: [], ...more })).split("\n")[0];
	const old = [
		server("db1", before(7_200_000)),
		replica("db2", before(3_600_000)),
	];
	expect(titleOf(old)).toBe(
		"shop (db1:3306): no problem; no node runs, and what is known is 1 h to 2 h old; 2 instances",
	);
	expect(titleOf([])).toBe(
		"shop (db1:3306): no problem; no node runs, and no server was ever looked at; 0 instances",
	);
	expect(
		titleOf(old, {
			nodes: [{ hostname: "node1", command: "http", lastSeenMs: NOW - 400 }],
		}),
	).toBe("shop (db1:3306): no finding, but 2 not checked lately; 2 instances");
});
