// Hooks that take long hold back neither a failover nor the return of an old primary.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Lab } from "../lab/lab.ts";
import { waitUntil } from "../lab/replication.ts";
import type { Writer } from "../lab/writer.ts";
import {
	becomesReadOnly,
	follows,
	newPrimary,
	nothingLost,
	recovered,
	recoveries,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import { explaining, logTail, type System, TEST_MS } from "../live/system.ts";

/** Far longer than a failover takes, and longer than any of these tests waits. */
const HOOK_S = 45;

const LISTS = [
	"PreGracefulTakeoverProcesses",
	"OnFailureDetectionProcesses",
	"PostMasterFailoverProcesses",
	"PostFailoverProcesses",
] as const;
type List = (typeof LISTS)[number];

const diary = (lab: Lab) => join(lab.directory, "hooks");
const slowMark = (lab: Lab, list: List) => join(lab.directory, `slow-${list}`);

/** Notes when it begins and ends, and takes long where the test wants it to. */
const hook = (lab: Lab, list: List): string =>
	`echo "${list} begins" >> ${diary(lab)}; [ ! -e ${slowMark(lab, list)} ] || sleep ${HOOK_S}; echo "${list} ends" >> ${diary(lab)}`;

const noted = ({ lab }: System): string[] =>
	existsSync(diary(lab))
		? readFileSync(diary(lab), "utf8").trimEnd().split("\n")
		: [];

describe("a hook that takes long", () => {
	const stage = createStage({
		flavor: "mysql",
		replicas: 2,
		// The old primary comes back writable.
		readOnlyAtStart: false,
	});

	const startWriter = ({ servers }: System): Promise<Writer> =>
		stage.writes({ servers });

	const systemWithSlow = async (...slow: readonly List[]): Promise<System> => {
		const system = await stage.afresh({
			config: (lab) =>
				Object.fromEntries(LISTS.map((list) => [list, [hook(lab, list)]])),
		});
		rmSync(diary(system.lab), { force: true });
		for (const list of LISTS)
			rmSync(slowMark(system.lab, list), { force: true });
		for (const list of slow) writeFileSync(slowMark(system.lab, list), "");
		return system;
	};

	const once = (system: System, line: string) =>
		explaining(system, () =>
			waitUntil(`'${line}' in the diary`, async () =>
				noted(system).includes(line),
			),
		);

	test(
		"before a takeover does not hold back the failover of a primary that dies meanwhile",
		async () => {
			const system = await systemWithSlow("PreGracefulTakeoverProcesses");
			const { primary, replicas, baton } = system;
			const written = await startWriter(system);
			const takeover = baton.command(
				"-c",
				"graceful-master-takeover-auto",
				"-i",
				primary.name,
			);
			await once(system, "PreGracefulTakeoverProcesses begins");
			await primary.kill();
			const next = await newPrimary(system, primary);
			await written.waitAcknowledged(20);
			await written.stop();
			const row = await recovered(system);
			expect(row).toMatchObject({ IsSuccessful: true });
			expect(noted(system)).not.toContain("PreGracefulTakeoverProcesses ends");
			await follows(
				system,
				replicas.filter((each) => each !== next),
				next,
			);
			await nothingLost(system, next, written.records);
			const ended = await takeover;
			expect(ended.code, `${ended.stderr}\n${logTail(system)}`).not.toBe(0);
			expect(ended.stderr).toMatch(
				/PreGracefulTakeoverProcesses.*nothing was changed/,
			);
			expect(await writable(system.servers)).toEqual([next]);
		},
		TEST_MS,
	);

	test(
		"of a detection does not hold back its failover, nor one after a failover the closing of an old primary that returns",
		async () => {
			const system = await systemWithSlow(
				"OnFailureDetectionProcesses",
				"PostMasterFailoverProcesses",
			);
			const { primary, replicas } = system;
			const written = await startWriter(system);
			await primary.kill();
			const next = await newPrimary(system, primary);
			await written.waitAcknowledged(20);
			await written.stop();
			await once(system, "OnFailureDetectionProcesses begins");
			expect(noted(system)).not.toContain("OnFailureDetectionProcesses ends");
			// Its record ends before its hooks do.
			await recovered(system);
			await once(system, "PostMasterFailoverProcesses begins");

			await primary.start();
			await becomesReadOnly(system, primary);
			const others = replicas.filter((each) => each !== next);
			await follows(system, [...others, primary], next);
			expect(noted(system)).not.toContain("PostMasterFailoverProcesses ends");
			expect(await recoveries(system)).toHaveLength(1);
			await nothingLost(system, next, written.records);
		},
		TEST_MS,
	);
});
