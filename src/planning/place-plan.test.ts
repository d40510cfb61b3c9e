import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import { at, byPlace, WITHOUT } from "../../test/support/made-up-places.ts";
import {
	failing,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { planMoves } from "./bulk-moves.ts";
import type { MovesRequest } from "./bulk-target.ts";
import { planCoPrimary } from "./co-primary-plan.ts";
import { planExchange } from "./exchange-plan.ts";
import { planRelocation } from "./relocation-plan.ts";
import type { RelocationRequest } from "./relocation-way.ts";
import { stepText } from "./step.ts";

// Moves by file and position, where nothing says what markers look like.
const settings = { ...PLANNING, noMarkers: "Pseudo-GTID is not configured" };

const p = server("p", 1, { ...WITHOUT, selfCoordinates: at(100) });
const a = byPlace("a", 2);
const b = byPlace("b", 3);
const c = byPlace("c", 4, { sourceHost: "b" });
const all = [p, a, b, c];

const one = (
	request: RelocationRequest,
	instances: readonly Instance[] = all,
	rest: Partial<Snapshot> = {},
	by = settings,
) =>
	planRelocation({
		request,
		snapshot: snapshotOf(instances, rest),
		settings: by,
		done: [],
	});

const several = (request: MovesRequest, instances: readonly Instance[] = all) =>
	planMoves({ request, snapshot: snapshotOf(instances), settings, done: [] });

const texts = ({ phases, refusal }: ReturnType<typeof one>) =>
	refusal ?? phases.map(({ steps }) => steps.map(stepText));

describe("one replica", () => {
	it("goes below a sibling at the place where that is at rest", () => {
		const made = one({ instance: "a:3306", below: "b:3306" });
		expect(texts(made)).toEqual([
			["move a:3306 below its sibling b:3306 by file and position"],
		]);
		expect(made).toMatchObject({
			successor: "b:3306",
			notes: [
				"a:3306 goes by file and position: it is brought to where its sibling b:3306 stands, whose applier stops for a moment",
			],
			phases: [
				{
					steps: [
						{
							by: { way: "pair", of: "b:3306", ofChannel: "", applies: true },
							sourceId: 3,
							undo: {
								do: "matchBelow",
								source: "p:3306",
								by: { of: "b:3306" },
							},
						},
					],
				},
			],
		});
	});

	it("is left stopped, with its applier as it was, by what takes the move back where a person had stopped it", () => {
		const stopped = (applier: 0 | 1) => {
			const [phase] = one({ instance: "a:3306", below: "p:3306" }, [
				p,
				byPlace("a", 2, { receiver: 0, applier }),
				b,
			]).phases;
			return phase?.steps[0];
		};
		for (const applier of [0, 1] as const) {
			const step = stopped(applier);
			expect(step).not.toHaveProperty("leaveStopped");
			expect(step?.undo).toMatchObject({
				leaveStopped: true,
				...(applier === 1 ? { leaveApplying: true } : {}),
			});
			expect("leaveApplying" in (step?.undo ?? {})).toBe(applier === 1);
		}
		expect(
			one({ instance: "a:3306", below: "b:3306" }).phases[0]?.steps[0]?.undo,
		).not.toHaveProperty("leaveStopped");
	});

	it("goes up through its source, which need not replicate now", () => {
		const up = [
			["move c:3306 up through b:3306, below p:3306, by file and position"],
		];
		expect(texts(one({ instance: "c:3306", below: "p:3306" }))).toEqual(up);
		expect(texts(one({ instance: "c:3306", way: "up" }))).toEqual(up);
		const stopped = byPlace("b", 3, { applier: 0, receiver: 0 });
		const made = one({ instance: "c:3306", way: "up" }, [p, stopped, c]);
		expect(made.phases).toMatchObject([
			{ steps: [{ by: { applies: false } }] },
		]);
	});

	it("goes by markers where those are configured, unless nothing else will do", () => {
		const marked = (instances: readonly Instance[]) =>
			texts(
				one({ instance: "a:3306", below: "b:3306" }, instances, {}, PLANNING),
			);
		expect(marked(all)).toEqual([["match a:3306 below b:3306 by Pseudo-GTID"]]);
		expect(
			texts(
				one(
					{ instance: "a:3306", below: "b:3306", way: "siblings" },
					all,
					{},
					PLANNING,
				),
			),
		).toEqual([["move a:3306 below its sibling b:3306 by file and position"]]);
	});

	it("is pointed to its own source at the place that it has reached", () => {
		expect(texts(one({ instance: "a:3306", way: "repoint" }))).toEqual([
			["point a:3306 to p:3306 at the same place"],
		]);
		expect(one({ instance: "a:3306", below: "p:3306" })).toMatchObject({
			phases: [],
			says: "a:3306 replicates from p:3306 already",
		});
		const stopped = byPlace("a", 2, { receiver: 0, applier: 0 });
		expect(
			texts(one({ instance: "a:3306", below: "p:3306" }, [p, stopped])),
		).toEqual([["point a:3306 to p:3306 at the same place"]]);
	});

	it("goes to a place that is recorded as its own, which only the step can tell", () => {
		const made = one({
			instance: "c:3306",
			below: "a:3306",
			way: "equivalent",
		});
		expect(texts(made)).toEqual([
			["move c:3306 below a:3306 to the place that is recorded as its own"],
		]);
		expect(
			one({ instance: "a:3306", below: "a:3306", way: "equivalent" }).refusal,
		).toContain("below itself");
	});

	const below = { instance: "a:3306", below: "b:3306" } as const;
	const up = { instance: "c:3306", below: "p:3306" } as const;
	it.each<[string, RelocationRequest, readonly Instance[]]>([
		[
			"other:3306 is neither its sibling nor the source of its source",
			{ instance: "c:3306", below: "other:3306" },
			[...all, server("other", 5, { ...WITHOUT })],
		],
		[
			"c:3306 is a descendant of b:3306",
			{ instance: "b:3306", below: "c:3306" },
			all,
		],
		[
			"a:3306 does not replicate",
			below,
			[p, byPlace("a", 2, { receiver: 0 }), b],
		],
		[
			"b:3306 does not replicate",
			below,
			[p, a, byPlace("b", 3, { applier: 0 })],
		],
		["a:3306 lags by 90 s", below, [p, { ...a, lagSeconds: 90 }, b]],
		["b:3306 lags by nobody knows", below, [p, a, { ...b, lagSeconds: null }]],
		[
			"a:3306 is delayed by 3600 s",
			below,
			[p, byPlace("a", 2, { sqlDelaySeconds: 3_600 }), b],
		],
		["b:3306 writes no binary log", below, [p, a, { ...b, logBin: false }]],
		[
			"b:3306 cannot be reached: timeout",
			up,
			[p, { ...b, check: failing("timeout") }, c],
		],
		[
			"p:3306 is one of a pair and takes writes",
			up,
			[byPlace("p", 1, { sourceHost: "b" }, { readOnly: false }), b, c],
		],
		[
			"b:3306 cannot be brought to rest: no SUPER",
			up,
			[
				p,
				{
					...b,
					findings: [
						{ about: "operations", privilege: "SUPER", says: "no SUPER" },
					],
				},
				c,
			],
		],
		[
			"the binary logs of b:3306 are not those of p:3306",
			{ ...below, way: "repoint" },
			all,
		],
		[
			"a:3306 does not replicate by a GTID that b:3306 supports",
			{ ...below, way: "gtid" },
			all,
		],
	])("is refused because: %s", (says, request, instances) => {
		expect(one(request, instances).refusal).toContain(says);
	});

	it("is not brought to the place of one that is under maintenance", () => {
		expect(one(up, all, { maintained: ["b:3306"] }).refusal).toContain(
			"b:3306 is under maintenance",
		);
	});
});

describe("a replica that no one place leads to its new source", () => {
	const d = byPlace("d", 5, { sourceHost: "c" });
	const e = byPlace("e", 6, { sourceHost: "a" });
	const tree = [...all, d, e];

	it("goes up, and up again", () => {
		const made = one({ instance: "d:3306", below: "p:3306" }, tree);
		expect(texts(made)).toEqual([
			["move d:3306 up through c:3306, below b:3306, by file and position"],
			["move d:3306 up through b:3306, below p:3306, by file and position"],
		]);
		expect(made.phases.map(({ name, onFailure }) => [name, onFailure])).toEqual(
			[
				["move (1 of 2)", "undo"],
				["move (2 of 2)", "undo"],
			],
		);
		expect(made.notes[0]).toBe(
			"d:3306 goes in 2 moves, by way of b:3306: d:3306 replicates by file and position, and p:3306 is neither its sibling nor the source of its source",
		);
		expect(
			made.phases.map(({ steps: [step] }) => step?.undo && stepText(step.undo)),
		).toEqual([
			"move d:3306 below its sibling c:3306 by file and position",
			"move d:3306 below its sibling b:3306 by file and position",
		]);
	});

	it("goes up through its source first, and below then", () => {
		expect(texts(one({ instance: "c:3306", below: "a:3306" }, tree))).toEqual([
			["move c:3306 up through b:3306, below p:3306, by file and position"],
			["move c:3306 below its sibling a:3306 by file and position"],
		]);
	});

	it("goes by way of the nearest server that both stand below", () => {
		const made = one({ instance: "d:3306", below: "e:3306" }, tree);
		expect(texts(made)).toEqual([
			["move d:3306 up through c:3306, below b:3306, by file and position"],
			["move d:3306 up through b:3306, below p:3306, by file and position"],
			["move d:3306 below its sibling a:3306 by file and position"],
			["move d:3306 below its sibling e:3306 by file and position"],
		]);
		expect(texts(one({ instance: "b:3306", below: "e:3306" }, tree))).toEqual([
			["move b:3306 below its sibling a:3306 by file and position"],
			["move b:3306 below its sibling e:3306 by file and position"],
		]);
	});

	it("is left as it is, with the reason, where one of the moves is not possible", () => {
		const broken = byPlace("a", 2, { applier: 0 });
		expect(
			one({ instance: "c:3306", below: "a:3306" }, [p, broken, b, c]).refusal,
		).toBe(
			"c:3306 replicates by file and position, and a:3306 is neither its sibling nor the source of its source; nor does it go by way of a:3306: a:3306 does not replicate, and has to be brought to a place: start its replication first",
		);
		expect(
			one({ instance: "b:3306", below: "d:3306" }, tree).refusal,
		).toContain("d:3306 is a descendant of b:3306");
		expect(
			one({ instance: "d:3306", below: "p:3306" }, tree, {
				maintained: ["d:3306"],
			}).refusal,
		).toBe("d:3306 is under maintenance; end that first, with end-maintenance");
	});

	it("goes one step only where that is what was asked for", () => {
		for (const way of ["up", "siblings", "repoint", "equivalent"] as const)
			expect(
				one({ instance: "d:3306", below: "b:3306", way }, tree).phases.length,
			).toBeLessThan(2);
	});

	it("goes one after another, each all of its way, where there are several", () => {
		const f = byPlace("f", 7, { sourceHost: "b" });
		const made = several(
			{ instance: "b:3306", way: "replicas", below: "a:3306" },
			[...all, f],
		);
		expect(texts(made)).toEqual([
			["move c:3306 up through b:3306, below p:3306, by file and position"],
			["move c:3306 below its sibling a:3306 by file and position"],
			["move f:3306 up through b:3306, below p:3306, by file and position"],
			["move f:3306 below its sibling a:3306 by file and position"],
		]);
		expect(
			made.phases.map(({ onFailure, isOnTheWay }) => [onFailure, isOnTheWay]),
		).toEqual([
			["each", true],
			["each", undefined],
			["each", true],
			["each", undefined],
		]);
	});
});

describe("a local source", () => {
	const d = byPlace("d", 5, { sourceHost: "b" });

	it("goes up, and its siblings after it, each all of its way", () => {
		const made = several({ instance: "c:3306", way: "local" }, [...all, d]);
		expect(texts(made)).toEqual([
			["move c:3306 up through b:3306, below p:3306, by file and position"],
			["move d:3306 up through b:3306, below p:3306, by file and position"],
			["move d:3306 below its sibling c:3306 by file and position"],
		]);
		expect(
			made.phases.map(({ name, onFailure, isOnTheWay }) => [
				name,
				onFailure,
				isOnTheWay,
			]),
		).toEqual([
			["move up", "undo", undefined],
			["move (1 of 2)", "each", true],
			["move (2 of 2)", "each", undefined],
		]);
	});

	it("needs the source that it goes up through, unless there are markers", () => {
		const dead = { ...b, check: failing("timeout") };
		const local = { instance: "c:3306", way: "local" } as const;
		expect(several(local, [p, a, dead, c, d]).refusal).toContain(
			"b:3306 cannot be reached",
		);
		expect(
			texts(
				planMoves({
					request: local,
					snapshot: snapshotOf([p, a, dead, c, d]),
					settings: PLANNING,
					done: [],
				}),
			),
		).toEqual([
			["match c:3306 below p:3306 by Pseudo-GTID"],
			["match d:3306 below c:3306 by Pseudo-GTID"],
		]);
	});
});

describe("a primary replicates back", () => {
	const pairing = (instances: readonly Instance[]) =>
		planCoPrimary({
			request: { instance: "a:3306" },
			snapshot: snapshotOf(instances),
			settings,
			done: [],
		});

	it("from the end of its replica's log", () => {
		const made = pairing([p, a, b]);
		expect(texts(made)).toEqual([
			["find the replication account on a:3306 or b:3306"],
			["let p:3306 replicate back from a:3306 by file and position"],
		]);
		expect(made.notes).toEqual([
			"p:3306 goes by file and position, from the end of the log of a:3306 on: what that has written itself before, if anything, it does not get",
		]);
		expect(made.phases.at(-1)?.steps[0]?.undo).toEqual({
			do: "forgetSource",
			on: "p:3306",
			channel: "",
		});
	});

	it.each<[string, readonly Instance[]]>([
		[
			"p:3306 replicates from b:3306 by file and position, and what it got from there would come back to it",
			[byPlace("p", 1, { sourceHost: "b" }, { readOnly: false }), a, b],
		],
		["a:3306 is a binlog server", [p, { ...a, isBinlogServer: true }]],
		["a:3306 is not read-only", [p, { ...a, readOnly: false }]],
		[
			"does not log what it replicates",
			[p, { ...a, logReplicaUpdates: false }],
		],
	])("unless: %s", (why, instances) => {
		expect(pairing(instances).refusal).toContain(why);
	});
});

describe("several replicas", () => {
	it("go one after another, since the server at rest is theirs alone meanwhile", () => {
		const d = byPlace("d", 5, { sourceHost: "b" });
		const made = several({ instance: "b:3306", way: "up" }, [...all, d]);
		expect(texts(made)).toEqual([
			["move c:3306 up through b:3306, below p:3306, by file and position"],
			["move d:3306 up through b:3306, below p:3306, by file and position"],
		]);
		expect(made.phases.map(({ onFailure }) => onFailure)).toEqual([
			"each",
			"each",
		]);
		expect(texts(several({ instance: "a:3306", way: "siblings" }))).toEqual([
			["move b:3306 below its sibling a:3306 by file and position"],
		]);
	});

	it("regroup below the one that has read furthest", () => {
		const made = several({ instance: "p:3306", way: "regroup" });
		expect(made.refusal).toBeUndefined();
		expect(made.phases.flatMap(({ steps }) => steps)).toHaveLength(1);
		expect(
			several({ instance: "p:3306", way: "regroupGtid" }).refusal,
		).toContain("does not replicate by GTID");
	});

	it("stay where a person has stopped them", () => {
		const stopped = byPlace("a", 2, { receiver: 0 });
		const made = several({ instance: "p:3306", way: "repoint" }, [
			p,
			stopped,
			b,
		]);
		expect(texts(made)).toEqual([["point b:3306 to p:3306 at the same place"]]);
		expect(made.left).toMatchObject([{ name: "a:3306" }]);
	});
});

describe("binlog servers", () => {
	const bls = (
		name: string,
		id: number,
		position: number,
		receiver: 0 | 1 = 1,
	) =>
		byPlace(
			name,
			id,
			{
				receiver,
				readCoordinates: at(position),
				execCoordinates: at(position),
			},
			{
				isBinlogServer: true,
				flavor: "MaxScale",
				version: "2.1.17-maxscale",
				selfCoordinates: at(position),
			},
		);
	const one1 = bls("x", 7, 100);
	const two = bls("y", 8, 200);
	const leaf = byPlace("l", 9, { sourceHost: "x" });
	const with2 = [p, a, b, one1, two, leaf];

	it("and their source have one place: whoever stands there goes on at the same one", () => {
		const same = (instance: `${string}:3306`, below: `${string}:3306`) =>
			texts(one({ instance, below } as RelocationRequest, with2));
		expect(same("a:3306", "x:3306")).toEqual([
			["point a:3306 to x:3306 at the same place"],
		]);
		expect(same("l:3306", "p:3306")).toEqual([
			["point l:3306 to p:3306 at the same place"],
		]);
		expect(same("l:3306", "y:3306")).toEqual([
			["point l:3306 to y:3306 at the same place"],
		]);
		expect(texts(one({ instance: "l:3306", way: "up" }, with2))).toEqual([
			["point l:3306 to p:3306 at the same place"],
		]);
		expect(texts(several({ instance: "x:3306", way: "up" }, with2))).toEqual([
			["point l:3306 to p:3306 at the same place"],
		]);
	});

	it("are on the way of whom no one place leads to its new source", () => {
		expect(texts(one({ instance: "l:3306", below: "a:3306" }, with2))).toEqual([
			["point l:3306 to p:3306 at the same place"],
			["move l:3306 below its sibling a:3306 by file and position"],
		]);
		const down = one({ instance: "c:3306", below: "x:3306" }, [...with2, c]);
		expect(texts(down)).toEqual([
			["move c:3306 up through b:3306, below p:3306, by file and position"],
			["point c:3306 to x:3306 at the same place"],
		]);
		expect(down.phases[1]?.steps).toMatchObject([
			{
				by: { in: "p:3306" },
				undo: { source: "p:3306", by: { in: "x:3306" } },
			},
		]);
		const behind = bls("x", 7, 90, 0);
		expect(
			one({ instance: "c:3306", below: "x:3306" }, [p, a, b, c, behind])
				.refusal,
		).toContain(
			"nor does it go by way of x:3306: x:3306 is behind c:3306: it has bin.000001:90",
		);
	});

	it("that are behind, and get no more, are not gone below", () => {
		const below = (receiver: 0 | 1) =>
			texts(
				one({ instance: "a:3306", below: "x:3306" }, [
					p,
					a,
					bls("x", 7, 90, receiver),
				]),
			);
		expect(below(0)).toContain(
			"x:3306 is behind a:3306: it has bin.000001:90, and a:3306 has applied up to bin.000001:100",
		);
		expect(below(1)).toEqual([["point a:3306 to x:3306 at the same place"]]);
		const up = (readOnly: boolean) =>
			texts(
				one({ instance: "l:3306", below: "p:3306" }, [
					{ ...p, readOnly, selfCoordinates: at(90) },
					one1,
					leaf,
				]),
			);
		expect(up(true)).toContain("p:3306 is behind l:3306");
		expect(up(false)).toEqual([["point l:3306 to p:3306 at the same place"]]);
	});

	it("that hand on by GTID alone are not gone below", () => {
		const modern = { ...one1, version: "2.5.27-maxscale" };
		expect(
			one({ instance: "a:3306", below: "x:3306" }, [p, a, modern]).refusal,
		).toContain(
			"x:3306 is MaxScale 2.5.27-maxscale, which hands on by GTID alone from 2.5 on",
		);
		// It can be left.
		expect(
			texts(one({ instance: "l:3306", below: "p:3306" }, [p, modern, leaf])),
		).toEqual([["point l:3306 to p:3306 at the same place"]]);
	});

	it("go themselves only where the logs are the same", () => {
		expect(texts(one({ instance: "x:3306", below: "y:3306" }, with2))).toEqual([
			["point x:3306 to y:3306 at the same place"],
		]);
		expect(
			one({ instance: "x:3306", below: "a:3306" }, with2).refusal,
		).toContain(
			"x:3306 is a binlog server, which goes below no server but one",
		);
	});

	it("regroup below the one that has most", () => {
		const made = several({ instance: "p:3306", way: "regroupBls" }, with2);
		expect(made.successor).toBe("y:3306");
		expect(texts(made)).toEqual([["point x:3306 to y:3306 at the same place"]]);
		expect(
			several({ instance: "p:3306", way: "regroup" }, [p, one1, two]).successor,
		).toBe("y:3306");
		expect(
			several({ instance: "p:3306", way: "regroupBls" }, all).refusal,
		).toBe("p:3306 has no binlog server below it that can be reached");
	});
});

describe("members of a replication group", () => {
	const member = (
		instance: Instance,
		memberRole: "PRIMARY" | "SECONDARY",
	): Instance => ({
		...instance,
		group: {
			name: "00000000-0000-0000-0000-00000000000f",
			singlePrimary: true,
			memberState: "ONLINE",
			memberRole,
			members: ["a:3306", "b:3306"],
			primary: "a:3306",
		},
	});
	const inGroup = [
		p,
		member(a, "PRIMARY"),
		member(b, "SECONDARY"),
		byPlace("d", 5),
	];

	it("are moved as others, but for secondaries, and not below each other", () => {
		const why = (instance: `${string}:3306`, below: `${string}:3306`) =>
			one({ instance, below } as RelocationRequest, inGroup).refusal;
		expect(why("b:3306", "d:3306")).toContain(
			"b:3306 is a secondary of a replication group",
		);
		expect(why("a:3306", "b:3306")).toContain(
			"a:3306 is a member of the replication group that b:3306 is in",
		);
		expect(why("a:3306", "d:3306")).toBeUndefined();
		expect(why("d:3306", "a:3306")).toBeUndefined();
	});
});

it("a replica changes places with its source", () => {
	const made = planExchange({
		request: { instance: "c:3306" },
		snapshot: snapshotOf(all),
		settings,
		done: [],
	});
	expect(texts(made)).toEqual([
		["move c:3306 up through b:3306, below p:3306, by file and position"],
		["move b:3306 below its sibling c:3306 by file and position"],
	]);
});
