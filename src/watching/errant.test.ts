import { describe, expect, it } from "vitest";
import {
	gtids,
	NOW,
	replica,
	server,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { createErrantLedger } from "./errant.ts";

const seenAt = (instance: Instance, ms: number): Instance => ({
	...instance,
	check: {
		...instance.check,
		checkedAtMs: ms,
		seenAtMs: ms,
		attemptedAtMs: ms,
	},
});

const OLD_PRIMARY = `${uuid(9)}:1-100`;
const with9 = (last: number) => `${uuid(9)}:1-${last},${gtids(100)}`;

const source = (executedGtid: string, ms: number) =>
	seenAt(server("p", 1, { executedGtid }), ms);
const follower = (executedGtid: string, ms: number) =>
	seenAt(replica("a", 2, { executedGtid }), ms);

describe("errant transactions", () => {
	it("are what a replica has of nobody above it", () => {
		const ledger = createErrantLedger();
		expect(
			ledger.compare(follower(`${uuid(2)}:1,${gtids(100)}`, NOW), [
				source(gtids(90), NOW + 10),
			]),
		).toBe(`${uuid(2)}:1`);
	});

	it("are none while the source was only seen before the replica", () => {
		const ledger = createErrantLedger();
		const late = follower(with9(100), NOW + 100);
		expect(ledger.compare(late, [source(with9(99), NOW)])).toBeUndefined();
		// The source is seen to have them: nothing was amiss.
		const again = source(with9(100), NOW + 200);
		expect(ledger.compare(late, [again])).toBeUndefined();
		expect(ledger.compare(late, [again])).toBe("");
		expect(OLD_PRIMARY).toContain("100");
	});

	it("are so once the source was seen later without them, though the replica went on", () => {
		const ledger = createErrantLedger();
		const one = `${uuid(2)}:1,${gtids(100)}`;
		const two = `${uuid(2)}:1-2,${gtids(100)}`;
		const at = (ms: number) => source(gtids(100), ms);
		expect(ledger.compare(follower(one, NOW + 100), [at(NOW)])).toBeUndefined();
		expect(ledger.compare(follower(two, NOW + 300), [at(NOW + 200)])).toBe(
			`${uuid(2)}:1`,
		);
		expect(
			ledger.compare(follower(two, NOW + 300), [at(NOW + 200)]),
		).toBeUndefined();
		expect(ledger.compare(follower(two, NOW + 300), [at(NOW + 400)])).toBe(
			`${uuid(2)}:1-2`,
		);
	});

	it("are compared again only when a set changed", () => {
		const ledger = createErrantLedger();
		const now = follower(gtids(100), NOW);
		const above = [source(gtids(100), NOW)];
		expect(ledger.compare(now, above)).toBe("");
		expect(ledger.compare(now, above)).toBeUndefined();
	});

	it("are not told of a replica with several channels, nor of one without a source", () => {
		const ledger = createErrantLedger();
		const own = follower(`${uuid(2)}:1`, NOW);
		expect(ledger.compare(own, [])).toBe("");
		const many = { ...own, otherChannels: [own.replication] };
		expect(ledger.compare(many, [source(gtids(1), NOW + 1)])).toBe("");
	});
});
