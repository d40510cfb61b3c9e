import { expect, it } from "vitest";
import { running, seen, uuid } from "../../test/support/made-up-servers.ts";
import { VIEW } from "../../test/support/watched.ts";
import { createForgotten } from "../discovery/forgotten.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { createRoster } from "./roster.ts";
import type { StoreReading } from "./store-view.ts";

const set = () => {
	let nowMs = 1_000;
	const forgotten = createForgotten(() => nowMs);
	const never = (): never => {
		throw new Error("nothing is asked in these tests");
	};
	const roster = createRoster({
		nowMs: () => nowMs,
		forgotten,
		isMine: (identity) => identity !== "theirs",
		isIgnored: (name) => name === "ignored:1",
		keptDeps: () => ({
			servers: { open: never, refusesLogin: never, probe: never, look: never },
			nowMs: () => nowMs,
			onChecked: never,
			onHanging: never,
			onSlow: never,
			onLost: never,
		}),
	});
	const read = (
		members: Readonly<Record<string, readonly InstanceName[]>>,
		startedMs = nowMs,
		known: readonly Instance[] = [],
	): void =>
		roster.update({
			startedMs,
			homes: new Map(
				Object.entries(members).flatMap(([identity, names]) =>
					names.map((name) => [name, identity] as const),
				),
			),
			membersOf: new Map(Object.entries(members)),
			fences: [],
			known: new Map(known.map((each) => [each.name, each])),
			views: Object.keys(members).map((identity) => ({ identity, view: VIEW })),
		} satisfies StoreReading);
	const watched = () =>
		[...roster.clusters()].map(
			({ identity, members }) =>
				`${identity}: ${[...members.keys()].join(" ")}`,
		);
	return {
		roster,
		forgotten,
		read,
		watched,
		pass: (ms: number) => {
			nowMs += ms;
		},
	};
};

it("watches the members of its clusters, but for those that are ignored and those of other groups", () => {
	const { roster, read, watched } = set();
	read({ c: ["a:1", "ignored:1"], theirs: ["x:1"] });
	expect(watched()).toEqual(["c: a:1"]);
	expect(roster.identityOf("x:1")).toBe("theirs");
});

it("takes up a member as the store has it, not yet looked at: one that cannot be reached is what it was", () => {
	const { roster, read } = set();
	const replica = seen("b", { serverUuid: uuid(2), replication: running("a") });
	read({ c: ["a:3306", "b:3306"] }, undefined, [replica]);
	const cluster = roster.clusterNamed("c");
	const latest = cluster?.members.get("b:3306")?.latest;
	expect(latest).toEqual({ ...replica, check: latest?.check });
	expect(latest && isLastCheckValid(latest)).toBe(false);
	expect(latest?.check).toMatchObject({
		outcome: "unknown",
		seenAtMs: replica.check.seenAtMs,
	});
	expect(cluster?.members.get("b:3306")?.mark.uuid).toBe(replica.serverUuid);
	expect(cluster?.isSource("a:3306")).toBe(true);
	expect(cluster?.isComplete).toBe(false);
});

it("lets go of who was forgotten, and does not take it up again for a minute", () => {
	const { roster, read, watched, pass } = set();
	read({ c: ["a:1", "b:1"] });
	read({ c: ["a:1"] });
	expect(watched()).toEqual(["c: a:1"]);
	expect(roster.isForgotten("b:1")).toBe(true);
	pass(60_001);
	expect(roster.isForgotten("b:1")).toBe(false);
});

it("lets go at once of whom this process forgets, whatever was read of the store meanwhile, until somebody asks for it", () => {
	const { forgotten, read, watched } = set();
	read({ c: ["a:1", "b:1"] });
	forgotten.add("b:1");
	expect(watched()).toEqual(["c: a:1"]);
	read({ c: ["a:1", "b:1"] });
	expect(watched()).toEqual(["c: a:1"]);
	forgotten.remove("b:1");
	read({ c: ["a:1", "b:1"] });
	expect(watched()).toEqual(["c: a:1 b:1"]);
});

it("moves who belongs to another cluster now, over a new connection", () => {
	const { roster, read, watched } = set();
	read({ c: ["a:1", "b:1"], d: ["e:1"] });
	const before = roster.clusterOf("b:1")?.members.get("b:1");
	read({ c: ["a:1"], d: ["e:1", "b:1"] });
	expect(roster.isForgotten("b:1")).toBe(false);
	expect(watched()).toEqual(["c: a:1", "d: e:1 b:1"]);
	expect(roster.clusterOf("b:1")?.members.get("b:1")).not.toBe(before);
});

it("keeps who was found here until a reading that began after it was stored", () => {
	const { roster, read, watched, pass } = set();
	read({ c: ["a:1"] });
	const cluster = roster.clusterOf("a:1");
	if (cluster === undefined) throw new Error("not watched");
	roster.arrives(cluster, "new:1");
	pass(1_000);
	read({ c: ["a:1"] });
	expect(watched()).toEqual(["c: a:1 new:1"]);
	roster.hasArrived("new:1");
	read({ c: ["a:1"] }, 500);
	expect(watched()).toEqual(["c: a:1 new:1"]);
	pass(1);
	read({ c: ["a:1"] });
	expect(watched()).toEqual(["c: a:1"]);
});
