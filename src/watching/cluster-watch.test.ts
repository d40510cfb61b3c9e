import { describe, expect, it } from "vitest";
import {
	ANALYSIS,
	downtimeOf,
	failing,
	LOST_SOURCE,
	NOW,
	replica,
	running,
	STOPPED,
	server,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { kept, VIEW } from "../../test/support/watched.ts";
import { hearingMark } from "../analysis/silence.ts";
import type { Instance } from "../topology/instance.ts";
import type { Opening } from "../topology/opening.ts";
import { NO_MARK } from "../topology/server-mark.ts";
import { ClusterWatch } from "./cluster-watch.ts";

const SETTINGS = { ...ANALYSIS, isSetAside: () => false };

const watchOf = (...instances: Instance[]) => {
	const watch = new ClusterWatch("c", VIEW);
	for (const each of instances) watch.add(kept(each));
	return {
		watch,
		sees: (instance: Instance) => {
			const member = watch.members.get(instance.name);
			if (member !== undefined) member.latest = instance;
		},
		at: (afterMs: number) =>
			watch
				.change(SETTINGS, NOW + afterMs)
				?.findings.map((each) => [each.code, each.isActionable]),
	};
};

const up = server("p", 1);
const gone = server("p", 1, { check: failing("timeout") });
const good = replica("a", 2);
const lost = replica("a", 2, {}, LOST_SOURCE);
const stopped = replica("a", 2, {}, STOPPED);
const DEAD = [["DeadMaster", true]];
const UNREACHABLE = [["UnreachableMaster", false]];

describe("what is told", () => {
	it("is nothing of a cluster that is well", () => {
		const { at } = watchOf(up, good);
		expect([at(0), at(60_000)]).toEqual([undefined, undefined]);
	});

	it("is nothing before every instance was checked once", () => {
		const { watch, at } = watchOf(gone, lost);
		const fresh = kept(replica("b", 3, {}, LOST_SOURCE));
		fresh.silence = { mark: "", sinceMs: NOW };
		watch.add(fresh);
		expect(at(0)).toBeUndefined();
		fresh.failures = 1;
		expect(at(1)).toEqual(DEAD);
	});

	it("is nothing of a primary that was replaced since its replicas were looked at; what they say after that is", () => {
		const opening: Opening = {
			instance: "b:3306",
			atMs: NOW - 100,
			inPlaceOf: ["p:3306"],
		};
		const { watch, at } = watchOf(gone, lost, server("b", 3));
		watch.view = { ...VIEW, clusterName: "b:3306", opening };
		const replicas = watch.replicasOf("p:3306");
		expect(replicas.map(({ name }) => name)).toEqual(["a:3306"]);
		for (const each of replicas) each.seenFromMs = NOW - 200;
		expect(at(0)).toBeUndefined();
		for (const each of replicas) each.seenFromMs = NOW - 50;
		expect(at(50)).toEqual(DEAD);
	});

	it("says when it was looked at: when the last replica was", () => {
		const { watch } = watchOf(gone, lost, replica("c", 4, {}, LOST_SOURCE));
		for (const [name, atMs] of [
			["a:3306", NOW - 300],
			["c:3306", NOW - 200],
		] as const) {
			const member = watch.members.get(name);
			if (member !== undefined) member.seenFromMs = atMs;
		}
		const [finding] = watch.change(SETTINGS, NOW)?.findings ?? [];
		expect(finding).toMatchObject({
			instance: "p:3306",
			lookedAtMs: NOW - 200,
		});
	});

	/** At which seconds it is told, of so many. */
	const toldAt = (
		{ at }: Pick<ReturnType<typeof watchOf>, "at">,
		seconds: number,
	): number[] =>
		Array.from({ length: seconds + 1 }, (_, second) => second).filter(
			(second) => at(second * 1_000) !== undefined,
		);

	it("is told once, and again after pauses that grow, while it calls for something", () => {
		const held = watchOf(gone, lost);
		held.watch.view = { ...VIEW, mayAct: false };
		expect(toldAt(held, 3_000)).toEqual([
			0, 10, 30, 70, 150, 310, 630, 1_230, 1_830, 2_430,
		]);
	});

	it("is told again each minute at the latest where nothing speaks against acting on it, and more rarely when that has come to nothing for long", () => {
		const told = toldAt(watchOf(gone, lost), 14_400);
		expect(told.filter((second) => second <= 300)).toEqual([
			0, 10, 30, 70, 130, 190, 250,
		]);
		// In the first hour, and in the fourth.
		expect(told.filter((second) => second <= 3_600).length).toBeLessThan(35);
		expect(told.filter((second) => second > 10_800)).toHaveLength(6);
	});

	it("is told again at once when what spoke against acting on it no longer does", () => {
		const { watch, at } = watchOf(gone, lost);
		watch.view = { ...VIEW, mayAct: false };
		expect(at(0)).toEqual(DEAD);
		expect(at(10_000)).toEqual(DEAD);
		watch.view = { ...VIEW, mayAct: false };
		expect(at(20_000)).toBeUndefined();
		watch.view = VIEW;
		expect(watch.membership.hasChecks).toBe(true);
		expect(at(20_100)).toBeUndefined();
		expect(at(20_400)).toEqual(DEAD);
		watch.view = VIEW;
		expect(at(20_500)).toBeUndefined();
		watch.view = { ...VIEW, mayAct: false };
		expect(at(20_600)).toBeUndefined();
		// Its pauses begin anew.
		expect(at(30_400)).toEqual(DEAD);
	});

	it("is told again when the configuration was read anew", () => {
		const { watch, at } = watchOf(gone, lost);
		expect(at(0)).toEqual(DEAD);
		const anew = { ...SETTINGS };
		expect(watch.change(anew, NOW + 1_000)).toBeUndefined();
		expect(watch.change(anew, NOW + 1_300)?.findings).toHaveLength(1);
		expect(watch.change(anew, NOW + 1_400)).toBeUndefined();
	});

	it("is told again after ten seconds when the servers stand otherwise, if it is to be acted on", () => {
		const applied = (position: number) =>
			replica(
				"a",
				2,
				{},
				{ ...LOST_SOURCE, execCoordinates: { file: "bin.1", position } },
			);
		const { watch, sees, at } = watchOf(gone, applied(1));
		expect(at(0)).toEqual(DEAD);
		expect(at(10_000)).toEqual(DEAD);
		sees(applied(2));
		expect(at(19_999)).toBeUndefined();
		expect(at(20_000)).toEqual(DEAD);
		expect(at(30_000)).toEqual(DEAD);
		watch.view = { ...VIEW, mayAct: false };
		sees(applied(3));
		expect(at(40_000)).toBeUndefined();
		expect(at(50_000)).toEqual(DEAD);
	});

	it("is told only once when it calls for nothing", () => {
		const { at } = watchOf(up, stopped);
		expect(at(0)).toEqual([["MasterSingleReplicaNotReplicating", false]]);
		expect(at(60_000)).toBeUndefined();
	});

	it("is told again at once when it changes, and when it is over", () => {
		const { sees, at } = watchOf(gone, good);
		expect(at(2_000)).toEqual(UNREACHABLE);
		sees(lost);
		expect(at(2_200)).toEqual(DEAD);
		sees(up);
		sees(good);
		expect(at(2_400)).toEqual([]);
		expect(at(2_600)).toBeUndefined();
	});

	it("is told again when a downtime begins or ends", () => {
		const { watch, at } = watchOf(gone, lost);
		expect(at(0)).toEqual(DEAD);
		watch.view = { ...VIEW, downtimes: [downtimeOf("p"), downtimeOf("x")] };
		expect(watch.change(SETTINGS, NOW + 10)?.findings).toMatchObject([
			{ code: "DeadMaster", isDowntimed: true },
		]);
		expect(watch.snapshot(NOW).downtimes).toHaveLength(1);
		watch.view = VIEW;
		expect(at(20)).toEqual(DEAD);
	});

	it("leaves out what the configuration sets aside", () => {
		const { watch } = watchOf(gone, lost);
		const settings = {
			...ANALYSIS,
			isSetAside: (host: string) => host === "p",
		};
		expect(watch.change(settings, NOW)).toBeUndefined();
		expect(watch.change(SETTINGS, NOW)?.findings).toHaveLength(1);
	});

	it("is told again when telling failed", () => {
		const { watch, at } = watchOf(gone, lost);
		expect(at(0)).toEqual(DEAD);
		watch.telling.failed();
		expect(at(100)).toEqual(DEAD);
	});

	it("is told again when an operation has ended, once its entity has heard of that", () => {
		const { watch, at } = watchOf(gone, lost);
		expect(at(0)).toEqual(DEAD);
		watch.view = { ...VIEW, heldBy: "rejoin" };
		expect(at(1_000)).toBeUndefined();
		watch.view = VIEW;
		expect(at(1_100)).toBeUndefined();
		expect(at(1_400)).toEqual(DEAD);
		expect(at(2_400)).toBeUndefined();
	});

	it("of a primary that was moved is told anew when another operation lets go, not when what came of it does", () => {
		const { watch } = watchOf(
			server("p", 1, { readOnly: true, replication: running("n") }),
			server("n", 2),
		);
		const role = {
			primary: "p:3306",
			server: NO_MARK,
			epoch: 1,
			word: "met",
			sinceMs: 0,
		} as const;
		const view = { ...VIEW, role };
		const moved = (second: number) =>
			watch.roleWatch.moved(
				watch.snapshot(NOW + second * 1_000),
				NOW + second * 1_000,
			);
		watch.view = view;
		expect([moved(0), moved(3), moved(3.1)]).toEqual([
			undefined,
			"n:3306",
			undefined,
		]);
		watch.view = { ...view, heldBy: "adoption" };
		watch.view = view;
		expect(moved(3.2)).toBeUndefined();
		watch.view = { ...view, heldBy: "rejoin" };
		expect(moved(3.3)).toBeUndefined();
		watch.membership.hasChecks = false;
		watch.view = view;
		expect(watch.membership.hasChecks).toBe(true);
		expect(moved(3.4)).toBe("n:3306");
	});

	it("is not told again at once when its own recovery has ended, unless it is another one by then", () => {
		const { watch, sees, at } = watchOf(gone, lost);
		expect(at(0)).toEqual(DEAD);
		watch.view = { ...VIEW, heldBy: "recovery" };
		watch.view = VIEW;
		expect(at(1_100)).toBeUndefined();
		expect(at(1_500)).toBeUndefined();
		expect(at(10_000)).toEqual(DEAD);
		watch.view = { ...VIEW, heldBy: "recovery" };
		sees(good);
		expect(at(10_100)).toEqual(UNREACHABLE);
		watch.view = VIEW;
		expect(at(10_200)).toBeUndefined();
		expect(at(10_600)).toEqual(UNREACHABLE);
	});
});

describe("while a failure is being verified", () => {
	it("what is not actionable yet waits, what is does not", () => {
		const { watch, sees, at } = watchOf(gone, good);
		watch.grounds.noticedAt("p:3306", NOW);
		expect(at(200)).toBeUndefined();
		expect(at(999)).toBeUndefined();
		sees(lost);
		expect(at(999)).toEqual(DEAD);
	});

	it("it waits no longer than a second", () => {
		const { watch, at } = watchOf(gone, good);
		watch.grounds.noticedAt("p:3306", NOW);
		expect(at(1_000)).toEqual(UNREACHABLE);
	});

	it("the first notice counts until the suspicion is over", () => {
		const { watch, at } = watchOf(gone, lost);
		watch.grounds.noticedAt("p:3306", NOW - 300);
		watch.grounds.noticedAt("p:3306", NOW - 100);
		expect(watch.change(SETTINGS, NOW)?.findings[0]).toMatchObject({
			noticedAtMs: NOW - 300,
			declaredAtMs: NOW,
		});
		watch.grounds.noLongerSuspect("p:3306");
		expect(at(10_000)).toEqual(DEAD);
	});
});

it("tells the silence of MariaDB's receivers, which only a watcher can date", () => {
	const maria = (host: string, id: number, receiver: 0 | 1 | 2) =>
		replica(
			host,
			id,
			{ flavor: "MariaDB" },
			{ receiver, silentForMs: 4_000, usingOracleGtid: false },
		);
	const { watch } = watchOf(
		gone,
		maria("a", 2, 1),
		maria("b", 3, 2),
		replica("m", 4, {}, { receiver: 1, silentForMs: 4_000 }),
	);
	expect(watch.change(SETTINGS, NOW)?.findings[0]?.silence).toEqual({
		"a:3306": {
			mark: hearingMark(maria("a", 2, 1)),
			sinceMs: NOW - 3_000,
		},
	});
});

describe("the present primary", () => {
	const opening = {
		instance: "b:3306",
		atMs: NOW,
		inPlaceOf: ["p:3306"],
	} as const;
	const replaced = { ...VIEW, clusterName: "b:3306", opening };
	const b = replica("b", 2, { check: failing("connection-refused") });

	it("is not one that was replaced, because another still names it", () => {
		// The one that was opened names it from before, and another would receive from it again.
		const { watch, sees } = watchOf(up, good, b);
		expect(watch.presentPrimary()).toBe("p:3306");
		watch.view = replaced;
		expect(watch.presentPrimary()).toBeUndefined();
		// Somebody has put the opened one below it.
		sees(replica("b", 2, {}));
		expect(watch.presentPrimary()).toBe("p:3306");
		sees(replica("b", 2, {}, STOPPED));
		expect(watch.presentPrimary()).toBeUndefined();
		// Nobody knows the opened one any more.
		watch.remove("b:3306");
		expect(watch.presentPrimary()).toBe("p:3306");
	});

	it("that died before it had forgotten its source is at the top", () => {
		const { watch, sees } = watchOf(gone, b, replica("a", 3, {}, LOST_SOURCE));
		const tops = () =>
			watch
				.instances()
				.filter(({ depth }) => depth === 0)
				.map(({ host }) => host);
		expect(tops()).toEqual(["p"]);
		watch.view = replaced;
		expect(tops()).toEqual(["p", "b"]);
		expect(watch.replicasOf("b:3306").map(({ name }) => name)).toEqual([
			"a:3306",
		]);
		expect(watch.isSource("p:3306")).toBe(false);
		// Heard again it is what it says.
		sees(replica("b", 2, {}, STOPPED));
		expect(tops()).toEqual(["p"]);
		expect(watch.isSource("b:3306")).toBe(false);
		sees(b);
		expect(tops()).toEqual(["p", "b"]);
	});

	it("is the one server at the top that is up and has replicas", () => {
		expect(watchOf(up, good).watch.presentPrimary()).toBe("p:3306");
		expect(watchOf(gone, good).watch.presentPrimary()).toBeUndefined();
		expect(watchOf(up).watch.presentPrimary()).toBeUndefined();
	});

	it("is unknown while there are two", () => {
		const second = server("q", 9);
		const follower = replica("x", 10, {}, { sourceHost: "q" });
		expect(
			watchOf(up, good, second, follower).watch.presentPrimary(),
		).toBeUndefined();
		expect(watchOf(up, good, second).watch.presentPrimary()).toBe("p:3306");
	});
});

it("gives instances their place and the promotion rule of the store", () => {
	const { watch } = watchOf(up, good);
	watch.view = { ...VIEW, rules: new Map([["a:3306", "prefer"]]) };
	expect(
		watch
			.instances()
			.map(({ name, depth, clusterName, promotionRule }) => [
				name,
				depth,
				clusterName,
				promotionRule,
			]),
	).toEqual([
		["p:3306", 0, "p:3306", "neutral"],
		["a:3306", 1, "p:3306", "prefer"],
	]);
	expect(watch.replicasOf("p:3306").map((each) => each.name)).toEqual([
		"a:3306",
	]);
});

it("a replica that becomes the primary has no errant transactions any more: what it has is the cluster's", () => {
	const own = `${up.executedGtid},${uuid(2)}:1-14`;
	const { watch, sees } = watchOf(up, { ...good, executedGtid: own });
	const errantOfA = () =>
		watch.instances().find((each) => each.name === "a:3306")?.errantGtid;
	watch.compareGtids();
	// Whether they are its own is known when its source was looked at once more.
	expect(watch.sourcesInQuestion().map(({ name }) => name)).toEqual(["p:3306"]);
	const later = up.check.seenAtMs + 1_000;
	sees({ ...up, check: { ...up.check, checkedAtMs: later, seenAtMs: later } });
	watch.compareGtids();
	expect(watch.sourcesInQuestion()).toEqual([]);
	expect(errantOfA()).toBe(`${uuid(2)}:1-14`);
	sees(server("a", 2, { executedGtid: own }));
	watch.compareGtids();
	expect(errantOfA()).toBe("");
});
