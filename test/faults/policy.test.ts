import { describe, expect, test } from "vitest";
import {
	follows,
	newPrimary,
	recovered,
	recoveries,
	staysAsItIs,
	waitAnalysis,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	ALL_FAULTS,
	logTail,
	TEST_MS,
	waitLogged,
	waitWatched,
} from "../live/system.ts";

/** The policy is asked within a second of the death; a failover that comes all the same takes a few. */
const QUIET_MS = ALL_FAULTS ? 8_000 : 5_000;

interface Detection {
	readonly AnalysisEntry: { readonly Analysis: string };
}

describe("policy", () => {
	const stage = createStage({ flavor: "mysql", replicas: 3 });

	test(
		"a downtimed primary is not failed over until its downtime ends",
		async () => {
			const system = await stage.afresh();
			const { baton, primary, replicas } = system;
			const began = await baton.command(
				"-c",
				"begin-downtime",
				"-i",
				primary.name,
				"-reason",
				"maintenance",
				"-duration",
				"10m",
			);
			expect(began).toMatchObject({ code: 0, stdout: `${primary.name}\n` });
			await waitWatched(system);
			await primary.kill();
			await waitAnalysis(system, primary, "DeadMaster");
			await staysAsItIs(system, QUIET_MS);
			const ended = await baton.command(
				"-c",
				"end-downtime",
				"-i",
				primary.name,
			);
			expect(ended.code).toBe(0);
			const next = await newPrimary(system, primary, 20_000);
			await follows(
				system,
				replicas.filter((each) => each !== next),
				next,
			);
		},
		TEST_MS,
	);

	test(
		"a cluster that no filter names is told and left alone, and `recover` fails it over",
		async () => {
			const system = await stage.afresh({
				config: () => ({ RecoverMasterClusterFilters: [] }),
			});
			const { baton, primary, replicas } = system;
			await primary.kill();
			await waitLogged(system, "RecoverMasterClusterFilters does not name");
			await staysAsItIs(system, QUIET_MS);
			const [detection] = await baton.get<Detection[]>(
				"audit-failure-detection",
			);
			expect(detection?.AnalysisEntry.Analysis).toBe("DeadMaster");
			const verdicts = await system.inStore((store) =>
				store.detections.page({ page: 0 }),
			);
			expect(verdicts[0]?.verdict).toMatch(/RecoverMasterClusterFilters/);
			const done = await baton.command("-c", "recover", "-i", primary.name);
			expect(done, logTail(system)).toMatchObject({ code: 0 });
			const [next] = await writable(system.servers);
			expect(done.stdout).toBe(`${next?.name}\n`);
			if (next === undefined) throw new Error("unreachable");
			await follows(
				system,
				replicas.filter((each) => each !== next),
				next,
			);
			expect((await recovered(system)).IsSuccessful).toBe(true);
		},
		TEST_MS,
	);

	test(
		"a second failover waits until the first one is acknowledged",
		async () => {
			const system = await stage.afresh({
				config: () => ({ RecoveryPeriodBlockSeconds: 3600 }),
			});
			const { baton, primary, replicas } = system;
			await primary.kill();
			const second = await newPrimary(system, primary);
			await recovered(system);
			const left = replicas.filter((each) => each !== second);
			await follows(system, left, second);
			await waitWatched(system, [second, ...left]);
			await second.kill();
			await waitLogged(system, "blocks another one for");
			await staysAsItIs(
				{ ...system, primary: second, replicas: left, servers: left },
				QUIET_MS,
			);
			expect(await recoveries(system)).toHaveLength(1);
			const acknowledged = await baton.command(
				"-c",
				"ack-all-recoveries",
				"-reason",
				"seen",
			);
			expect(acknowledged).toMatchObject({
				code: 0,
				stdout: "1 recoveries acknowledged\n",
			});
			const third = await newPrimary(system, second, 25_000);
			await follows(
				system,
				left.filter((each) => each !== third),
				third,
			);
			expect(await recoveries(system)).toHaveLength(2);
		},
		TEST_MS,
	);
});
