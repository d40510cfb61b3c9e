import { expect, test } from "vitest";
import type { InstancePicture } from "../../src/api/picture.ts";
import { BOX, layOut } from "./layout.ts";

const box = (name: string, parent: string | null): InstancePicture => ({
	name,
	parent,
	alias: "",
	isPrimary: parent === null,
	isCoPrimary: false,
	state: "ok",
	problems: [],
	error: "",
	seenAtMs: 0,
	isWritable: parent === null,
	version: "8.4.6",
	flavor: "MySQL",
	lagSeconds: 0,
	gtid: "gtid",
	semiSync: "",
	promotionRule: "neutral",
	dataCenter: "",
	downtime: null,
});

test("a source stands left of its replicas, in their middle", () => {
	const { placed } = layOut([box("a", null), box("b", "a"), box("c", "a")]);
	const at = new Map(placed.map((each) => [each.instance.name, each]));
	expect(at.get("b")?.x).toBe(at.get("c")?.x);
	expect(at.get("b")?.x).toBeGreaterThan(at.get("a")?.x ?? 0);
	expect(at.get("a")?.y).toBe(
		((at.get("b")?.y ?? 0) + (at.get("c")?.y ?? 0)) / 2,
	);
});

test("no two boxes overlap", () => {
	const { placed } = layOut([
		box("a", null),
		box("b", "a"),
		box("c", "b"),
		box("d", "a"),
		box("z", null),
	]);
	for (const one of placed)
		for (const other of placed)
			expect(
				one === other ||
					Math.abs(one.x - other.x) >= BOX.width ||
					Math.abs(one.y - other.y) >= BOX.height,
			).toBe(true);
});

test("nothing takes no room", () => {
	expect(layOut([])).toEqual({ placed: [], width: 0, height: 0 });
});
