import { describe, expect, it } from "vitest";
import { gtids, replica, uuid } from "../../../test/support/made-up-servers.ts";
import {
	errantBetween,
	errantHeld,
	errantLackedBy,
	errantUnapplied,
	whyStranded,
	withoutErrantHeld,
} from "./errant-held.ts";

const own = `${uuid(3)}:1-2`;
const above = `${uuid(2)}:1-4`;

describe("on MySQL", () => {
	const source = replica("a", 2, { errantGtid: above });
	const held = replica("b", 3, {
		executedGtid: `${gtids(100)},${uuid(2)}:1-3,${own}`,
		errantGtid: own,
	});

	it("what is errant above a server is errant on it, too", () => {
		expect(errantHeld(held, [source])).toBe(`${above},${own}`);
		expect(errantHeld(held, [])).toBe(own);
		expect(withoutErrantHeld(held, [source])).toBe(gtids(100));
	});

	it("tells what of it one has and another lacks", () => {
		const other = replica("c", 4, {
			executedGtid: `${gtids(100)},${uuid(2)}:1`,
		});
		expect(errantLackedBy(held, above)).toBe(`${uuid(2)}:4`);
		expect(errantBetween(held, other, above)).toBe(`${uuid(2)}:2-3`);
		expect(errantBetween(other, held, above)).toBe("");
	});

	it("tells what of it waits in the relay log", () => {
		expect(errantUnapplied(held, `${gtids(120)},${above}`, above)).toBe(
			`${uuid(2)}:4`,
		);
		expect(errantUnapplied(held, gtids(120), above)).toBe("");
		expect(errantUnapplied(held, `${gtids(120)},${above}`, "")).toBe("");
	});

	it("strands nobody", () => {
		expect(whyStranded(held, held.executedGtid, above, source)).toBe("");
	});
});

describe("on MariaDB", () => {
	const of = (
		name: string,
		id: number,
		executedGtid: string,
		binlogGtidState: string,
		errantGtid = "",
		retrievedGtid = "",
	) =>
		replica(
			name,
			id,
			{ flavor: "MariaDB", executedGtid, binlogGtidState, errantGtid },
			{ retrievedGtid },
		);
	const source = of("a", 2, "0-2-101", "0-1-100,0-2-101", "0-2-101");
	const held = of("b", 3, "0-2-101", "0-1-100,0-2-101");
	const other = of("c", 4, "0-1-105", "0-1-105");

	it("what is errant above a server is errant on it, too", () => {
		expect(errantHeld(held, [source, source])).toBe("0-2-101");
		expect(withoutErrantHeld(held, [source])).toBe("0-1-100");
	});

	it("tells what of it one has and another lacks, whose number may be higher", () => {
		expect(errantLackedBy(held, "0-2-101")).toBe("");
		expect(errantLackedBy(other, "0-2-101")).toBe("0-2-101");
		expect(errantBetween(held, other, "0-2-101")).toBe("0-2-101");
		expect(errantBetween(other, held, "0-2-101")).toBe("");
	});

	it("tells what of it waits in the relay log", () => {
		const behind = of("b", 3, "0-1-100", "0-1-100");
		expect(errantUnapplied(behind, "0-2-101", "0-2-101")).toBe("0-2-101");
		expect(errantUnapplied(behind, "0-1-100", "0-2-101")).toBe("");
		expect(errantUnapplied(held, "0-1-102", "0-2-101")).toBe("");
	});

	it("strands one that stands at it, where the source has logged of that domain", () => {
		expect(whyStranded(held, "0-2-101", "0-2-101", other)).toContain(
			"b:3306 stands at 0-2-101",
		);
		expect(whyStranded(held, "0-1-102", "0-2-101", other)).toBe("");
		expect(whyStranded(held, "0-2-101", "", other)).toBe("");
		expect(whyStranded(held, "0-2-101", "0-2-101", source)).toBe("");
		expect(whyStranded(held, "7-2-1", "7-2-1", other)).toBe("");
		const itself = of("d", 5, "0-5-7", "0-5-7", "0-5-7");
		expect(whyStranded(itself, "0-5-7", "0-5-7", other)).toBe("");
	});
});
