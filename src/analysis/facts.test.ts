import { describe, expect, it } from "vitest";
import { entryOf } from "../../test/support/entry-of.ts";
import {
	downtimeOf,
	failing,
	LOST_SOURCE,
	replica,
	server,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Snapshot } from "../topology/snapshot.ts";

const up = server("p", 1);
const gone = server("p", 1, { check: failing("timeout") });

describe("the replicas of a source", () => {
	const byAnotherName = (sourceUuid: string) =>
		replica("b", 3, {}, { sourceHost: "p.example.org", sourceUuid });

	it("are counted by its UUID where they know it by a name that is not known here", () => {
		expect(
			entryOf([up, replica("a", 2), byAnotherName(uuid(1))]).facts,
		).toMatchObject({ count: 2, replicating: 2 });
	});

	it("are not counted by a UUID that is empty, another's, or beside a known name", () => {
		const known = replica("b", 3, {}, { sourceHost: "a", sourceUuid: uuid(1) });
		for (const other of [byAnotherName(""), byAnotherName(uuid(9)), known])
			expect(entryOf([up, replica("a", 2), other]).facts.count).toBe(1);
	});

	it("are none for a server that is detached from it", () => {
		const detached = replica("a", 2, {}, { sourceHost: "//p" });
		expect(entryOf([up, detached]).facts.count).toBe(0);
		expect(entryOf([detached, up]).facts.isPrimary).toBe(true);
	});

	it("lag by the lag itself, their delay included, and not when it is unknown", () => {
		const facts = entryOf([
			up,
			replica("a", 2, { lagSeconds: 11 }, { sqlDelaySeconds: 60 }),
			replica("b", 3, { lagSeconds: 10 }),
			replica("c", 4, { lagSeconds: null }),
		]).facts;
		expect(facts).toMatchObject({ lagging: 1, delayed: 1 });
	});

	it("have GTID modes and formats told by their extremes and numbers", () => {
		const facts = entryOf([
			up,
			replica("a", 2, { gtidMode: "OFF", binlogFormat: "MIXED" }),
			replica("b", 3, { logBin: false, semiSync: up.semiSync }),
		]).facts;
		expect(facts).toMatchObject({
			gtidModes: { min: "OFF", max: "ON" },
			logging: { count: 1, statement: 0, mixed: 1, row: 0, majorVersions: 1 },
			common: { oracleGtid: true, mariadbGtid: false, binlogServer: false },
			semiSyncEnabled: 0,
		});
	});
});

describe("an instance under maintenance", () => {
	const maintained: Partial<Snapshot> = { maintained: ["p:3306"] };

	it("is analysed and shown, and not acted on", () => {
		const entry = entryOf([gone, replica("a", 2, {}, LOST_SOURCE)], maintained);
		expect(entry).toMatchObject({
			code: "DeadMaster",
			isActionable: false,
			facts: { isMaintained: true },
		});
		expect(entry.notActionableBecause).toContain("end-maintenance");
	});

	it("is told without an excuse where nothing would be done anyway", () => {
		expect(
			entryOf([gone, replica("a", 2)], maintained).notActionableBecause,
		).toBe("");
	});

	it("counts as a replica like any other", () => {
		const lost = replica("a", 2, {}, LOST_SOURCE);
		expect(entryOf([gone, lost], { maintained: ["a:3306"] }).isActionable).toBe(
			true,
		);
	});
});

it("knows the downtime of the instance and how many of its replicas have one", () => {
	const downtimes = [downtimeOf("p"), downtimeOf("a")];
	const entry = entryOf([up, replica("a", 2), replica("b", 3)], { downtimes });
	expect(entry).toMatchObject({
		isDowntimed: true,
		downtimeEndsAtMs: downtimes[0]?.endsAtMs,
		facts: { downtimed: 1 },
	});
});
