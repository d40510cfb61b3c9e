import { describe, expect, it } from "vitest";
import {
	failing,
	gtids,
	NOW,
	replica,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { type Instance, NO_REPLICATION } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Opening } from "../topology/opening.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import {
	type CutOff,
	type ForgetfulChannel,
	leftByCutOff,
	leftUnrestored,
	takenUp,
} from "./cut-off.ts";
import {
	agedSays,
	forgetfulSays,
	orphanSays,
	startsAgain,
	strayedSays,
} from "./cut-off-remedies.ts";
import { seenSince } from "./seen.ts";
import { stepText } from "./step.ts";
import { heirIn } from "./unaccounted.ts";

const NOTHING: CutOff = {
	stopped: [],
	doubted: [],
	unseen: [],
	orphaned: [],
	forgetful: [],
	aged: [],
	opened: [],
	hidden: [],
	isLongAgo: false,
};
const primary = server("p", 1);
const a = replica("a", 2);
const b = replica("b", 3);
const B = {
	on: "b:3306",
	channel: "",
	applies: true,
	source: "p:3306",
	leftAtMs: NOW,
} as const;

const stoppedOf = (each: Instance, applier: 0 | 1 = 1): Instance => ({
	...each,
	replication: { ...each.replication, receiver: 0, applier },
});

const stoppedApplier = (each: Instance): Instance => ({
	...each,
	replication: { ...each.replication, applier: 0 },
});

/** What a first operation went by, which saw `a` stopped by a person. */
const before = takenUp(snapshotOf([primary, stoppedOf(a), b]), NOTHING);
const now = snapshotOf([primary, stoppedOf(a), stoppedOf(b, 0)]);
const left = (snapshot: Snapshot, from: Snapshot | undefined = before) =>
	leftByCutOff(snapshot, from);

describe("receivers that an operation left stopped that was cut off", () => {
	it("are those that ran when it began, and no others", () => {
		expect(left(now)).toEqual({ ...NOTHING, stopped: [B] });
		expect(leftByCutOff(now, undefined)).toEqual(NOTHING);
		expect(left(snapshotOf([primary, a]))).toEqual(NOTHING);
	});

	it("are not those of servers that were opened since; one that took writes all along is no other than any", () => {
		const open = { ...stoppedOf(b), readOnly: false };
		expect(left(snapshotOf([primary, open])).stopped).toEqual([]);
		const then = takenUp(
			snapshotOf([primary, { ...b, readOnly: false }]),
			NOTHING,
		);
		expect(left(snapshotOf([primary, open]), then)).toEqual({
			...NOTHING,
			stopped: [{ ...B, wasOpen: true }],
		});
	});

	it("are not that of the one that it has opened, as the picture knows that one by then", () => {
		const open = { ...stoppedOf(b), readOnly: false };
		const seen = seenSince(before, [open]);
		const found = left(snapshotOf([primary, open]), seen);
		expect(found).toEqual({ ...NOTHING, opened: ["b:3306"] });
		// It is the one that a failover finishes with.
		const next = takenUp(snapshotOf([primary, open]), found);
		expect(heirIn(next)?.name).toBe("b:3306");
		// It is on record as the primary.
		expect(
			left(snapshotOf([primary, open], { clusterName: "b:3306" }), seen),
		).toEqual(NOTHING);
	});

	it("have nothing to do with who was opened: also one whose receiver a person had stopped is finished with", () => {
		const open = { ...stoppedOf(a), readOnly: false };
		const found = left(snapshotOf([primary, open, b]));
		expect(found).toEqual({ ...NOTHING, doubted: [B], opened: ["a:3306"] });
		const next = takenUp(snapshotOf([primary, open, b]), found);
		expect(heirIn(next)?.name).toBe("a:3306");
		// Also where it could not be seen by the operation in between.
		const away = { ...stoppedOf(a), check: failing("timeout") };
		const hidden = left(snapshotOf([primary, away, b]));
		const later = takenUp(snapshotOf([primary, away, b]), hidden);
		expect(leftByCutOff(snapshotOf([primary, open, b]), later).opened).toEqual([
			"a:3306",
		]);
	});

	it("nor is who takes writes though it is known to be no primary; so long afterwards it may have been a person", () => {
		const open = snapshotOf([primary, { ...stoppedOf(a), readOnly: false }]);
		expect(leftByCutOff(open, before, ["a:3306"]).opened).toEqual([]);
		const replaced = { instance: "p:3306", atMs: 1, inPlaceOf: ["a:3306"] };
		expect(
			left({ ...open, opening: replaced as unknown as Opening }).opened,
		).toEqual([]);
		expect(left(open).isLongAgo).toBe(false);
		expect(left({ ...open, takenAtMs: NOW + 3_600_001 })).toMatchObject({
			opened: ["a:3306"],
			isLongAgo: true,
		});
	});

	it("are kept for the next operation where the server cannot be seen", () => {
		const away = { ...stoppedOf(b), check: failing("timeout") };
		const found = left(snapshotOf([primary, away]));
		expect(found).toEqual({
			...NOTHING,
			unseen: [B],
			hidden: ["b:3306"],
		});
		const next = takenUp(snapshotOf([primary, away]), found);
		expect(next.unrestored).toEqual([B]);
		expect(leftByCutOff(now, next)).toEqual({ ...NOTHING, stopped: [B] });
	});

	it("stay stopped where their server does not know any more what it has applied", () => {
		const reset = (executedGtid: string): Snapshot =>
			snapshotOf([primary, stoppedOf(a), { ...stoppedOf(b, 0), executedGtid }]);
		const found = left(reset(`${uuid(1)}:14-100`));
		expect(found).toEqual({
			...NOTHING,
			forgetful: [{ ...B, forgotten: `${uuid(1)}:1-13` }],
		});
		expect(forgetfulSays(found.forgetful[0] as ForgetfulChannel)).toMatch(
			/b:3306 stays stopped.*1:1-13.*add it to its gtid_purged/,
		);
		expect(startsAgain(found)).toEqual([]);
		// What only it has may be meant to be forgotten.
		const errant = `${uuid(2)}:1`;
		const astray = takenUp(
			snapshotOf([
				primary,
				{ ...b, errantGtid: errant, executedGtid: `${gtids(100)},${errant}` },
			]),
			NOTHING,
		);
		expect(left(reset(gtids(100)), astray)).toMatchObject({
			stopped: [B],
			forgetful: [],
		});
	});

	it("stay stopped where their source was replaced, and are told of", () => {
		const opening: Opening = {
			instance: "a:3306",
			atMs: 1,
			inPlaceOf: ["p:3306"],
		};
		const found = left({ ...now, opening });
		expect(found).toEqual({ ...NOTHING, orphaned: [B] });
		expect(orphanSays(B)).toContain("b:3306 stays stopped");
	});

	it("are still known when the next operation is cut off, too", () => {
		expect(leftByCutOff(now, takenUp(now, left(now)))).toEqual(left(now));
	});

	it("are left as they are, and told of, when that is long ago, however often their server was away since", () => {
		const at = (ms: number, snapshot: Snapshot) => ({
			...snapshot,
			takenAtMs: NOW + ms,
		});
		expect(left(at(3_600_000, now)).stopped).toEqual([B]);
		expect(left(at(3_600_001, now))).toEqual({
			...NOTHING,
			aged: [B],
			isLongAgo: true,
		});
		expect(agedSays(B)).toContain("b:3306");
		const away = snapshotOf([
			primary,
			{ ...stoppedOf(b), check: failing("timeout") },
		]);
		const then = at(3_000_000, away);
		const next = takenUp(then, left(then));
		expect(next.unrestored).toEqual([B]);
		expect(leftByCutOff(at(4_000_000, now), next).aged).toContainEqual(B);
		expect(leftByCutOff(at(4_000_000, away), next).aged).toContainEqual(B);
	});

	it("are started as they ran, whoever has seen the end of their stop", () => {
		const starts = startsAgain(left(now));
		expect(starts.map(stepText)).toEqual(["start replication of b:3306"]);
		expect(starts).toMatchObject([{ unsettled: true }]);
		expect(
			startsAgain({ stopped: [{ ...B, applies: false }], doubted: [] }),
		).toMatchObject([{ do: "startReceiver", unsettled: true }]);
	});
});

describe("a receiver that an operation which was cut off may have told to stop", () => {
	const running = snapshotOf([primary, stoppedOf(a), b]);

	it("is one that runs as it did: it may stop when it has been looked at, and is started when it has", () => {
		const found = left(running);
		expect(found).toEqual({ ...NOTHING, doubted: [B] });
		expect(startsAgain(found)).toEqual([
			{
				do: "startReplication",
				on: "b:3306",
				channel: "",
				unsettled: true,
				because: "an operation before may have told it to stop",
			},
		]);
		expect(takenUp(running, found).unrestored).toEqual([B]);
		expect(leftByCutOff(running, undefined)).toEqual(NOTHING);
	});

	it("and whose applier it has stopped as well; but one that has failed is left alone", () => {
		const applier = (rest: Partial<Instance["replication"]>) =>
			left(
				snapshotOf([
					primary,
					{ ...b, replication: { ...b.replication, applier: 0, ...rest } },
				]),
			);
		expect(applier({})).toEqual({ ...NOTHING, doubted: [B] });
		expect(applier({ lastApplierError: "duplicate key" })).toEqual(NOTHING);
		const then = takenUp(snapshotOf([primary, a, stoppedApplier(b)]), NOTHING);
		const without = snapshotOf([primary, stoppedApplier(b)]);
		expect(leftByCutOff(without, then)).toEqual(NOTHING);
	});

	it("is none that it saw stopped, or that receives from another now, or of long ago", () => {
		const seen = seenSince(before, [stoppedOf(b)]);
		expect(left(running, seen)).toEqual(NOTHING);
		const moved = { ...b.replication, sourceHost: "a" };
		expect(
			left(snapshotOf([primary, a, { ...b, replication: moved }])),
		).toEqual(NOTHING);
		const foreign = replica("b", 3, {}, { sourceHost: "x" });
		const elsewhere = snapshotOf([primary, foreign]);
		expect(leftByCutOff(elsewhere, takenUp(elsewhere, NOTHING))).toEqual(
			NOTHING,
		);
		const later = { ...running, takenAtMs: NOW + 3_600_001 };
		expect(left(later)).toEqual({ ...NOTHING, isLongAgo: true });
	});
});

describe("an old primary whose takeover was cut off when it had stood down", () => {
	const closed = server("p", 1, { readOnly: true });
	const then = takenUp(snapshotOf([primary, a, b]), NOTHING);
	const opened = { ...a, readOnly: false, replication: NO_REPLICATION };
	const strayed = (old: Instance, rest: Partial<Snapshot> = {}, from = then) =>
		leftByCutOff(
			snapshotOf([old, opened, b], { clusterName: "a:3306", ...rest }),
			from,
		).strayed;
	const below = (receiver: 0 | 1) => ({
		...closed,
		replication: {
			...a.replication,
			sourceHost: "a",
			receiver,
			applier: receiver,
		},
	});

	it("strays: it follows nobody, also with a channel laid", () => {
		expect(strayed(closed)).toEqual({ instance: "p:3306", isLaid: false });
		expect(strayed(below(0))).toEqual({ instance: "p:3306", isLaid: true });
		expect(strayedSays("p:3306")).toContain("p:3306 follows nobody");
	});

	it("and does not where it follows, takes writes, cannot be seen, was no primary, or is the one on record", () => {
		expect(strayed(below(1))).toBeUndefined();
		expect(strayed(primary)).toBeUndefined();
		expect(strayed({ ...closed, check: failing("timeout") })).toBeUndefined();
		expect(strayed(closed, { clusterName: "p:3306" })).toBeUndefined();
		expect(
			strayed(closed, {}, { ...then, closed: ["p:3306"] }),
		).toBeUndefined();
		expect(strayed(closed, { takenAtMs: NOW + 3_600_001 })).toBeUndefined();
		expect(
			leftByCutOff(snapshotOf([closed], { clusterName: "a:3306" }), undefined)
				.strayed,
		).toBeUndefined();
	});
});

describe("what an operation that came to its end leaves to be started again", () => {
	const picture = takenUp(snapshotOf([primary, stoppedOf(a), b]), NOTHING);
	const leaves = (unsettled: readonly InstanceName[], from = picture) =>
		leftUnrestored(from, unsettled).map(({ on }) => on);

	it("is what received on servers of which it does not know how they stand, but not what a person had stopped", () => {
		expect(leaves([])).toEqual([]);
		expect(leaves(["b:3306"])).toEqual(["b:3306"]);
		expect(leaves(["a:3306"])).toEqual([]);
	});

	it("and what it could not start itself, each once", () => {
		const again = { ...picture, unrestored: [B] };
		expect(leaves(["b:3306"], again)).toEqual(["b:3306"]);
		expect(leaves([], again)).toEqual(["b:3306"]);
	});
});
