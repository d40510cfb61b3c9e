import { describe, expect, it } from "vitest";
import {
	ANALYSIS,
	failing,
	gtids,
	LOSSLESS,
	PROMOTION,
	replica,
	STOPPED,
	server,
	snapshotOf,
	uuid,
} from "../../../test/support/made-up-servers.ts";
import type { Instance } from "../../topology/instance.ts";
import type { Snapshot } from "../../topology/snapshot.ts";
import { foresee } from "../foresee.ts";
import type { RequestOf } from "../operation.ts";
import type { Done, Plan, PlanSettings } from "../plan.ts";
import { type Answer, type Step, stepText } from "../step.ts";
import { planServerChange } from "./server-change-plan.ts";

type Change = RequestOf<"serverChange">["change"];

interface Given {
	readonly on?: Instance["name"];
	readonly servers?: readonly Instance[];
	readonly snapshot?: Partial<Snapshot>;
	readonly settings?: Partial<PlanSettings>;
}

const logs = { file: "log.000009", position: 700 };
const p = server("p", 1, { selfCoordinates: logs });
const a = replica("a", 2, {}, { execCoordinates: logs, readCoordinates: logs });
const WELL = [p, a];
/** The servers with the replica so. */
const withA = (
	rest: Partial<Instance>,
	channel: Partial<Instance["replication"]> = {},
): readonly Instance[] => [
	p,
	{ ...a, ...rest, replication: { ...a.replication, ...channel } },
];

const planOf = (
	change: Change,
	{ on = "a:3306", servers = WELL, snapshot, settings }: Given = {},
): Plan =>
	foresee(
		(situation) => planServerChange({ ...situation, analysis: ANALYSIS }),
		{
			request: { instance: on, change },
			snapshot: snapshotOf(servers, snapshot),
			settings: { ...PROMOTION, ...settings },
			done: [],
		},
	);

/** The steps in their order, with those that take them back. */
const stepsOf = ({ phases }: Plan): string[] =>
	phases
		.flatMap(({ steps }) => steps)
		.map(
			(step) =>
				`${stepText(step)}${step.undo === undefined ? "" : ` [${stepText(step.undo)}]`}`,
		);

const MULTI = withA({
	otherChannels: [{ ...a.replication, channel: "x", sourceHost: "q" }],
});
const ERRANT = `${uuid(2)}:1-2`;
const astray = withA({
	errantGtid: ERRANT,
	executedGtid: `${gtids(100)},${ERRANT}`,
});

describe("does it in this order, and takes it back so", () => {
	it.each<[Change, Given, string[]]>([
		[
			{ name: "stop-replica" },
			{},
			["stop replication of a:3306 [start replication of a:3306]"],
		],
		[
			{ name: "stop-replica" },
			{ servers: withA({}, { receiver: 0, applier: 0 }) },
			["stop replication of a:3306"],
		],
		[
			{ name: "stop-replica" },
			{ servers: withA({}, STOPPED) },
			["stop replication of a:3306 [let a:3306 apply all that it received]"],
		],
		[
			{ name: "stop-replica" },
			{ servers: MULTI },
			[
				"stop replication of a:3306 [start replication of a:3306]",
				"stop replication of a:3306 (channel x) [start replication of a:3306 (channel x)]",
			],
		],
		[
			{ name: "stop-replica-nice" },
			{},
			[
				"stop the receiver of a:3306 [start the receiver of a:3306]",
				"let a:3306 apply all that it received",
				"stop replication of a:3306 [start replication of a:3306]",
			],
		],
		[
			{ name: "stop-replica-nice" },
			{ servers: withA({}, { sqlDelaySeconds: 60 }) },
			[
				"stop the receiver of a:3306 [start the receiver of a:3306]",
				"stop replication of a:3306 [start replication of a:3306]",
			],
		],
		[
			{ name: "start-replica" },
			{},
			["start replication of a:3306 and see that it runs"],
		],
		[
			{ name: "start-replica" },
			{
				servers: withA({
					semiSync: {
						...LOSSLESS,
						priority: 1,
						replicaEnabled: false,
					},
				}),
			},
			[
				"end the source side of semi-sync on a:3306",
				"switch the replica side of semi-sync on on a:3306 [switch the replica side of semi-sync off on a:3306]",
				"start replication of a:3306 and see that it runs",
			],
		],
		[
			{ name: "restart-replica" },
			{},
			[
				"stop replication of a:3306 [start replication of a:3306]",
				"start replication of a:3306 and see that it runs",
			],
		],
		[{ name: "reset-replica" }, {}, ["let a:3306 forget its source"]],
		[
			{ name: "detach-replica-master-host" },
			{},
			[
				"stop the receiver of a:3306 [start the receiver of a:3306]",
				"call the source of a:3306 //p:3306 [call the source of a:3306 p:3306]",
			],
		],
		[
			{ name: "detach-replica-master-host" },
			{ servers: withA({ flavor: "MariaDB" }) },
			[
				"stop the receiver of a:3306 [start the receiver of a:3306]",
				"let a:3306 apply all that it received",
				"call the source of a:3306 //p:3306 [call the source of a:3306 p:3306]",
			],
		],
		[
			{ name: "reattach-replica-master-host" },
			{ servers: withA({}, { ...STOPPED, sourceHost: "//p" }) },
			[
				"call the source of a:3306 p:3306 [call the source of a:3306 //p:3306]",
				"start replication of a:3306 and see that it runs",
			],
		],
		[
			{ name: "skip-query" },
			{ servers: withA({}, { applier: 0, lastApplierError: "duplicate" }) },
			[
				"let a:3306 skip the transaction that its applier failed on",
				"start replication of a:3306 and see that it runs",
			],
		],
		[
			{ name: "enable-gtid" },
			{ servers: withA({}, { usingOracleGtid: false }) },
			[
				"stop the receiver of a:3306 [start the receiver of a:3306]",
				"let a:3306 apply all that it received",
				"stop replication of a:3306 [start replication of a:3306]",
				"let a:3306 replicate by GTID [let a:3306 replicate by file and position]",
				"start replication of a:3306 and see that it runs",
			],
		],
		[
			{ name: "disable-gtid" },
			{ servers: withA({}, { receiver: 0, applier: 0 }) },
			[
				"stop the receiver of a:3306",
				"let a:3306 apply all that it received",
				"stop replication of a:3306",
				"let a:3306 replicate by file and position [let a:3306 replicate by GTID]",
			],
		],
		[
			{ name: "delay-replication", seconds: 30 },
			{},
			["delay a:3306 by 30 s [take the delay off a:3306]"],
		],
		[
			{ name: "gtid-errant-reset-master" },
			{ servers: astray },
			[
				"stop replication of a:3306 [start replication of a:3306 and see that it runs]",
				"delete the binary logs of a:3306, and let it forget its errant transactions",
				"start replication of a:3306 and see that it runs",
			],
		],
		[
			{ name: "gtid-errant-inject-empty" },
			{ servers: astray },
			[`commit empty transactions on p:3306 for ${ERRANT}`],
		],
		[
			{ name: "enable-semi-sync-master" },
			{ on: "p:3306" },
			[
				"switch the source side of semi-sync on on p:3306 [switch the source side of semi-sync off on p:3306]",
			],
		],
		[
			{ name: "disable-semi-sync-replica" },
			{ servers: withA({ semiSync: { ...LOSSLESS, replicaEnabled: true } }) },
			[
				"switch the replica side of semi-sync off on a:3306 [switch the replica side of semi-sync on on a:3306]",
			],
		],
		[
			{ name: "set-read-only" },
			{
				on: "p:3306",
				servers: [{ ...p, semiSync: { ...LOSSLESS, priority: 2 } }, a],
			},
			[
				"make p:3306 read-only [make p:3306 writable]",
				"switch the source side of semi-sync off on p:3306 [switch the source side of semi-sync on on p:3306]",
			],
		],
		// Its writes are not opened in taking that back.
		[
			{ name: "set-read-only" },
			{ servers: withA({ superReadOnly: false }) },
			["make a:3306 read-only"],
		],
		[
			{ name: "set-writeable" },
			{ on: "p:3306", servers: [{ ...p, readOnly: true }, a] },
			["make p:3306 writable [make p:3306 read-only]"],
		],
		[
			{ name: "flush-binary-logs" },
			{ on: "p:3306" },
			["flush the binary logs of p:3306"],
		],
		[
			{ name: "flush-binary-logs", upTo: "log.000011" },
			{ on: "p:3306" },
			["flush the binary logs of p:3306 up to log.000011"],
		],
		[{ name: "flush-binary-logs", upTo: logs.file }, { on: "p:3306" }, []],
		[
			{ name: "purge-binary-logs", upTo: "latest" },
			{ on: "p:3306" },
			["delete the binary logs of p:3306 before log.000009"],
		],
		[
			{ name: "kill-query", process: 7 },
			{},
			["end what connection 7 of a:3306 is running"],
		],
	])("$name", (change, given, steps) => {
		const plan = planOf(change, given);
		expect(plan.refusal).toBeUndefined();
		expect(stepsOf(plan)).toEqual(steps);
	});
});

const behind = (file: string) =>
	withA({}, { execCoordinates: { file, position: 4 } });

describe("does not do it, and says why", () => {
	it.each<[Change, Given, RegExp]>([
		[{ name: "stop-replica" }, { on: "x:3306" }, /is not in cluster/],
		[
			{ name: "stop-replica" },
			{ servers: withA({ check: failing("timeout") }) },
			/cannot be reached/,
		],
		[{ name: "stop-replica" }, { on: "p:3306" }, /is not a replica/],
		[{ name: "start-replica" }, { on: "p:3306" }, /is not a replica/],
		[
			{ name: "start-replica" },
			{ servers: withA({}, { sourceHost: "//p" }) },
			/detached from its source on purpose/,
		],
		[
			{ name: "start-replica" },
			{
				servers: withA({ readOnly: false }, { receiver: 0, applier: 0 }),
				snapshot: { clusterName: "a:3306" },
			},
			/would follow p:3306 again/,
		],
		...(
			[
				"reset-replica",
				"detach-replica-master-host",
				"enable-gtid",
				"skip-query",
			] as const
		).map((name): [Change, Given, RegExp] => [
			{ name },
			{ servers: MULTI },
			/replicates by several channels/,
		]),
		[
			{ name: "reset-replica" },
			{ snapshot: { maintained: ["a:3306"] } },
			/is under maintenance/,
		],
		[
			{ name: "detach-replica-master-host" },
			{ servers: withA({}, { sourceHost: "//p" }) },
			/is detached already/,
		],
		[{ name: "reattach-replica-master-host" }, {}, /is not detached/],
		[{ name: "skip-query" }, {}, /applier of a:3306 runs/],
		[
			{ name: "skip-query" },
			{ servers: withA({}, { applier: 0 }) },
			/not by an error/,
		],
		[{ name: "enable-gtid" }, {}, /by GTID already/],
		[
			{ name: "enable-gtid" },
			{
				servers: [
					{ ...p, supportsOracleGtid: false, gtidMode: "OFF" },
					...withA({}, { usingOracleGtid: false }).slice(1),
				],
			},
			/p:3306 does not use GTIDs/,
		],
		[
			{ name: "enable-gtid" },
			{
				servers: [
					{ ...p, purgedGtid: gtids(120) },
					...withA({}, { usingOracleGtid: false }).slice(1),
				],
			},
			/has purged transactions/,
		],
		[
			{ name: "disable-gtid" },
			{ servers: withA({}, { usingOracleGtid: false }) },
			/does not replicate by GTID/,
		],
		[
			{ name: "gtid-errant-reset-master" },
			{},
			/gtid-errant-reset-master will not operate on a:3306: it has no errant/,
		],
		[
			{ name: "gtid-errant-reset-master" },
			{ servers: [...astray, replica("b", 3, {}, { sourceHost: "a" })] },
			/will not operate on a:3306: it has replicas/,
		],
		[
			{ name: "gtid-errant-reset-master" },
			{ servers: astray.map((each) => ({ ...each, countedReplicas: 1 })) },
			/clients that are not known/,
		],
		[
			{ name: "gtid-errant-inject-empty" },
			{
				servers: [{ ...p, readOnly: true }, ...astray.slice(1)],
			},
			/gtid-errant-inject-empty will not operate on a:3306: the primary p:3306 is read-only/,
		],
		[
			{ name: "gtid-errant-inject-empty" },
			{ servers: withA({ errantGtid: `${uuid(2)}:1-9000000000` }) },
			/more than 5000 errant transactions/,
		],
		[
			{ name: "set-writeable" },
			{},
			/p:3306 is the primary on record: with a:3306 two servers/,
		],
		[
			{ name: "set-writeable" },
			{ servers: withA({ isBinlogServer: true }) },
			/a:3306 is a binlog server: .* takes no writes/,
		],
		[
			{ name: "set-read-only" },
			{ servers: withA({ isBinlogServer: true }) },
			/a:3306 is a binlog server: .* takes no writes/,
		],
		[
			{ name: "set-writeable" },
			{
				on: "p:3306",
				servers: [{ ...p, readOnly: true }, server("w", 3)],
			},
			/w:3306 takes writes already/,
		],
		[
			{ name: "set-writeable" },
			{ snapshot: { fenced: ["a:3306"] } },
			/was replaced by p:3306 and is held back/,
		],
		[
			{ name: "set-writeable" },
			{ snapshot: { clusterName: "a:3306" }, servers: [a] },
			/replicates from p:3306: end that first/,
		],
		[
			{ name: "disable-semi-sync-master" },
			{
				on: "p:3306",
				servers: [{ ...p, semiSync: LOSSLESS }, a],
				settings: { mode: "lossless" },
			},
			/BatonMode is lossless/,
		],
		[
			{ name: "flush-binary-logs", upTo: "log.000008" },
			{ on: "p:3306" },
			/not flushed backwards/,
		],
		[
			{ name: "flush-binary-logs", upTo: "log.999999" },
			{ on: "p:3306" },
			/1000 is the most/,
		],
		[
			{ name: "purge-binary-logs", upTo: "other.000001" },
			{ on: "p:3306" },
			/is no binary log of p:3306/,
		],
		[
			{ name: "purge-binary-logs", upTo: "log.000010" },
			{ on: "p:3306" },
			/has no log.000010 yet/,
		],
		[
			{ name: "purge-binary-logs", upTo: "log.000009" },
			{ on: "p:3306", servers: behind("log.000008") },
			/has applied log.000008:4, which is before log.000009/,
		],
		[
			{ name: "purge-binary-logs", upTo: "log.000009" },
			{
				on: "p:3306",
				servers: withA(
					{},
					{
						...STOPPED,
						sourceHost: "//p",
						execCoordinates: { file: "log.000008", position: 4 },
					},
				),
			},
			/still needs what would be deleted/,
		],
		[
			{ name: "purge-binary-logs", upTo: "log.000009" },
			{
				on: "p:3306",
				servers: withA({ check: failing("timeout") }),
			},
			/cannot be reached: what it needs/,
		],
		[
			{ name: "purge-binary-logs", upTo: "log.000009" },
			{ on: "p:3306", servers: [{ ...p, countedReplicas: 2 }, a] },
			/what the others need is not known/,
		],
	])("$name", (change, given, why) => {
		const plan = planOf(change, given);
		expect(plan.refusal).toMatch(why);
		expect(plan.phases).toEqual([]);
	});
});

describe("tells beforehand", () => {
	it.each<[Change, Given, RegExp]>([
		[
			{ name: "gtid-errant-reset-master" },
			{ servers: astray },
			/^the binary logs of a:3306 are deleted/,
		],
		[{ name: "reset-replica" }, {}, /there is no way back/],
		[
			{ name: "set-read-only" },
			{ on: "p:3306" },
			/is the primary on record: nobody takes writes/,
		],
		[
			{ name: "purge-binary-logs", upTo: "log.000009", force: true },
			{ on: "p:3306", servers: behind("log.000008") },
			/it is done all the same, since it was forced/,
		],
		[
			{ name: "enable-semi-sync-master" },
			{
				on: "p:3306",
				servers: [{ ...p, semiSync: { ...LOSSLESS, sourceEnabled: false } }, a],
			},
			/waits for 1 acknowledgement, .* 0 of its replicas acknowledge/,
		],
		[
			{ name: "enable-semi-sync-master" },
			{
				servers: [p, { ...a, semiSync: { ...LOSSLESS, sourceEnabled: false } }],
			},
			/on a:3306, of what it applies too, waits for 1 .* 0 of its replicas acknowledge/,
		],
	])("$name", (change, given, what) => {
		const [first = ""] = planOf(change, given).notes;
		expect(first).toMatch(what);
	});
});

it("a reset keeps what it has applied by the time it is stopped, without what is errant", () => {
	const plan = planOf(
		{ name: "gtid-errant-reset-master" },
		{ servers: astray },
	);
	expect(plan.phases.flatMap(({ steps }) => steps)).toContainEqual(
		expect.objectContaining({
			do: "resetBinaryLogs",
			keeps: [gtids(100)],
			errant: [ERRANT],
		}),
	);
});

describe("a reset that was cut off within", () => {
	const stop = {
		do: "stopReplication",
		on: "a:3306",
		channel: "",
	} as const satisfies Step;
	const reset = {
		do: "resetBinaryLogs",
		on: "a:3306",
		keeps: [gtids(100)],
		errant: [ERRANT],
	} as const satisfies Step;
	const answered = (step: Step, rest: Partial<Answer>): Done => ({
		phase: "",
		step,
		answer: {
			outcome: "failed",
			effect: "unknown",
			reached: "",
			says: "lost",
			...rest,
		},
	});
	const stopped = answered(stop, { outcome: "done", effect: "changed" });
	/** It counts nothing as applied, and its last look failed. */
	const goneOn = (...done: Done[]) =>
		planServerChange({
			analysis: ANALYSIS,
			request: {
				instance: "a:3306",
				change: { name: "gtid-errant-reset-master" },
			},
			snapshot: snapshotOf([
				p,
				{ ...a, check: failing("timeout"), executedGtid: "", errantGtid: "" },
			]),
			settings: PROMOTION,
			done,
		});

	it("is gone on with, and keeps what it was to keep", () => {
		const { phases, refusal } = goneOn(stopped, answered(reset, {}));
		expect(refusal).toBeUndefined();
		expect(phases.flatMap(({ steps }) => steps)).toMatchObject([
			reset,
			{ do: "runReplication", holds: [gtids(100)] },
		]);
	});

	it("is given up after three tries, and where it was refused at once", () => {
		const lost = answered(reset, {});
		expect(goneOn(stopped, lost, lost, lost).refusal).toMatch(
			/^lost; a:3306 may not know any more that it has applied .*:1-100: add it to its gtid_purged/,
		);
		expect(
			goneOn(
				stopped,
				answered(reset, {
					outcome: "refused",
					effect: "unchanged",
					says: "others by now",
				}),
			).refusal,
		).toBe("others by now");
	});
});
