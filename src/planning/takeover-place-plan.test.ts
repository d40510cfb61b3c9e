import { describe, expect, it } from "vitest";
import { PLANNING } from "../../test/support/made-up-clusters.ts";
import { at, byPlace, WITHOUT } from "../../test/support/made-up-places.ts";
import {
	ACKER,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { stepText } from "./step.ts";
import { planTakeover } from "./takeover-plan.ts";

// Takeovers by file and position, where nothing says what markers look like.
const settings = { ...PLANNING, noMarkers: "Pseudo-GTID is not configured" };

const p = server("p", 1, { ...WITHOUT, selfCoordinates: at(100) });
const a = byPlace("a", 2);
const b = byPlace("b", 3);
const c = byPlace("c", 4);

const takeover = (instances: readonly Instance[], auto = true) =>
	planTakeover({
		request: { to: "a:3306", auto },
		snapshot: snapshotOf(instances),
		settings,
		done: [],
	});

describe("a takeover by file and position", () => {
	it("moves the siblings one after the other, while the old primary takes writes, and lets that go on where it was recorded", () => {
		const { refusal, phases, notes } = takeover([p, a, b, c]);
		expect(refusal).toBeUndefined();
		expect(
			phases.map(({ name, steps }) => [name, ...steps.map(stepText)]),
		).toEqual([
			[
				"credential",
				"find the replication account on a:3306 or b:3306 or c:3306",
			],
			[
				"move b:3306 ahead",
				"move b:3306 below its sibling a:3306 by file and position",
			],
			[
				"move c:3306 ahead",
				"move c:3306 below its sibling a:3306 by file and position",
			],
			[
				"hand over",
				"wait for open transactions of p:3306, block writes on it, let a:3306 apply the last of them, make a:3306 writable",
			],
			[
				"follow",
				"move p:3306 below a:3306 to the place that is recorded as its own",
				"let a:3306 forget its source",
			],
		]);
		const [step] = phases.find(({ name }) => name === "hand over")?.steps ?? [];
		expect(step).toMatchObject({ placedBy: { channel: "" } });
		expect(step).not.toHaveProperty("undo");
		expect(notes.join()).toContain(
			"a:3306 replicates by file and position: it is waited for by the place that it has come to",
		);
	});

	it("of whom one goes by GTID and another one does not moves each its own way", () => {
		const [byGtid, other] = [replica("a", 2), replica("b", 3)];
		const { refusal, phases } = takeover([
			server("p", 1),
			byGtid,
			other,
			byPlace("c", 4, {}, { gtidMode: "ON", supportsOracleGtid: true }),
		]);
		expect(refusal).toBeUndefined();
		const texts = (name: string) =>
			phases.find((each) => each.name === name)?.steps.map(stepText);
		expect(texts("move ahead")).toEqual(["move b:3306 below a:3306"]);
		expect(texts("move c:3306 ahead")).toEqual([
			"move c:3306 below its sibling a:3306 by file and position",
		]);
		expect(texts("follow")).toContain("move p:3306 below a:3306");
	});

	it("leaves a sibling stopped that a person had stopped, and that goes by markers", () => {
		const { phases, notes } = planTakeover({
			request: { to: "a:3306", auto: true },
			snapshot: snapshotOf([p, a, byPlace("b", 3, { receiver: 0 })]),
			settings: PLANNING,
			done: [],
		});
		const [step] =
			phases.find(({ name }) => name === "move b:3306 ahead")?.steps ?? [];
		expect(step).toMatchObject({
			leaveStopped: true,
			leaveApplying: true,
			undo: { leaveStopped: true, leaveApplying: true },
		});
		expect(notes).toContain(
			"b:3306 goes below a:3306 with its receiver stopped, as it was",
		);
	});

	it("lays the old primary and stops it again where it is not to replicate", () => {
		const { phases } = takeover([p, a], false);
		expect(
			phases.find(({ name }) => name === "leave stopped")?.steps.map(stepText),
		).toEqual(["stop replication of p:3306"]);
	});

	it("is refused where somebody has to acknowledge until the switch, and cannot be moved behind it", () => {
		const two = {
			...p,
			semiSync: {
				...p.semiSync,
				available: true,
				sourceEnabled: true,
				sourceActive: true,
				waitForReplicaCount: 2,
				clients: 3,
			},
		};
		const acking = [a, b, c].map((each) => ({ ...each, semiSync: ACKER }));
		expect(takeover([two, ...acking]).refusal).toContain(
			"c:3306 goes by file and position, which it can only while p:3306 takes writes, and p:3306 waits for its acknowledgements until then: lower the count that it waits for",
		);
	});

	it("is refused with what a sibling cannot be placed by", () => {
		expect(takeover([p, a, { ...b, lagSeconds: 100 }]).refusal).toContain(
			"b:3306 lags by 100 s",
		);
	});
});
