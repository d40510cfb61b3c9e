import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	replica,
	replicating,
	server,
	snapshotOf,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { type Fate, simulate } from "../../test/support/simulated-plans.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Role } from "../topology/role.ts";
import { planFailover } from "./failover-plan.ts";
import type { FailoverRequest } from "./failover-scene.ts";
import type { Plan, PlanSettings } from "./plan.ts";
import { isGood, stepText } from "./step.ts";

const dead = server("p", 1, { check: failing("lost"), semiSync: LOSSLESS });
const alive = server("p", 1, { semiSync: LOSSLESS });
const acker = (
	host: string,
	id: number,
	rest: Partial<Instance> = {},
	replication: Parameters<typeof replica>[3] = {},
) => replica(host, id, { semiSync: ACKER, ...rest }, replication);
const away = { check: failing("timeout") };
const a = acker("a", 2);
const b = acker("b", 3);
const c = acker("c", 4);
const lossless = { mode: "lossless" as const };

/** What the last step of most is. */
const fitted = (on: InstanceName) =>
	stepText({ do: "fitSemiSync", on, lowers: true });

const REQUEST: FailoverRequest = {
	instance: "p:3306",
	analysis: "DeadMaster",
	stands: true,
	standsSays: "it is dead",
	byCommand: false,
	acceptsLoss: false,
};

interface Case {
	readonly request?: Partial<FailoverRequest>;
	readonly settings?: Partial<PlanSettings>;
	readonly fates?: readonly Fate[];
	readonly clusterName?: InstanceName;
	readonly role?: Role;
	/** The failed primary is back right before that step. */
	readonly backAtStep?: number;
}

const run = (instances: readonly Instance[], more: Case = {}) =>
	simulate({
		planner: planFailover,
		request: { ...REQUEST, ...more.request },
		snapshot: snapshotOf(instances, {
			...(more.clusterName === undefined
				? {}
				: { clusterName: more.clusterName }),
			...(more.role === undefined ? {} : { role: more.role }),
		}),
		settings: { ...PLANNING, ...more.settings },
		fates: more.fates ?? [],
		...(more.backAtStep === undefined
			? {}
			: { returns: { name: "p:3306", atStep: more.backAtStep } }),
	});

const first = (instances: readonly Instance[], more: Case = {}): Plan => {
	const [plan] = run(instances, more).plans;
	if (plan === undefined) throw new Error("no plan");
	return plan;
};

const last = (instances: readonly Instance[], more: Case = {}): Plan => {
	const plan = run(instances, more).plans.at(-1);
	if (plan === undefined) throw new Error("no plan");
	return plan;
};

const phasesOf = (plan: Plan) =>
	plan.phases.map(({ name, steps }) => [name, ...steps.map(stepText)]);

const doneIn = (instances: readonly Instance[], more: Case = {}) =>
	run(instances, more).done.map(
		({ phase, step, answer }) =>
			`${phase}: ${stepText(step)}${isGood(answer) ? "" : ` ${answer.outcome.toUpperCase()}`}`,
	);

describe("a failover is refused before anything is touched", () => {
	it.each<[string, readonly Instance[], Case]>([
		["no replica of p:3306 can be reached: it has none", [dead], {}],
		[
			"no replica of p:3306 can be reached",
			[dead, acker("b", 3, away)],
			{ request: { byCommand: true } },
		],
		[
			"the failure no longer stands: it answers",
			[dead, a],
			{ request: { stands: false, standsSays: "it answers" } },
		],
		[
			"a:3306 cannot be promoted: its promotion rule is must_not",
			[alive, { ...a, promotionRule: "must_not" }, b],
			{ request: { byCommand: true, candidate: "a:3306" } },
		],
		[
			"x:3306 is not a direct replica",
			[alive, a],
			{ request: { byCommand: true, candidate: "x:3306" } },
		],
		[
			"no replica can be promoted: a:3306 it has no binary log",
			[dead, { ...a, logBin: false }],
			{},
		],
		[
			"b:3306 may hold acknowledged writes",
			[dead, a, acker("b", 3, away)],
			{ settings: lossless },
		],
		[
			"b:3306 may hold acknowledged writes",
			[
				dead,
				a,
				acker("b", 3, {
					findings: [
						{
							about: "operations",
							privilege: "REPLICATION_SLAVE_ADMIN",
							says: "it may not",
						},
					],
				}),
			],
			{ settings: lossless },
		],
		[
			"1 server that acknowledges what p:3306 writes (Rpl_semi_sync_*_clients) is not known",
			[{ ...dead, semiSync: { ...LOSSLESS, clients: 2 } }, acker("a", 2)],
			{ settings: lossless },
		],
		[
			"replicated asynchronously",
			[{ ...dead, semiSync: a.semiSync }, a],
			{ settings: lossless },
		],
		[
			"semi-sync waits for 1 acknowledgement, but would have no server that acknowledges below a:3306",
			[dead, a],
			{ settings: lossless },
		],
		[
			"semi-sync waits for 2 acknowledgements, but would have only 1 server that acknowledges below a:3306",
			[{ ...dead, semiSync: { ...LOSSLESS, waitForReplicaCount: 2 } }, a, b],
			{ settings: lossless },
		],
		[
			"a:3306 is the primary of the cluster and answers",
			[dead, server("a", 2), b],
			{ request: { byCommand: true }, clusterName: "a:3306" },
		],
		[
			"p:3306 answers and could not be made read-only: no SUPER",
			[
				{
					...alive,
					findings: [
						{ about: "operations", privilege: "SUPER", says: "no SUPER" },
					],
				},
				a,
			],
			{ request: { byCommand: true } },
		],
	])("because: %s", (says, instances, more) => {
		const { state, plans, done } = run(instances, more);
		expect(plans[0]?.refusal).toContain(says);
		expect([state, done]).toEqual(["refused", []]);
	});

	it("and says what would override it in lossless mode", () => {
		const instances = [dead, a, acker("b", 3, away)];
		expect(last(instances, { settings: lossless }).refusal).toContain(
			"force-master-failover",
		);
		const forced = run(instances, {
			settings: lossless,
			request: { byCommand: true, acceptsLoss: true },
		});
		expect(forced).toMatchObject({ state: "succeeded", primary: "a:3306" });
	});

	it("but not for what may have arrived by the time that the receivers are stopped", () => {
		const seen = { ...dead, executedGtid: gtids(120) };
		expect(first([seen, a, b], { settings: lossless })).toMatchObject({
			continues: true,
			successor: "a:3306",
		});
		expect(run([seen, a, b], { settings: lossless })).toMatchObject({
			state: "undone",
			primary: undefined,
		});
	});
});

describe("a failover", () => {
	it("stops all, promotes, and lets the others follow at the same time", () => {
		expect(doneIn([dead, a, b, c])).toEqual([
			"stop receivers: stop the receiver of a:3306",
			"stop receivers: stop the receiver of b:3306",
			"stop receivers: stop the receiver of c:3306",
			"promote: make a:3306 writable",
			"promote: move b:3306 below a:3306",
			"promote: move c:3306 below a:3306",
			"follow: let a:3306 forget its source",
			`acknowledgements: ${fitted("a:3306")}`,
		]);
		const plan = last([dead, a, b, c]);
		expect(plan).toMatchObject({
			successor: "a:3306",
			left: [],
			loss: { nothingAcknowledged: true },
			says: "a:3306 is the new primary in place of p:3306; 2 replicas follow it; no acknowledged write is lost",
		});
		expect(plan.phases[0]).toMatchObject({
			noReturn: true,
			onFailure: "replan",
			changesPrimary: { from: "p:3306", to: "a:3306", fence: true },
		});
	});

	it("does nothing to another server that has the address of the primary by now", () => {
		const role: Role = {
			primary: "p:3306",
			server: { uuid: uuid(9), serverId: 9, gtid: "" },
			epoch: 1,
			word: "operation",
			sinceMs: 0,
		};
		const { title, phases } = first([alive, a, b], {
			request: { byCommand: true },
			role,
		});
		expect(title).toContain("promote a:3306");
		expect(
			phases.flatMap(({ steps }) => steps).map((step) => step.on),
		).not.toContain("p:3306");
	});

	it("closes a primary that answers first, and opens it again as it was when nobody is promoted", () => {
		const { phases } = first([alive, a, b], { request: { byCommand: true } });
		expect(phases[0]).toMatchObject({
			name: "close",
			onFailure: "undo",
			steps: [
				{
					do: "close",
					on: "p:3306",
					undo: {
						do: "open",
						on: "p:3306",
						semiSync: { sourceEnabled: true, waitForReplicaCount: 1 },
					},
				},
			],
		});
		const undone = run([alive, a, b], {
			request: { byCommand: true },
			fates: ["well", "well", "well", "fails", "well", "fails"],
		});
		expect(undone.state).toBe("undone");
		expect(undone.world.instances[0]?.readOnly).toBe(false);
		const readOnly = { ...alive, readOnly: true };
		expect(
			first([readOnly, a, b], { request: { byCommand: true } }).phases[0]
				?.steps[0]?.undo,
		).toBeUndefined();
	});

	it("starts again only the receivers that ran or wanted to", () => {
		const stopped = acker("b", 3, {}, { receiver: 0 });
		const lost = acker("c", 4, {}, { receiver: 2 });
		const [plan] = run([dead, a, stopped, lost]).plans;
		expect(plan?.phases[0]?.steps.map((each) => each.undo?.do)).toEqual([
			"startReceiver",
			undefined,
			"startReceiver",
		]);
	});

	it("brings one along that a person had stopped, and does not start it; one that an error stopped is started", () => {
		const stopped = acker("b", 3, {}, { receiver: 0, lastReceiverErrno: 0 });
		const failed = acker("c", 4, {}, { receiver: 0, lastReceiverErrno: 13114 });
		const lost = acker("d", 5, {}, { receiver: 2 });
		const { plans, done } = run([dead, a, stopped, failed, lost]);
		const moves = new Map(
			done.flatMap(({ step }) =>
				step.do === "moveBelow" ? [[step.on, step] as const] : [],
			),
		);
		expect(moves.get("b:3306")).toMatchObject({
			leaveStopped: true,
			leaveApplying: true,
		});
		for (const name of ["c:3306", "d:3306"] as const)
			expect(moves.get(name)).not.toHaveProperty("leaveStopped");
		expect(plans.flatMap(({ notes }) => notes)).toContain(
			"b:3306 goes below a:3306 with its receiver stopped, as it was",
		);
		expect(plans.at(-1)?.says).toContain(
			"; 2 replicas follow it; below it with their receivers stopped, as they were: b:3306; ",
		);
	});

	it("prefers of equals one that a person had not stopped, before and after all of them are", () => {
		const stopped = acker("a", 2, {}, { receiver: 0, lastReceiverErrno: 0 });
		const { plans } = run([dead, stopped, b, c]);
		expect(plans.map(({ successor }) => successor)).toEqual(
			plans.map(() => "b:3306"),
		);
	});

	it("starts one that an attempt of its own had stopped, whose answer was lost", () => {
		const stopped = acker("b", 3, {}, { receiver: 0, lastReceiverErrno: 0 });
		const { done } = simulate({
			planner: planFailover,
			request: REQUEST,
			snapshot: snapshotOf([dead, a, stopped], {
				receiving: (["a:3306", "b:3306"] as const).map((on) => ({
					on,
					channel: "",
					applies: true,
				})),
			}),
			settings: PLANNING,
		});
		const move = done.find(
			({ step }) => step.do === "moveBelow" && step.on === "b:3306",
		);
		expect(move?.step).not.toHaveProperty("leaveStopped");
	});

	it("lets the chosen one apply what it received, and keeps others' copies until it stands", () => {
		const slow = acker("a", 2, { executedGtid: gtids(90) });
		const behind = acker("b", 3, { executedGtid: gtids(80) });
		expect(doneIn([dead, slow, behind]).slice(2)).toEqual([
			"apply: let a:3306 apply all that a:3306 received",
			"promote: make a:3306 writable",
			"follow: move b:3306 below a:3306",
			"follow: let a:3306 forget its source",
			`acknowledgements: ${fitted("a:3306")}`,
		]);
	});

	it("fetches from another what the chosen one lacks", () => {
		const behind = acker(
			"a",
			2,
			{ executedGtid: gtids(50) },
			{ retrievedGtid: gtids(60) },
		);
		const giver = { ...b, promotionRule: "must_not" as const };
		expect(doneIn([dead, behind, giver]).slice(2)).toEqual([
			"catch up: apply: let b:3306 apply all that b:3306 received",
			"catch up: apply: let a:3306 apply all that a:3306 received",
			"catch up: point: move a:3306 below b:3306",
			"catch up: fetch: let a:3306 apply all that a:3306, b:3306 received",
			"catch up: stop: stop the receiver of a:3306",
			"promote: make a:3306 writable",
			"promote: move b:3306 below a:3306",
			"follow: let a:3306 forget its source",
			`acknowledgements: ${fitted("a:3306")}`,
		]);
	});

	it("points the replicas and leaves the opening to the hooks when it is told to", () => {
		const settings = { appliesPromotion: false };
		const plan = last([dead, a, b], { settings });
		expect(phasesOf(plan)).toEqual([["promote", "move b:3306 below a:3306"]]);
		expect(plan).toMatchObject({ successor: "a:3306" });
		expect(plan.phases[0]?.changesPrimary).toEqual({
			from: "p:3306",
			to: "a:3306",
			fence: true,
		});
		expect(plan.says).toContain("left for the hooks to promote");
	});

	it("names channels, and counts one that replicates by a named channel only", () => {
		const named = acker("a", 2, {}, { channel: "ch" });
		expect(doneIn([dead, named])).toEqual([
			"stop receivers: stop the receiver of a:3306 (channel ch)",
			"promote: make a:3306 writable",
			"follow: let a:3306 forget its source (channel ch), and keep the account while p:3306 does not follow",
		]);
	});
});

describe("those that are left behind are told, with the reason", () => {
	const out = { promotionRule: "must_not" as const };

	it.each<[string, Instance, string?]>([
		["cannot be reached: timeout", acker("z", 9, away)],
		["cannot be read as those of", acker("z", 9, { executedGtid: "nonsense" })],
		[
			"which cannot hold the ROW events",
			acker("z", 9, { binlogFormat: "STATEMENT", ...out }),
			"when that is mended, bring it along with relocate -i z:3306 -d a:3306",
		],
		[
			"does not replicate by a GTID",
			acker("z", 9, {}, { usingOracleGtid: false }),
			"point it to a:3306 by hand, or build it anew from a copy of a:3306",
		],
		[
			`a:3306 has purged transactions that it needs: ${uuid(1)}:96-97`,
			acker("z", 9, { executedGtid: gtids(95) }, { retrievedGtid: gtids(95) }),
			"build it anew from a copy of a:3306",
		],
		[
			"it replicates by several channels, which are not moved yet: the default one (p:3306), q (q:3306); the one from p:3306 is stopped",
			acker("z", 9, { otherChannels: [replicating("q", { channel: "q" })] }),
			"point its channel '' to a:3306 by hand, and start it",
		],
	])("%s", (reason, odd, remedy) => {
		const purging = { ...a, purgedGtid: gtids(97) };
		const plan = last([dead, purging, { ...b, ...out }, odd]);
		expect(plan.left).toEqual([
			{
				name: "z:3306",
				reason: expect.stringContaining(reason),
				...(remedy === undefined ? {} : { remedy }),
				// Of all of them only this one is not there.
				...(reason.includes("timeout") ? { isExpected: true } : {}),
			},
		]);
		expect(plan.says).toContain("left behind: z:3306");
	});

	it("also one whose receiver could not be stopped", () => {
		const { plans, primary } = run([dead, a, b, c], { fates: ["fails"] });
		expect(primary).toBe("b:3306");
		expect(plans.at(-1)?.left).toEqual([
			{
				name: "a:3306",
				reason: "its receiver could not be stopped: stopReceiver fails",
			},
		]);
	});

	it("also one whose move failed twice", () => {
		const { plans, state } = run([dead, a, b, c], {
			fates: ["well", "well", "well", "well", "fails", "well", "fails"],
		});
		expect(state).toBe("succeeded");
		expect(phasesOf(plans.at(-1) ?? first([])).at(0)).toEqual([
			"follow",
			"move b:3306 below a:3306",
			"let a:3306 forget its source",
		]);
	});
});

describe("several channels from the failed primary", () => {
	const split = acker("b", 3, {
		otherChannels: [replicating("p", { channel: "second" })],
	});

	it("are stopped one after the other", () => {
		const { phases } = first([dead, a, split]);
		expect(phases.map(({ steps }) => steps.map(stepText))).toEqual([
			["stop the receiver of a:3306", "stop the receiver of b:3306"],
			["stop the receiver of b:3306 (channel second)"],
		]);
	});
});

describe("a replica that has the failed primary on a further channel", () => {
	it("has that one stopped, and is neither candidate nor moved", () => {
		const further = acker(
			"b",
			3,
			{ otherChannels: [replicating("p", { channel: "from_p" })] },
			{ sourceHost: "q" },
		);
		expect(doneIn([dead, a, further])).toEqual([
			"stop receivers: stop the receiver of a:3306",
			"stop receivers: stop the receiver of b:3306 (channel from_p)",
			"promote: make a:3306 writable",
			"follow: let a:3306 forget its source",
		]);
	});
});

describe("a server that an operation before may have opened", () => {
	const plan = (
		instances: readonly Instance[],
		request: Partial<FailoverRequest> = {},
	) =>
		planFailover({
			request: { ...REQUEST, ...request },
			snapshot: snapshotOf(instances, { unaccounted: ["b:3306"] }),
			settings: PLANNING,
			done: [],
		});
	// It has taken writes, and no longer receives.
	const open = {
		...acker("b", 3, {}, { receiver: 0 }),
		readOnly: false,
		superReadOnly: false,
		errantGtid: `${uuid(3)}:1-42`,
	};

	it("and takes writes is the one that is promoted, whoever else is readier", () => {
		expect(plan([dead, a, open, c]).successor).toBe("b:3306");
		expect(plan([dead, a, open, c], { byCommand: true }).successor).toBe(
			"b:3306",
		);
		const { done, primary, openings, faults } = simulate({
			planner: planFailover,
			request: REQUEST,
			snapshot: snapshotOf([dead, a, open, c], { unaccounted: ["b:3306"] }),
			settings: PLANNING,
		});
		expect([primary, openings, faults]).toEqual(["b:3306", ["b:3306"], []]);
		expect(
			done.some(
				({ step }) => step.do === "moveBelow" && step.source === "b:3306",
			),
		).toBe(true);
	});

	it.each<[string, Instance]>([
		[
			"has fetched from another what it lacked",
			{ ...open, replication: { ...open.replication, sourceHost: "c" } },
		],
		[
			"has forgotten its source",
			{ ...server("b", 3, { executedGtid: gtids(100) }), readOnly: false },
		],
	])(
		"and takes writes is promoted also when it %s, and when nothing shows the failure any more",
		(_, heir) => {
			const below = acker("c", 4, {}, { sourceHost: "b" });
			for (const others of [[a, c], [below]]) {
				const { done, primary, openings, faults } = simulate({
					planner: planFailover,
					request: { ...REQUEST, stands: false },
					snapshot: snapshotOf([dead, heir, ...others], {
						unaccounted: ["b:3306"],
					}),
					settings: PLANNING,
				});
				expect([primary, openings, faults]).toEqual(["b:3306", ["b:3306"], []]);
				expect(
					done.flatMap(({ step }) =>
						step.do === "moveBelow" ? [[step.on, step.source]] : [],
					),
				).toEqual(
					others.includes(a)
						? [
								["a:3306", "b:3306"],
								["c:3306", "b:3306"],
							]
						: [],
				);
			}
		},
	);

	it("and takes writes is never joined by the old primary, which is closed for good", () => {
		const [first] = plan([alive, a, open, c], { byCommand: true }).phases;
		expect(first?.steps).toEqual([
			expect.objectContaining({ do: "close", on: "p:3306" }),
		]);
		expect(first?.steps[0]).not.toHaveProperty("undo");
	});

	it("and another one that takes writes, too, are for a person to tell apart", () => {
		const also = { ...c, readOnly: false };
		const snapshot = snapshotOf([dead, a, open, also], {
			unaccounted: ["b:3306", "c:3306"],
		});
		expect(
			planFailover({
				request: REQUEST,
				snapshot,
				settings: PLANNING,
				done: [],
			}).refusal,
		).toContain("b:3306 and c:3306 take writes");
	});

	it("and takes writes stands in the way of another one", () => {
		expect(
			plan([dead, a, open, c], { byCommand: true, candidate: "a:3306" })
				.refusal,
		).toContain("to promote a:3306 would make two; name b:3306");
		const finishing = simulate({
			planner: planFailover,
			request: REQUEST,
			snapshot: snapshotOf([dead, a, open, c], { unaccounted: ["b:3306"] }),
			settings: PLANNING,
			fates: ["well", "well", "well", "fails"],
		});
		expect(finishing.state).toBe("undone");
		expect(finishing.openings).toEqual([]);
		expect(finishing.plans.at(-1)?.refusal).toContain("could not be finished");
	});

	it("and says nothing holds up every failover but one that a person asks for", () => {
		const silent = { ...b, ...away };
		expect(plan([dead, a, silent, c]).refusal).toContain(
			"b:3306 may take writes",
		);
		expect(plan([dead, a, silent, c], { byCommand: true }).successor).toBe(
			"a:3306",
		);
	});

	it("and is read-only is a replica like any other", () => {
		expect(plan([dead, a, b, c]).successor).toBe("a:3306");
	});
});

describe("the one that the failed primary had replaced", () => {
	const opening = {
		instance: "p:3306",
		atMs: 1,
		inPlaceOf: ["o:3306"],
	} as const;
	const closed = server("o", 9, { readOnly: true, superReadOnly: true });
	const plan = (old: Instance, request: Partial<FailoverRequest> = {}) =>
		simulate({
			planner: planFailover,
			request: { ...REQUEST, ...request },
			snapshot: snapshotOf([dead, old], { opening }),
			settings: PLANNING,
		});

	it("is promoted again when a person asks for it and nobody else is left, with the loss told", () => {
		const { state, openings, plans, faults } = plan(closed, {
			byCommand: true,
			acceptsLoss: true,
		});
		expect([state, openings, faults]).toEqual(["succeeded", ["o:3306"], []]);
		expect(plans[0]?.loss.nothingAcknowledged).toBe(false);
	});

	it("is not while a replica can be reached, which has what the other took", () => {
		const { state, openings } = simulate({
			planner: planFailover,
			request: { ...REQUEST, byCommand: true, acceptsLoss: true },
			snapshot: snapshotOf([dead, closed, a], { opening }),
			settings: PLANNING,
		});
		expect([state, openings]).toEqual(["succeeded", ["a:3306"]]);
		const failing = simulate({
			planner: planFailover,
			request: { ...REQUEST, byCommand: true, acceptsLoss: true },
			snapshot: snapshotOf([dead, closed, a], { opening }),
			settings: PLANNING,
			fates: ["well", "well", "dies", "dies", "dies"],
		});
		expect(failing.openings).not.toContain("o:3306");
	});

	it("is not by itself, nor while it takes writes or replicates from somebody", () => {
		const never = (old: Instance, request: Partial<FailoverRequest>) =>
			expect(plan(old, request)).toMatchObject({
				state: "refused",
				openings: [],
			});
		never(closed, {});
		const asked = { byCommand: true, acceptsLoss: true };
		never(server("o", 9), asked);
		never({ ...closed, replication: replicating("x") }, asked);
		never({ ...closed, ...away }, asked);
	});
});

describe("a candidate that fails on the way", () => {
	const opening = ["well", "well", "well"] as const;

	it("is replaced by the next one, and those that follow it already are stopped and moved again", () => {
		expect(
			doneIn([dead, a, b, c], { fates: [...opening, "fails"] }).slice(3),
		).toEqual([
			"promote: make a:3306 writable FAILED",
			"promote: move b:3306 below a:3306",
			"promote: move c:3306 below a:3306",
			"stop receivers: stop the receiver of b:3306",
			"stop receivers: stop the receiver of c:3306",
			"promote: make b:3306 writable",
			"promote: move c:3306 below b:3306",
			"follow: let b:3306 forget its source",
			`acknowledgements: ${fitted("b:3306")}`,
		]);
	});

	it("still counts with what it has received", () => {
		const ahead = acker(
			"a",
			2,
			{ executedGtid: gtids(90) },
			{ retrievedGtid: gtids(105) },
		);
		const fates = ["well", "well", "fails"] as const;
		const plan = last([dead, ahead, b], { fates });
		expect(plan.successor).toBe("b:3306");
		expect(plan.loss.says).toContain(`${uuid(1)}:101-105 of a:3306`);
		expect(plan.left).toEqual([
			{
				name: "a:3306",
				reason: expect.stringContaining("it failed on the way to a promotion"),
			},
		]);
		expect(
			run([dead, ahead, b], { fates: [...fates], settings: lossless }),
		).toMatchObject({ state: "undone", primary: undefined });
	});

	it.each<[string, Fate[]]>([
		[
			"each of its replicas could not be promoted: a:3306 (open fails), b:3306 (open fails)",
			["well", "well", "fails", "well", "well", "fails"],
		],
		[
			"stopReceiver fails; what was tried could not be promoted: a:3306 (open fails)",
			["well", "well", "fails", "well", "fails"],
		],
	])("is told with its reason when none is left: %s", (says, fates) => {
		const { state, plans } = run([dead, a, b], { fates });
		expect(state).toBe("undone");
		expect(plans.at(-1)?.refusal).toContain(says);
	});

	it("ends it after four of them, with everything put back", () => {
		const five = ["a", "b", "c", "d", "e"].map((host, at) =>
			acker(host, at + 2, { lagSeconds: 5, executedGtid: gtids(90) }),
		);
		const fates: Fate[] = [
			...five.map((): Fate => "well"),
			"fails",
			"fails",
			"fails",
			"fails",
		];
		const { state, plans } = run([dead, ...five], { fates });
		expect(state).toBe("undone");
		expect(plans.at(-1)?.refusal).toBe(
			"gave up after a:3306, b:3306, c:3306, d:3306: none could be promoted",
		);
	});

	it("is not replaced by one that nobody asked for while the old primary lives", () => {
		const { state, plans } = run([alive, a, b, c], {
			request: { byCommand: true, candidate: "a:3306" },
			fates: ["well", ...opening, "fails"],
		});
		expect(state).toBe("undone");
		expect(plans.at(-1)?.refusal).toContain("a:3306, which was asked for");
	});
});

describe("a failed primary that is back before anybody was opened", () => {
	const behind = { executedGtid: gtids(90) };
	const cluster = [dead, acker("a", 2, behind), acker("b", 3, behind)];

	it("and takes writes keeps its place: all is put back as it was", () => {
		for (const backAtStep of [1, 2, 3]) {
			const { state, plans, openings, world } = run(cluster, { backAtStep });
			expect(state).toBe("undone");
			expect(plans.at(-1)?.refusal).toBe(
				"p:3306 answers again and takes writes: nobody is opened beside it",
			);
			expect(openings).toEqual([]);
			expect(world.instances.map((each) => each.replication.receiver)).toEqual([
				-1, 1, 1,
			]);
		}
	});

	it("and takes writes is closed first where a person wants it replaced, and whom they asked for is opened", () => {
		const request = { byCommand: true, candidate: "b:3306" as const };
		expect(doneIn(cluster, { request, backAtStep: 3 }).slice(3, 6)).toEqual([
			"promote: make b:3306 writable REFUSED",
			"close: end the clients of p:3306 and make it read-only",
			"promote: make b:3306 writable",
		]);
	});

	it("and is read-only is in nobody's way", () => {
		const [p, ...replicas] = cluster;
		const closed = p === undefined ? [] : [{ ...p, readOnly: true }];
		expect(run([...closed, ...replicas], { backAtStep: 2 })).toMatchObject({
			state: "succeeded",
			openings: ["a:3306"],
		});
	});
});

describe("where only delayed replicas are left", () => {
	const delayed = (host: string, id: number, rest: Partial<Instance> = {}) =>
		acker(
			host,
			id,
			{ executedGtid: gtids(40), lagSeconds: 3600, ...rest },
			{ sqlDelaySeconds: 3600 },
		);

	it("the delay of the best one is taken off before its receiver is stopped, with a way back", () => {
		const { plans, done } = run([dead, delayed("a", 2), delayed("b", 3)]);
		expect(done.slice(0, 4).map(({ step }) => stepText(step))).toEqual([
			"take the delay off a:3306",
			"stop the receiver of a:3306",
			"stop the receiver of b:3306",
			"let a:3306 apply all that a:3306 received",
		]);
		expect(plans[0]?.phases[0]?.steps[0]?.undo).toMatchObject({
			do: "setDelay",
			seconds: 3600,
		});
	});

	it("another is tried when that does not go", () => {
		expect(
			run([dead, delayed("a", 2), delayed("b", 3)], { fates: ["fails"] }),
		).toMatchObject({ state: "succeeded", primary: "b:3306" });
	});

	it("nobody's is taken off as long as there is one without", () => {
		expect(doneIn([dead, delayed("a", 2), b])[0]).toBe(
			"stop receivers: stop the receiver of a:3306",
		);
	});

	it("that of one whom a person asked for is", () => {
		expect(
			doneIn([dead, delayed("a", 2), b], {
				request: { byCommand: true, candidate: "a:3306" },
			})[0],
		).toBe("take the delay off: take the delay off a:3306");
	});

	it("MariaDB, which cannot, is refused at once and the delay named", () => {
		const maria = { flavor: "MariaDB" as const, version: "10.11.6" };
		const plan = first([
			{ ...dead, ...maria, executedGtid: "0-1-90" },
			replica(
				"a",
				2,
				{ ...maria, executedGtid: "0-1-40" },
				{
					retrievedGtid: "0-1-90",
					sqlDelaySeconds: 3600,
					usingOracleGtid: false,
					usingMariadbGtid: true,
				},
			),
		]);
		expect(plan.refusal).toContain("a:3306 it is delayed by 3600 s");
	});

	it("one whose relay log would be lost by it is refused too", () => {
		const held = delayed("a", 2);
		expect(
			first([
				dead,
				{ ...held, replication: { ...held.replication, receiver: 0 } },
			]).refusal,
		).toContain("it is delayed by 3600 s");
	});
});

describe("semi-sync of the new primary", () => {
	const open = (instances: readonly Instance[], more: Case = {}) =>
		run(instances, more).done.find(({ step }) => step.do === "open")?.step;

	it("is the old one's as long as enough can acknowledge", () => {
		expect(open([dead, a, b])).toMatchObject({
			semiSync: { sourceEnabled: true, waitForReplicaCount: 1 },
		});
		const sub = acker("s", 8, {}, { sourceHost: "a" });
		expect(open([dead, a, sub])).toMatchObject({
			semiSync: { sourceEnabled: true, waitForReplicaCount: 1 },
		});
	});

	it("is lowered to those that are left, loudly", () => {
		const two = { ...dead, semiSync: { ...LOSSLESS, waitForReplicaCount: 2 } };
		expect(open([two, a, b])).toMatchObject({
			semiSync: { sourceEnabled: true, waitForReplicaCount: 1 },
		});
		expect(last([two, a, b]).notes.join("\n")).toContain(
			"LOWERED: semi-sync of a:3306 waits for 1 instead of 2 acknowledgements",
		);
		expect(open([dead, a])).toMatchObject({
			semiSync: { sourceEnabled: false },
		});
		expect(last([dead, a]).notes.join("\n")).toContain(
			"LOWERED: semi-sync is switched off on a:3306",
		);
	});

	it("is not asked of a server without the plugin", () => {
		const bare = replica("a", 2);
		expect(open([dead, bare])).not.toHaveProperty("semiSync");
		expect(last([dead, bare]).notes.join("\n")).toContain(
			"its semi-sync source plugin is not loaded",
		);
	});
});

describe("errant and filtered replicas", () => {
	const errant = acker("a", 2, {
		promotionRule: "prefer",
		executedGtid: `${gtids(100)},${uuid(2)}:1-3`,
		errantGtid: `${uuid(2)}:1-3`,
	});

	it("an errant one follows a clean one, and that is said", () => {
		const plan = last([dead, errant, b]);
		expect(plan).toMatchObject({ successor: "b:3306", left: [] });
		expect(plan.notes).toContain(
			`a:3306 is moved with its errant transactions: ${uuid(2)}:1-3`,
		);
	});

	it("a filtered one is promoted as the last resort, with what that may lose", () => {
		const filtered = acker("a", 2, {}, { hasFilters: true });
		expect(last([dead, filtered, b]).successor).toBe("b:3306");
		const plan = last([dead, filtered]);
		expect(plan).toMatchObject({
			successor: "a:3306",
			loss: { nothingAcknowledged: false },
		});
		expect(
			first([dead, filtered, { ...b, promotionRule: "must_not" }], {
				settings: lossless,
			}).refusal,
		).toContain("replication filters of a:3306");
	});
});

describe("the readiest is opened, and a better placed one takes its place", () => {
	const slow = acker("z", 9, {
		promotionRule: "prefer",
		executedGtid: gtids(60),
		lagSeconds: 15,
	});

	it("by a takeover behind the failover", () => {
		const { state, done, primary, plans, openings } = run([dead, a, b, slow]);
		expect([state, primary, openings]).toEqual([
			"succeeded",
			"z:3306",
			["a:3306", "z:3306"],
		]);
		expect(
			done.slice(4).map(({ phase, step }) => `${phase}: ${stepText(step)}`),
		).toEqual([
			"promote: move b:3306 below a:3306",
			"follow: move z:3306 below a:3306",
			"follow: let a:3306 forget its source",
			`acknowledgements: ${fitted("a:3306")}`,
			"credential: find the replication account on z:3306 or b:3306",
			"move ahead: move b:3306 below z:3306",
			"hand over: wait for open transactions of a:3306, block writes on it, let z:3306 apply the last of them, make z:3306 writable",
			"follow: move a:3306 below z:3306",
			"follow: let z:3306 forget its source",
			`acknowledgements: ${fitted("z:3306")}`,
			"acknowledgements: end the source side of semi-sync on a:3306",
		]);
		expect(done.find(({ step }) => step.do === "handOver")?.step).toMatchObject(
			{
				semiSync: { sourceEnabled: true, waitForReplicaCount: 1 },
			},
		);
		expect(plans.at(-1)?.says).toContain(
			"z:3306 is the new primary, in place of a:3306, which was opened first",
		);
	});

	it("and not when that one could not wait for acknowledgements", () => {
		const unable = {
			...slow,
			semiSync: { ...slow.semiSync, available: false },
		};
		const { primary, openings } = run([dead, a, b, unable]);
		expect([primary, openings]).toEqual(["a:3306", ["a:3306"]]);
	});

	it("and stays when that fails", () => {
		const { state, primary, world } = run([dead, a, b, slow], {
			fates: [...Array<Fate>(9).fill("well"), "fails"],
		});
		expect([state, primary]).toEqual(["succeeded", "a:3306"]);
		const b2 = world.instances.find((each) => each.name === "b:3306");
		expect(b2?.replication.sourceHost).toBe("a");
	});

	it("not when a person asked for the first, nor when the second cannot", () => {
		expect(
			run([dead, a, b, slow], { request: { candidate: "a:3306" } }).primary,
		).toBe("a:3306");
		const { primary, plans } = run([dead, a, b, { ...slow, lagSeconds: 300 }]);
		expect(primary).toBe("a:3306");
		expect(plans.at(-1)?.notes.join("\n")).toContain(
			"z:3306 is better placed than a:3306 and does not take its place: z:3306 lags 300 seconds",
		);
	});
});
