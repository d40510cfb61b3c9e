import { describe, expect, it } from "vitest";
import { entryOf } from "../../test/support/entry-of.ts";
import {
	ANALYSIS,
	downtimeOf,
	failing,
	LOST_SOURCE,
	replica,
	STOPPED,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { ProbeOutcome } from "../topology/check.ts";
import { NO_GROUP } from "../topology/group-replication.ts";
import type { Instance } from "../topology/instance.ts";
import { analyse, findings, isSkippable } from "./analysis.ts";
import { findingOf } from "./finding.ts";

const up = server("p", 1);
const gone = server("p", 1, { check: failing("timeout") });
const good = (host: string, id: number) => replica(host, id);
const lost = (host: string, id: number) => replica(host, id, {}, LOST_SOURCE);
const away = (host: string, id: number) =>
	replica(host, id, { check: failing("timeout") });
const stopped = (host: string, id: number) => replica(host, id, {}, STOPPED);

describe("the evidence", () => {
	it("says nothing about the replicas of a dead primary", () => {
		const entries = analyse(
			snapshotOf([gone, lost("a", 2), away("b", 3)]),
			ANALYSIS,
		);
		expect(entries.map((each) => each.code)).toEqual([
			"DeadMasterAndSomeReplicas",
			"NoProblem",
			"NoProblem",
		]);
		expect(findings(entries).map((each) => each.instance)).toEqual(["p:3306"]);
	});

	it.each<[ProbeOutcome, string, Instance[]]>([
		[
			"refused-by-server",
			"replicas stopped",
			[stopped("a", 2), stopped("b", 3)],
		],
		["refused-by-server", "replicas lost it", [lost("a", 2), lost("b", 3)]],
		["own-fault", "replicas lost it", [lost("a", 2), lost("b", 3)]],
		["own-fault", "one replica is away", [lost("a", 2), away("b", 3)]],
		["own-fault", "all replicas are away", [away("a", 2), away("b", 3)]],
		["own-fault", "no replicas", []],
	])("never calls a primary dead for %s when %s", (outcome, _, replicas) => {
		const entry = entryOf([
			server("p", 1, { check: failing(outcome, "Too many connections") }),
			...replicas,
		]);
		expect(entry.code).not.toMatch(/^Dead/);
		expect(entry.isActionable).toBe(false);
	});

	it("says of a dead primary without replicas who takes writes, and that nobody does", () => {
		expect(entryOf([gone]).says).toContain(
			"nobody takes writes in its place; start p:3306 again",
		);
		const says = (next: Instance) =>
			entryOf([gone, next, replica("b", 3, {}, { sourceHost: "a" })]).says;
		expect(says(server("a", 2))).toMatch(/no replicas; a:3306 takes writes$/);
		for (const other of [
			server("a", 2, { readOnly: true }),
			server("a", 2, { check: failing("timeout") }),
		])
			expect(says(other)).toContain("nobody takes writes in its place");
	});

	it("names a primary that lives and does not let us in", () => {
		const entry = entryOf([
			server("p", 1, { check: failing("refused-by-server", "Access denied") }),
			good("a", 2),
		]);
		expect(entry.code).toBe("UnreachableMaster");
		expect(entry.says).toContain(
			"lives but does not let us in (Access denied)",
		);
	});

	it("believes in death that is older than the grace, even with a good last check", () => {
		const { check } = up;
		const hanging = (afterMs: number) =>
			entryOf([
				server("p", 1, {
					check: { ...check, attemptedAtMs: check.seenAtMs + afterMs },
				}),
				good("a", 2),
			]).code;
		expect(hanging(2_000)).toBe("NoProblem");
		expect(hanging(2_001)).toBe("UnreachableMaster");
	});

	it("never fails over a member of a replication group", () => {
		const group = {
			...NO_GROUP,
			name: "g",
			memberState: "ONLINE",
			memberRole: "PRIMARY",
		};
		expect(entryOf([{ ...gone, group }, lost("a", 2)])).toMatchObject({
			code: "DeadReplicationGroupMemberWithReplicas",
			recovery: "group-member",
		});
	});
});

describe("a recovery is held back", () => {
	it("when every receiver was stopped on purpose", () => {
		const entry = entryOf([gone, stopped("a", 2), stopped("b", 3)]);
		expect(entry).toMatchObject({ code: "DeadMaster", isActionable: false });
		expect(entry.notActionableBecause).toContain("stopped on purpose");
	});

	it("but not when the host refuses the connection", () => {
		const refused = { ...gone, check: failing("connection-refused") };
		expect(entryOf([refused, stopped("a", 2)]).isActionable).toBe(true);
	});

	it("when a replica still hears the primary, though its applier is stopped", () => {
		const entry = entryOf([
			gone,
			lost("a", 2),
			replica("b", 3, {}, { applier: 0 }),
		]);
		expect(entry).toMatchObject({ code: "DeadMaster", isActionable: false });
		expect(entry.notActionableBecause).toContain("still receive from it");
	});
});

describe("silence", () => {
	const silent = (ms: number | null, periodSeconds: number) =>
		entryOf([
			gone,
			replica(
				"a",
				2,
				{},
				{ silentForMs: ms, heartbeatPeriodSeconds: periodSeconds },
			),
		]);

	it("of three heartbeat periods is evidence", () => {
		expect(silent(1_499, 0.5).code).toBe("UnreachableMaster");
		expect(silent(1_500, 0.5)).toMatchObject({
			code: "DeadMaster",
			isActionable: true,
		});
	});

	it("that is not dated, or has no short period, is none", () => {
		for (const [ms, period] of [
			[null, 0.5],
			[60_000, 0],
			[60_000, 30],
		] as const)
			expect(silent(ms, period).code).toBe("UnreachableMaster");
	});
});

it("counts a receiver that an error stopped, however the version words it", () => {
	for (const error of [
		{ lastReceiverError: "error connecting to master 'repl@p:3306'" },
		{
			lastReceiverError: "Error connecting to source 'repl@p:3306'. Attempt 2",
		},
		{ lastReceiverErrno: 1236 },
	])
		expect(
			entryOf([gone, replica("a", 2, {}, { ...STOPPED, ...error })])
				.isActionable,
		).toBe(true);
});

describe("downtime", () => {
	it("of the instance sets its finding aside, and does not change the code", () => {
		const entry = entryOf([gone, lost("a", 2)], {
			downtimes: [downtimeOf("p")],
		});
		expect(entry).toMatchObject({ code: "DeadMaster", isDowntimed: true });
		expect(isSkippable(entry)).toBe(true);
	});

	it("of all replicas sets aside what is about the replicas, and nothing else", () => {
		const downtimes = [downtimeOf("a"), downtimeOf("b")];
		const about = entryOf([up, lost("a", 2), lost("b", 3)], { downtimes });
		expect(isSkippable(about)).toBe(true);
		const one = { downtimes: downtimes.slice(0, 1) };
		expect(isSkippable(entryOf([up, lost("a", 2), lost("b", 3)], one))).toBe(
			false,
		);
		expect(
			isSkippable(entryOf([gone, lost("a", 2), lost("b", 3)], { downtimes })),
		).toBe(false);
	});
});

it("tells a finding with its replicas, times and downtime", () => {
	const entry = entryOf([gone, lost("a", 2), lost("b", 3)], {
		downtimes: [downtimeOf("p")],
	});
	const silence = { "a:3306": { mark: "m", sinceMs: 1 } };
	expect(
		findingOf(entry, {
			noticedAtMs: 5,
			declaredAtMs: 9,
			lookedAtMs: 4,
			silence,
		}),
	).toMatchObject({
		instance: "p:3306",
		code: "DeadMaster",
		recovery: "primary",
		isActionable: true,
		isDowntimed: true,
		replicas: ["a:3306", "b:3306"],
		noticedAtMs: 5,
		declaredAtMs: 9,
		silence,
		role: { instanceType: "master", isPrimary: true, isCoPrimary: false },
	});
});

it.each([
	["co-master", { isCoMaster: true }, "q"],
	["intermediate-master", {}, "q"],
	["group-member", { group: { ...NO_GROUP, name: "g" } }, "q"],
] as const)("tells the hooks that it is a %s", (instanceType, rest, source) => {
	const entry = entryOf([replica("p", 1, rest, { sourceHost: source })]);
	expect(
		findingOf(entry, {
			noticedAtMs: 1,
			declaredAtMs: 1,
			lookedAtMs: 1,
			silence: {},
		}).role?.instanceType,
	).toBe(instanceType);
});
