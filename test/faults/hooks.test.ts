import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Lab } from "../lab/lab.ts";
import { waitUntil } from "../lab/replication.ts";
import {
	newPrimary,
	recovered,
	replicationOf,
	staysAsItIs,
	stepsOf,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import { type System, TEST_MS } from "../live/system.ts";

const diary = (lab: Lab) => join(lab.directory, "hooks");

/** Writes its list, its placeholder and its environment as one line. */
const writing = (lab: Lab, list: string): string =>
	`echo "${list} {failedHost}:{failedPort} $ORC_FAILURE_TYPE $ORC_FAILED_HOST:$ORC_FAILED_PORT $ORC_COUNT_REPLICAS successor=$ORC_SUCCESSOR_HOST:$ORC_SUCCESSOR_PORT" >> ${diary(lab)}`;

const linesOf = (system: System): string[] =>
	existsSync(diary(system.lab))
		? readFileSync(diary(system.lab), "utf8").trimEnd().split("\n")
		: [];

describe("hooks", () => {
	const stage = createStage({ flavor: "mysql", replicas: 2 });
	afterEach(() => rmSync(diary(stage.lab()), { force: true }));

	test(
		"run in order, with what they are told in placeholders and in ORC_ variables",
		async () => {
			const lists = [
				"OnFailureDetectionProcesses",
				"PreFailoverProcesses",
				"PostMasterFailoverProcesses",
				"PostFailoverProcesses",
				"PostUnsuccessfulFailoverProcesses",
			];
			const lab = await stage.afresh({
				config: (of) =>
					Object.fromEntries(lists.map((list) => [list, [writing(of, list)]])),
			});
			const { primary } = lab;
			await primary.kill();
			const next = await newPrimary(lab, primary);
			await recovered(lab);
			const before = `${primary.name} DeadMaster ${primary.name} 2 successor=:`;
			const after = `${primary.name} DeadMaster ${primary.name} 2 successor=${next.name}`;
			// Those after it run when the failover has let go of the cluster.
			await waitUntil("the last hook", async () => linesOf(lab).length >= 4);
			expect(linesOf(lab)).toEqual([
				`OnFailureDetectionProcesses ${before}`,
				`PreFailoverProcesses ${before}`,
				`PostMasterFailoverProcesses ${after}`,
				`PostFailoverProcesses ${after}`,
			]);
		},
		TEST_MS,
	);

	test(
		"that fail before the failover stop it: nothing is changed",
		async () => {
			const system = await stage.afresh({
				config: (lab) => ({
					PreFailoverProcesses: ["echo no; exit 7"],
					PostFailoverProcesses: [writing(lab, "PostFailoverProcesses")],
				}),
			});
			const { primary, replicas } = system;
			await primary.kill();
			const row = await recovered(system);
			expect(row.IsSuccessful).toBe(false);
			expect((await stepsOf(system, row.UID)).join("\n")).toMatch(
				/PreFailoverProcesses hook failed: nothing was changed/,
			);
			await staysAsItIs(system, 3_000);
			for (const replica of replicas)
				expect((await replicationOf(replica)).source).toBe(primary.name);
			expect(linesOf(system)).toEqual([]);
		},
		TEST_MS,
	);
});
