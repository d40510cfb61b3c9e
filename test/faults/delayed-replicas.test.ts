// A primary dies, and all that is left are replicas that apply an hour later.

import { describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import { channelStatus } from "../lab/statements.ts";
import { replicationThreads } from "../lab/trouble.ts";
import {
	newPrimary,
	nothingLost,
	recovered,
	recoveries,
	replicationOf,
	stepsOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	explaining,
	FAILOVER_MS,
	FLAVORS,
	logTail,
	TEST_MS,
	waitLogged,
	waitWatched,
} from "../live/system.ts";

const DELAY_S = 3600;

describe.each(FLAVORS)("only delayed %s replicas are left", (flavor) => {
	const stage = createStage({ flavor, replicas: 2 });

	/** Writes that are received, acknowledged, and applied nowhere else. */
	const begin = async () => {
		const system = await stage.afresh({ delaySeconds: DELAY_S });
		const writer = await stage.writes({ servers: system.servers }, 50);
		await waitWatched(system);
		return { system, written: writer };
	};

	test.runIf(flavor === "mysql")(
		"the delay of one is taken off, all that it received is applied, and it is promoted in time",
		async () => {
			const { system, written } = await begin();
			const { primary, replicas } = system;
			await primary.kill();
			const next = await newPrimary(system, primary, FAILOVER_MS);
			await written.waitAcknowledged(20);
			await written.stop();
			const row = await recovered(system);
			expect(
				row.IsSuccessful,
				(await stepsOf(system, row.UID)).join("\n"),
			).toBe(true);
			await nothingLost(system, next, written.records);
			expect(await writable(system.servers)).toEqual([next]);
			const [other] = replicas.filter((each) => each !== next);
			if (other === undefined) throw new Error("lay");
			// It is delayed on purpose, and stays so.
			expect(await replicationOf(other)).toEqual({
				source: next.name,
				runs: true,
			});
			expect(Number((await channelStatus(other))?.["SQL_Delay"])).toBe(DELAY_S);
		},
		TEST_MS,
	);

	test.runIf(flavor === "mariadb")(
		"the failover is refused at once with the delay named, nothing is touched, and the primary may return",
		async () => {
			const { system, written } = await begin();
			const { primary, replicas, baton } = system;
			const killedAtMs = performance.now();
			await primary.kill();
			await waitLogged(system, `delayed by ${DELAY_S} s`);
			expect(performance.now() - killedAtMs).toBeLessThan(FAILOVER_MS);
			await written.stop();
			expect(await writable(system.servers)).toEqual([]);
			for (const replica of replicas) {
				expect((await replicationOf(replica)).source).toBe(primary.name);
				expect(await replicationThreads(replica)).toMatchObject({
					receiver: expect.not.stringMatching("No"),
					applier: "Yes",
				});
			}
			for (const { IsSuccessful } of await recoveries(system))
				expect(IsSuccessful).toBe(false);
			await waitUntil("the detection to say why nothing was done", async () => {
				const [detection] = await system.inStore((store) =>
					store.detections.page({ page: 0 }),
				);
				return (detection?.verdict ?? "").includes(`delayed by ${DELAY_S} s`);
			});
			const why = await baton.command("why", primary.name);
			expect(why.stdout.replaceAll(/\n {14}/g, " ")).toMatch(
				new RegExp(
					`would start, but could promote nobody: .*delayed by ${DELAY_S} s`,
				),
			);
			// A person who asks is told the same, at once.
			const asked = await baton.command(
				"-c",
				"force-master-failover",
				"-i",
				primary.name,
			);
			expect(asked.code, logTail(system)).not.toBe(0);
			expect(asked.stderr).toContain(`delayed by ${DELAY_S} s`);

			await primary.start();
			await primary.query("SET GLOBAL read_only = OFF");
			await explaining(system, () =>
				waitUntil("the replicas to receive again", async () => {
					const threads = await Promise.all(replicas.map(replicationThreads));
					return threads.every(({ receiver }) => receiver === "Yes");
				}),
			);
			await nothingLost(system, primary, written.records);
		},
		TEST_MS,
	);
});
