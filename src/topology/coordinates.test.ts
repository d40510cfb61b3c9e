import { expect, it } from "vitest";
import {
	compareCoordinates,
	equalCoordinates,
	isDetachedCoordinates,
	reattachedCoordinates,
	sameBinlogBasename,
} from "./coordinates.ts";

const at = (file: string, position = 4) => ({ file, position });

it("orders file numbers as numbers", () => {
	const sorted = [
		at("b.1000000"),
		at("b.999999", 500),
		at("b.999999", 70),
		at(""),
	].sort(compareCoordinates);
	expect(sorted.map((c) => `${c.file}:${c.position}`)).toEqual([
		":4",
		"b.999999:70",
		"b.999999:500",
		"b.1000000:4",
	]);
});

it("tells series apart", () => {
	expect(sameBinlogBasename(at("db.1-bin.000009"), at("db.1-bin.000010"))).toBe(
		true,
	);
	expect(sameBinlogBasename(at("a-bin.000009"), at("b-bin.000009"))).toBe(
		false,
	);
	expect(equalCoordinates(at("b.1"), at("b.1"))).toBe(true);
	expect(equalCoordinates(at("b.1"), at("b.1", 5))).toBe(false);
});

it("sees through the detached form", () => {
	const detached = at("//mysql-bin.000123:4567", 4);
	expect(isDetachedCoordinates(detached)).toBe(true);
	expect(reattachedCoordinates(detached)).toEqual(at("mysql-bin.000123", 4567));
	expect(isDetachedCoordinates(at("mysql-bin.000123"))).toBe(false);
});
