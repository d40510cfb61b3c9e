import { describe, expect, it } from "vitest";
import { entryOf } from "../../test/support/entry-of.ts";
import {
	failing,
	LOST_SOURCE,
	NOW,
	replica,
	STOPPED,
	server,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "./instance.ts";
import { isReplica, sourceOf } from "./instance.ts";
import { type Opening, withOpening } from "./opening.ts";

/** b was opened in place of p, and died. It was last seen two seconds ago. */
const OPENING: Opening = {
	instance: "b:3306",
	atMs: NOW - 1_000,
	inPlaceOf: ["p:3306"],
};
const DOWN = { check: failing("connection-refused") };
const gone = server("p", 1, DOWN);
const b = (rest: Partial<Instance> = DOWN, change = {}) =>
	replica("b", 2, rest, change);

const sourcesOf = (
	instances: readonly Instance[],
	opening: Opening | undefined = OPENING,
) =>
	Object.fromEntries(
		withOpening(instances, opening).map((each) => [each.host, sourceOf(each)]),
	);

describe("a server that an operation opened, and that cannot be reached", () => {
	it("is nobody's replica, whatever was last seen of it before", () => {
		expect(sourcesOf([gone, b()])["b"]).toBeUndefined();
		expect(sourcesOf([gone, b(DOWN, STOPPED)])["b"]).toBeUndefined();
		const [, now] = withOpening([gone, b()], OPENING);
		expect(now && isReplica(now)).toBe(false);
	});

	it("also when it was seen since with its channel stopped, and not when it received then", () => {
		const before = { ...OPENING, atMs: NOW - 3_000 };
		expect(sourcesOf([gone, b(DOWN, STOPPED)], before)["b"]).toBeUndefined();
		expect(sourcesOf([gone, b()], before)["b"]).toBe("p:3306");
	});

	it("is followed by those that still name whom it replaced and hear nothing", () => {
		const of = (change: object, rest = {}) =>
			sourcesOf([gone, b(), replica("c", 3, rest, change)])["c"];
		expect(of(STOPPED)).toBe("b:3306");
		expect(of(LOST_SOURCE)).toBe("b:3306");
		expect(of(LOST_SOURCE, DOWN)).toBe("b:3306");
		// Whoever receives from the old one has been put there since.
		expect(of({})).toBe("p:3306");
		expect(of({ ...STOPPED, sourceHost: "q" })).toBe("q:3306");
	});

	it("is told as a primary that died", () => {
		const c = replica("c", 3, {}, { ...LOST_SOURCE, sourceHost: "b" });
		const code = (...all: Instance[]) => {
			const instances = withOpening(all, OPENING);
			const about = instances.find((each) => each.host === "b");
			return (
				about && entryOf([about, ...instances.filter((each) => each !== about)])
			);
		};
		expect(code(gone, b(), c)).toMatchObject({
			code: "DeadMaster",
			isActionable: true,
		});
		// The old one has come back below it: they name each other.
		const back = replica("p", 1, {}, { ...LOST_SOURCE, sourceHost: "b" });
		expect(code(back, b())).toMatchObject({ code: "DeadMaster" });
		// That the old one is away is no sign of the new one's death.
		const hangs = b({ check: failing("timeout") });
		const names = replica("c", 3, {}, LOST_SOURCE);
		expect(code(gone, hangs, names)).toMatchObject({
			code: "DeadMaster",
			isActionable: false,
		});
	});
});

it("nothing is changed while the opened one answers, or where none was opened", () => {
	const all = [gone, b({}), replica("c", 3, {}, STOPPED)];
	expect(withOpening(all, OPENING)).toBe(all);
	const without = [gone, b()];
	expect(withOpening(without, undefined)).toBe(without);
	const other = { ...OPENING, instance: "x:3306" } as const;
	expect(withOpening(without, other)).toBe(without);
});
