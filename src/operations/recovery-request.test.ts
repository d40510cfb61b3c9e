import { expect, it } from "vitest";
import { deadPrimary } from "../../test/support/made-up-findings.ts";
import type { Finding } from "../analysis/finding.ts";
import {
	callsForFailover,
	isAnalysisChange,
	isStarted,
	recoveryRequest,
	requestText,
} from "./recovery-request.ts";

const dead = deadPrimary({
	instance: "p:1",
	replicas: [],
	noticedAtMs: 1,
	declaredAtMs: 2,
	silence: { "a:1": { mark: "m", sinceMs: 3 } },
});

it("makes the recovery's request out of the finding", () => {
	expect(recoveryRequest("c", dead, 7)).toEqual({
		kind: "recovery",
		cluster: "c",
		instance: "p:1",
		analysis: "DeadMaster",
		detectionId: 7,
		noticedAtMs: 1,
		declaredAtMs: 2,
		silence: dead.silence,
	});
});

it.each([
	[dead, true],
	[{ ...dead, isActionable: false }, false],
	[{ ...dead, recovery: "intermediate" as Finding["recovery"] }, false],
])("knows what clients wait for", (finding, expected) => {
	expect(callsForFailover(finding)).toBe(expected);
});

const STARTED = {
	runId: "01a22748-88eb-7599-9a9d-1fd7c24a4374",
	says: "",
	request: recoveryRequest("c", dead, 7),
};

it.each([
	[STARTED, true],
	[undefined, false],
	[null, false],
	[7, false],
	[{ ...STARTED, runId: 7 }, false],
	[{ ...STARTED, runId: "nonsense" }, false],
	[{ ...STARTED, says: undefined }, false],
	[{ ...STARTED, request: null }, false],
	[
		{ ...STARTED, request: { kind: "takeover", cluster: "c", auto: true } },
		true,
	],
	[{ ...STARTED, request: { kind: "takeover", cluster: 7 } }, false],
	[{ ...STARTED, request: { kind: "teatime", cluster: "c" } }, false],
	[{ ...STARTED, request: { kind: "recovery" } }, false],
])("follows only what is a started operation: %j", (told, expected) => {
	expect(isStarted(told)).toBe(expected);
});

it.each([
	[{ findings: [] }, true],
	[{ findings: [dead] }, true],
	[undefined, false],
	[null, false],
	[{ findings: null }, false],
	[{ findings: [null] }, false],
	[{ findings: [{ instance: 7 }] }, false],
	[{ findings: [{ ...dead, instance: "p" }] }, false],
	[{ findings: [dead, { ...dead, code: null }] }, false],
	[{ findings: [{ ...dead, says: { a: 1 } }] }, false],
])("hears only what is an analysis: %j", (told, expected) => {
	expect(isAnalysisChange(told)).toBe(expected);
});

it("goes by its kind where another version has begun it", () =>
	expect(requestText({ kind: "regrouping" } as never)).toBe("regrouping"));
