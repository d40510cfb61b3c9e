import { expect, it } from "vitest";
import { eachGtid, gtidPieces } from "./pieces.ts";

const A = "00000000-0000-0000-0000-00000000000a";
const SET = `${A}:1-3:7:tag:2`;

it("a set is its intervals, each with its originator", () => {
	expect(gtidPieces(SET)).toEqual([`${A}:1-3`, `${A}:7`, `${A}:tag:2`]);
	expect(gtidPieces("")).toEqual([]);
});

it("its transactions are told one by one, unless they are too many", () => {
	const all = [1, 2, 3, 7].map((n) => `${A}:${n}`);
	expect(eachGtid(SET, 5)).toEqual([...all, `${A}:tag:2`]);
	expect(eachGtid(SET, 4)).toBeUndefined();
	expect(eachGtid(`${A}:1-9223372036854775806`, 1_000)).toBeUndefined();
});
