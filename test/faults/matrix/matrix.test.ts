// A few of the nastiest places of the fault matrix. The whole is run by `npm run faults`; what it finds that is not mended is in known.ts.

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ServerFlavor } from "../../../setup/locate.mjs";
import { ALL_FAULTS } from "../../live/system.ts";
import { type Case, casesOf, caseText } from "./cases.ts";
import { createGround, type Ground } from "./ground.ts";
import { isUnsound, linesOf } from "./report.ts";
import { runCase } from "./run-case.ts";
import { layoutNamed, plantedOn, runPlanted } from "./run-planted.ts";

const TEST_MS = 180_000;

/** By operation: each names the first case whose text it matches. */
const PLACES: Readonly<
	Record<ServerFlavor, Readonly<Record<string, readonly RegExp[]>>>
> = {
	mysql: {
		takeover: [
			/^session-killed s2 before s2: SET .*read_onl/,
			/^server-killed s1 before s2: SET .*read_onl/,
			/^manager-killed s3 unseen s3: CHANGE/,
			/^manager-killed s2 unseen s2: SET .*read_onl/,
		],
		failover: [
			/^session-killed s2 unseen s2: SET .*read_onl/,
			/^manager-killed s3 unseen s3: CHANGE/,
		],
		relocation: [/^session-killed s4 unseen s4: CHANGE/],
		rejoin: [/^manager-killed s1 unseen s1: SET GLOBAL super_read_only/],
		"gtid-errant-reset-master": [/^session-killed s4 unseen s4: RESET/],
		"enable-semi-sync-replica": [
			/^session-killed s4 before s4: START REPLICA IO_THREAD/,
		],
	},
	mariadb: {
		takeover: [/^session-killed s2 before s2: SET .*read_onl/],
		failover: [/^session-killed s2 unseen s2: SET .*read_onl/],
		detach: [/^session-killed s4 unseen s4: CHANGE/],
	},
};

const caseAt = (cases: readonly Case[], place: RegExp): Case => {
	const found = cases.find((the) => place.test(caseText(the)));
	if (found === undefined) throw new Error(`no case like ${place}`);
	return found;
};

describe.each(Object.keys(PLACES) as ServerFlavor[])("on %s", (flavor) => {
	let ground: Ground;
	beforeAll(async () => {
		ground = await createGround({ flavor });
	}, TEST_MS);
	afterAll(async () => ground?.stop(), TEST_MS);

	test.each(Object.entries(PLACES[flavor]))(
		"a %s is sound with and without faults",
		async (operation, places) => {
			const layout = layoutNamed(operation);
			const control = await runCase(ground, layout);
			expect(control.verdicts, linesOf(control).join("\n")).toEqual([]);
			const cases = casesOf(control.statements, layout.bystanders);
			for (const place of places) {
				const report = await runCase(ground, layout, caseAt(cases, place));
				expect(report.isReached, linesOf(report).join("\n")).toBe(true);
				expect(isUnsound(report), linesOf(report).join("\n")).toBe(false);
			}
		},
		TEST_MS,
	);
});

describe("the judge", () => {
	let ground: Ground;
	beforeAll(async () => {
		ground = await createGround({ flavor: "mariadb" });
	}, TEST_MS);
	afterAll(async () => ground?.stop(), TEST_MS);

	test.each(
		plantedOn("mariadb")
			.filter(
				({ point, isSlow }) =>
					ALL_FAULTS || (point === undefined && isSlow === undefined),
			)
			.map((each) => [each.says, each] as const),
	)(
		"finds a bug: %s",
		async (_, planted) => {
			const report = await runPlanted(ground, planted);
			expect(report.isFound, linesOf(report).join("\n")).toBe(true);
		},
		TEST_MS,
	);
});
