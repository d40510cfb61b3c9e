import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	failing,
	gtids,
	LOSSLESS,
	NOW,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { type Fate, simulate } from "../../test/support/simulated-plans.ts";
import type { Instance } from "../topology/instance.ts";
import type { RoleWord } from "../topology/role.ts";
import { planRejoin } from "./rejoin-plan.ts";
import { stepText } from "./step.ts";

const primary = server("n", 2, {
	executedGtid: `${gtids(100)},${uuid(2)}:1-9`,
});
const returned = server("p", 1, { executedGtid: gtids(100) });
const r = replica("r", 3, {}, { sourceHost: "n" });

const run = (
	instances: readonly Instance[],
	fates: readonly Fate[] = [],
	clusterName = "n:3306" as const,
) => {
	const { done, plans, state, world } = simulate({
		planner: planRejoin,
		request: { instance: "p:3306" },
		snapshot: snapshotOf(instances, { clusterName }),
		settings: PLANNING,
		fates,
	});
	const plan = plans.at(-1);
	return {
		state,
		world,
		steps: done.map(({ step }) => stepText(step)),
		fence: plan?.settlesFence?.state,
		note: plan?.settlesFence?.note,
		says: plan?.says,
	};
};

const CLOSE = "end the clients of p:3306 and make it read-only";

describe("a former primary that is back", () => {
	it("that follows already no longer waits for acknowledgements", () => {
		const follower = replica("p", 1, {}, { sourceHost: "n" });
		expect(run([primary, follower]).steps).toEqual([]);
		const waiting = {
			...follower,
			semiSync: { ...follower.semiSync, sourceEnabled: true },
		};
		expect(run([primary, waiting])).toMatchObject({
			state: "succeeded",
			steps: ["end the source side of semi-sync on p:3306"],
			fence: "rejoined",
		});
	});

	it("that follows already stays held back with errant transactions, however often it is asked for", () => {
		const own = `${uuid(1)}:101-105`;
		const errant = replica(
			"p",
			1,
			{ executedGtid: gtids(105), errantGtid: own, readOnly: false },
			{ sourceHost: "n", retrievedGtid: "" },
		);
		const first = run([primary, errant]);
		expect([first.steps, first.fence]).toEqual([[CLOSE], "fenced"]);
		const again = run(first.world.instances);
		expect([again.steps, again.fence]).toEqual([[], "fenced"]);
		expect([first.note, again.note]).toEqual([
			`held back, read-only: it has transactions that n:3306 lacks: ${own}`,
			first.note,
		]);
	});

	it("that follows already by one of several channels stays held back with transactions that the primary lacks", () => {
		const own = `${uuid(1)}:101-105`;
		const other = { otherChannels: [replicating("q", { channel: "q" })] };
		const two = (executedGtid: string) =>
			replica("p", 1, { executedGtid, ...other }, { sourceHost: "n" });
		// Nobody compares such a one in advance.
		expect(two(gtids(105)).errantGtid).toBe("");
		expect(run([primary, two(gtids(105))])).toMatchObject({
			steps: [],
			fence: "fenced",
			note: `held back, read-only: it has transactions that n:3306 lacks: ${own}`,
		});
		expect(run([primary, two(gtids(100))])).toMatchObject({
			steps: [],
			fence: "rejoined",
		});
		expect(run([primary, two("nonsense")])).toMatchObject({
			steps: [],
			fence: "fenced",
			note: expect.stringContaining("cannot be read"),
		});
	});

	it("that follows already, but takes writes, is closed and not moved, whatever would speak against a move", () => {
		const open = replica(
			"p",
			1,
			{ readOnly: false, otherChannels: [replicating("q", { channel: "q" })] },
			{ sourceHost: "n" },
		);
		expect(run([primary, open])).toMatchObject({
			state: "succeeded",
			steps: [CLOSE],
			fence: "rejoined",
		});
	});

	it("is left open when it takes the writes in place of the recorded one, which names no other", () => {
		const recorded = { ...server("n", 2), readOnly: true };
		const open = replica("p", 1, { readOnly: false }, { sourceHost: "n" });
		expect(run([recorded, open])).toMatchObject({
			state: "refused",
			steps: [],
			says: expect.stringContaining("closing it would leave no primary"),
		});
		// Two that take writes are one too many.
		expect(run([{ ...recorded, readOnly: false }, open]).steps[0]).toBe(CLOSE);
	});

	it("is left as it is when the one that replaced it was made to follow it", () => {
		const open = { ...server("p", 1), readOnly: false };
		const follows = (readOnly: boolean, rest = {}) =>
			replica("n", 2, { readOnly, ...rest }, { sourceHost: "p" });
		const left = {
			state: "succeeded",
			steps: [],
			fence: "removed",
			says: expect.stringContaining("by somebody's decision"),
		};
		expect(run([follows(true), open])).toMatchObject(left);
		expect(run([follows(false), open])).toMatchObject(left);
		const below = replica("a", 3, {}, { sourceHost: "n" });
		expect(run([follows(false), open, below]).steps[0]).toBe(CLOSE);
	});

	it("is closed, compared, and rejoined with an account that a replica knows", () => {
		expect(run([primary, r, returned])).toMatchObject({
			state: "succeeded",
			steps: [
				CLOSE,
				"find the replication account on r:3306 or n:3306",
				"move p:3306 below n:3306",
			],
			fence: "rejoined",
			says: "p:3306 had nothing that n:3306 lacks and replicates from it now",
		});
	});

	it("is made to acknowledge before it follows where it has a semi-sync priority, and follows all the same where it cannot", () => {
		const former = {
			...returned,
			replication: replicating("x"),
			semiSync: { ...LOSSLESS, sourceEnabled: false, priority: 1 },
		};
		const switched = "switch the replica side of semi-sync on on p:3306";
		expect(run([primary, r, former]).steps).toEqual([
			CLOSE,
			switched,
			"move p:3306 below n:3306",
		]);
		const must = { ...former, promotionRule: "must_not" } as const;
		expect(run([primary, r, must]).steps).not.toContain(switched);
		expect(run([primary, r, former], ["well", "fails"]).steps).toContain(
			"move p:3306 below n:3306",
		);
	});

	it("keeps the account of a channel that it has", () => {
		const former = { ...returned, replication: replicating("x") };
		expect(run([primary, r, former]).steps).toEqual([
			CLOSE,
			"move p:3306 below n:3306",
		]);
	});

	it("learns the account from a primary that kept its channel for it, which is removed then", () => {
		const kept = {
			...primary,
			replication: { ...replicating("_"), receiver: 0, applier: 0 } as const,
		};
		expect(run([kept, returned]).steps).toEqual([
			CLOSE,
			"find the replication account on n:3306",
			"move p:3306 below n:3306",
			"let n:3306 forget its source",
		]);
	});

	it("is held back with transactions that the primary lacks, and touched no more", () => {
		const ahead = { ...returned, executedGtid: gtids(105) };
		expect(run([primary, r, ahead])).toMatchObject({
			state: "succeeded",
			steps: [CLOSE],
			fence: "fenced",
			says: `p:3306 is held back, read-only: it has transactions that n:3306 lacks: ${uuid(1)}:101-105`,
		});
	});

	it("is held back when it was put back to an older state of itself: what it lacks bears its own id", () => {
		const older = { ...returned, executedGtid: gtids(90) };
		expect(run([primary, r, older])).toMatchObject({
			state: "succeeded",
			steps: [CLOSE],
			fence: "fenced",
			says: expect.stringContaining(
				`it lacks transactions that it has committed itself, as an older copy of it does, and would not take them back from another server: ${uuid(1)}:91-100; lay it anew`,
			),
		});
	});

	it.each<[string, Instance]>([
		["not seen", { ...primary, check: failing("timeout") }],
		["a replica", { ...primary, replication: replicating("x") }],
	])("is closed and waits while the primary is %s", (_, odd) => {
		const { steps, fence, says, world } = run([odd, r, returned]);
		expect(steps).toEqual([CLOSE]);
		expect(fence).toBeUndefined();
		expect(says).toBe(
			"p:3306 is read-only; the primary n:3306 cannot be seen, so it is not compared yet",
		);
		expect(world.instances[2]?.readOnly).toBe(true);
	});

	it("that is a replica of the unseen primary as before is free to be promoted, unless it has transactions of its own", () => {
		const gone = { ...primary, check: failing("lost") };
		const held = replica("p", 1, {}, { sourceHost: "n" });
		expect(run([gone, r, held])).toMatchObject({
			state: "succeeded",
			steps: [CLOSE],
			fence: "removed",
		});
		const open = snapshotOf([gone, r, { ...held, readOnly: false }], {
			clusterName: "n:3306",
			unaccounted: ["p:3306"],
		});
		expect(
			planRejoin({
				request: { instance: "p:3306" },
				snapshot: open,
				settings: PLANNING,
				done: [],
			}),
		).toMatchObject({
			phases: [],
			settlesFence: { state: "open" },
			refusal: expect.stringContaining("a failover finishes that"),
		});
		const written = { ...held, errantGtid: `${uuid(1)}:7` };
		expect(run([gone, r, written])).toMatchObject({
			steps: [CLOSE],
			fence: undefined,
		});
	});

	it.each<[string, Partial<Instance>, Partial<Instance>]>([
		// They were written after it had been looked at.
		["transactions of its own", { executedGtid: gtids(105) }, {}],
		["transactions that nobody can read", { executedGtid: "nonsense" }, {}],
		["nobody knows what", { executedGtid: "" }, {}],
		["more than anybody knows of the primary", {}, { executedGtid: "" }],
		[
			"transactions of another channel",
			{
				executedGtid: `${gtids(100)},${uuid(8)}:1-3`,
				otherChannels: [replicating("q", { channel: "q" })],
			},
			{},
		],
	])(
		"that is a replica of the unseen primary as before is not free to be promoted with %s",
		(_, its, its2) => {
			const gone = { ...primary, ...its2, check: failing("lost") };
			const held = replica("p", 1, its, { sourceHost: "n" });
			expect(run([gone, r, held])).toMatchObject({
				steps: [CLOSE],
				fence: undefined,
				says: expect.stringContaining("not compared yet"),
			});
		},
	);

	it.each<[string, Partial<Instance>]>([
		[
			"several channels",
			{
				otherChannels: [
					replicating("q", { channel: "q" }),
					replicating("s", { channel: "s" }),
				],
			},
		],
		["is older than", { version: "8.0.36" }],
		["cannot be read", { executedGtid: "nonsense" }],
		["has purged", { executedGtid: gtids(100) }],
	])("stays fenced when it cannot replicate: %s", (why, rest) => {
		const purged = `${uuid(9)}:1-5`;
		const purging = {
			...primary,
			executedGtid: `${primary.executedGtid},${purged}`,
			purgedGtid: purged,
		};
		const has = { ...returned, executedGtid: `${gtids(100)},${purged}` };
		const { steps, fence, note } = run([purging, r, { ...has, ...rest }]);
		expect([steps, fence]).toEqual([[CLOSE], "fenced"]);
		expect(note).toContain("read-only, but not replicating");
		expect(note).toContain(why);
	});

	it.each<[string, readonly Fate[]]>([
		["findCredential fails", ["well", "fails"]],
		["moveBelow fails", ["well", "well", "fails"]],
	])("stays fenced and closed when %s", (why, fates) => {
		const { fence, note, world } = run([primary, r, returned], fates);
		expect([fence, note]).toEqual([
			"fenced",
			`read-only, but not replicating: ${why}`,
		]);
		expect(world.instances[2]?.readOnly).toBe(true);
	});

	it.each<[RoleWord, string]>([
		[
			"operation",
			"made so by Baton's own operation of 2027-01-15T08:00:00.000Z (epoch 7)",
		],
		["person", "recorded so by adopt at 2027-01-15T08:00:00.000Z"],
		["servers", "since the others were made to follow it"],
		["met", "as it was first met"],
	])("is the primary again, and on whose word is told: %s", (word, says) => {
		const plan = planRejoin({
			request: { instance: "p:3306" },
			snapshot: snapshotOf([r, returned], {
				clusterName: "p:3306",
				role: {
					primary: "p:3306",
					server: { uuid: uuid(1), serverId: 1, gtid: "" },
					epoch: 7,
					word,
					sinceMs: NOW,
				},
			}),
			settings: PLANNING,
			done: [],
		});
		expect(plan.says).toContain("p:3306 is the primary of the cluster again");
		expect(plan.says).toContain(says);
	});

	it("is left alone when it is the primary by name, or follows it already", () => {
		expect(run([r, returned], [], "p:3306" as "n:3306")).toMatchObject({
			steps: [],
			fence: "removed",
			says: "p:3306 is the primary of the cluster again, by somebody's decision: it is left as it is",
		});
		const following = {
			...returned,
			readOnly: true,
			replication: replicating("n"),
		};
		expect(run([primary, r, following])).toMatchObject({
			steps: [],
			fence: "rejoined",
		});
	});

	it("is not touched while it cannot be reached", () => {
		const gone = { ...returned, check: failing("timeout") };
		expect(run([primary, gone])).toMatchObject({
			state: "refused",
			says: "p:3306 cannot be reached: timeout",
		});
		expect(run([primary])).toMatchObject({
			state: "refused",
			says: "p:3306 cannot be reached: it is not in cluster n:3306",
		});
	});

	it("ends in the same state when it is asked for once more", () => {
		const { world } = run([primary, r, returned]);
		const again = run(world.instances);
		expect([again.steps, again.fence]).toEqual([[], "rejoined"]);
		expect(again.world.instances).toEqual(world.instances);
	});
});
