import { describe, expect, it } from "vitest";
import {
	failing,
	NOW,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import type { Opening } from "../topology/opening.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import {
	agedSays,
	type CutOff,
	leftByCutOff,
	orphanSays,
	startAgain,
	takenUp,
} from "./cut-off.ts";
import { seenSince } from "./seen.ts";
import { stepText } from "./step.ts";
import { heirIn } from "./unaccounted.ts";

const NOTHING: CutOff = {
	stopped: [],
	unseen: [],
	orphaned: [],
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
	leftAtMs: NOW,
} as const;

const stoppedOf = (each: Instance, applier: 0 | 1 = 1): Instance => ({
	...each,
	replication: { ...each.replication, receiver: 0, applier },
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
		expect(left(snapshotOf([primary, a, b]))).toEqual(NOTHING);
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
		expect(found).toEqual({ ...NOTHING, opened: ["a:3306"] });
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

	it("are started as they ran", () => {
		expect(left(now).stopped.map((each) => stepText(startAgain(each)))).toEqual(
			["start replication of b:3306"],
		);
		expect(startAgain({ ...B, applies: false }).do).toBe("startReceiver");
	});
});
