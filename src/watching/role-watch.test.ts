import { beforeEach, expect, it } from "vitest";
import {
	NOW,
	running,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { NO_MARK } from "../topology/server-mark.ts";
import { RoleWatch } from "./role-watch.ts";

const P = server("p", 1);
const N = server("n", 2);
const BELOW = server("p", 1, { readOnly: true, replication: running("n") });

const seen = (...instances: readonly Instance[]) =>
	({
		...snapshotOf(instances),
		role: {
			primary: "p:3306",
			server: NO_MARK,
			epoch: 1,
			word: "operation",
			sinceMs: 0,
		},
	}) as const;

let watch: RoleWatch;
beforeEach(() => {
	watch = new RoleWatch();
});
const at = (seconds: number) => NOW + seconds * 1000;

it("what stands against the record counts when it has stood for three seconds, and anew when it was gone in between", () => {
	const isOnRecord = (instances: readonly Instance[], seconds: number) =>
		watch.settled(seen(...instances), at(seconds)).role !== undefined;
	expect(isOnRecord([P], 0)).toBe(true);
	expect(isOnRecord([BELOW, N], 1)).toBe(false);
	expect(isOnRecord([BELOW, N], 3.9)).toBe(false);
	expect(isOnRecord([BELOW, N], 4)).toBe(true);
	expect(isOnRecord([P], 5)).toBe(true);
	expect(isOnRecord([BELOW, N], 6)).toBe(false);
});

it("the entity is told who is the primary by the servers, again after growing pauses, and at once when somebody else takes writes", () => {
	const told = (instances: readonly Instance[], until: number) => {
		const times: number[] = [];
		for (; second <= until; second++)
			if (watch.moved(seen(...instances), at(second)) !== undefined)
				times.push(second);
		return times;
	};
	let second = 0;
	expect(told([BELOW, N], 200)).toEqual([3, 5, 9, 17, 33, 65, 129]);
	expect(told([BELOW, N, server("x", 3)], 210)).toEqual([201, 203, 207]);
	expect(told([P], 220)).toEqual([]);
	expect(told([BELOW, N], 230)).toEqual([224, 226, 230]);
});

it("it is not told of one that takes no writes, and again at once when the telling failed", () => {
	const closed = server("n", 2, { readOnly: true });
	const moved = (instance: Instance, seconds: number) =>
		watch.moved(seen(BELOW, instance), at(seconds));
	moved(closed, 0);
	expect(moved(closed, 5)).toBeUndefined();
	expect(moved(N, 6)).toBe("n:3306");
	expect(moved(N, 7)).toBeUndefined();
	watch.tellAnew();
	expect(moved(N, 8)).toBe("n:3306");
});

it("it is told at once when what spoke against the record's following is over, however often it was told before", () => {
	const open = { ...BELOW, readOnly: false };
	const replica = server("r", 4, {
		readOnly: true,
		replication: running("p"),
	});
	const moved = { ...replica, replication: running("n") };
	const times = (instances: readonly Instance[], from: number, to: number) => {
		const told: number[] = [];
		for (let second = from; second <= to; second++)
			if (watch.moved(seen(...instances), at(second)) !== undefined)
				told.push(second);
		return told;
	};
	expect(times([open, N, replica], 0, 299)).toEqual([
		3, 5, 9, 17, 33, 65, 129, 257,
	]);
	expect(times([open, N, moved], 300, 300)).toEqual([300]);
	expect(times([BELOW, N, moved], 301, 301)).toEqual([301]);
	const errant = { ...BELOW, errantGtid: `${uuid(9)}:1` };
	expect(times([errant, N, moved], 302, 302)).toEqual([302]);
	expect(times([BELOW, N, moved], 303, 304)).toEqual([303]);
});
