import { afterAll, expect, test } from "vitest";
import {
	createFixture,
	type FixtureOptions,
	NOW,
	replica,
	server,
} from "../../../test/support/command-line.ts";
import type { Store } from "../../store/contract.ts";
import type { Instance } from "../../topology/instance.ts";
import { instanceName } from "../../topology/instance-name.ts";

const lost = (instance: Instance): Instance => ({
	...instance,
	check: {
		...instance.check,
		outcome: "connection-refused",
		seenAtMs: NOW - 20_000,
	},
});

/** A dead primary with two replicas that have lost it. */
const deadCluster = (primary: string): Instance[] => {
	const hosts = [1, 2].map((number) => `${primary}-r${number}`);
	return [
		lost(
			server(primary, {
				replicas: hosts.map((host) => instanceName(host, 3306)),
			}),
		),
		...hosts.map((host, index) => {
			const running = replica(host, primary, 1);
			return {
				...running,
				serverId: 100 + index,
				clusterName: `${primary}:3306`,
				replication: {
					...running.replication,
					receiver: 2 as const,
					lastReceiverError: "error reconnecting to master",
				},
			};
		}),
	];
};

const fill = async (store: Store): Promise<void> => {
	for (const primary of ["gone", "spare"]) {
		const members = deadCluster(primary);
		await store.inventory.save(members);
		await store.clusters.adopt(
			`${primary}:3306`,
			members.map((each) => each.name),
		);
	}
	await store.inventory.save([
		server("readers", { readOnly: true, replicas: ["r1:3306"] }),
		{
			...replica("r1", "readers", 1),
			serverId: 9,
			clusterName: "readers:3306",
		},
	]);
	await store.clusters.adopt("readers:3306", ["readers:3306", "r1:3306"]);
	await store.downtimes.begin({
		instance: "spare:3306",
		owner: "me",
		reason: "moved",
		beganAtMs: NOW - 1000,
		endsAtMs: NOW + 1000,
	});
};

/** The downtime of a primary is not that of its replicas. */
const FIRST_TIER = ["gone-r1", "gone-r2", "spare-r1", "spare-r2"]
	.map(
		(host) =>
			`${host}:3306 (cluster ${host.split("-")[0]}:3306): FirstTierReplicaFailingToConnectToMaster\n`,
	)
	.join("");

const analysis = async (options: FixtureOptions = {}): Promise<string> => {
	const { run, remove } = await createFixture({ rows: fill, ...options });
	const { code, stdout, stderr } = await run("replication-analysis");
	remove();
	expect([code, stderr]).toEqual([0, ""]);
	return stdout;
};

const { run, remove } = await createFixture({ rows: fill });
afterAll(remove);

test("code, then structure warnings; nothing that is downtimed", async () => {
	expect(await run("replication-analysis")).toEqual({
		code: 0,
		stdout:
			"gone:3306 (cluster gone:3306): DeadMaster\n" +
			"readers:3306 (cluster readers:3306): NoWriteableMasterStructureWarning\n" +
			FIRST_TIER,
		stderr: "",
	});
});

test("RecoveryIgnoreHostnameFilters leave hosts out", async () => {
	expect(
		await analysis({
			configuration: { RecoveryIgnoreHostnameFilters: ["^gone$"] },
		}),
	).toBe(
		`readers:3306 (cluster readers:3306): NoWriteableMasterStructureWarning\n${FIRST_TIER}`,
	);
});

test("without ReduceReplicationAnalysisCount also servers without replicas", async () => {
	expect(
		await analysis({
			configuration: { ReduceReplicationAnalysisCount: false },
		}),
	).toContain(
		"web1:3306 (cluster web1:3306): NoWriteableMasterStructureWarning\n",
	);
});

test("no finding, no output", async () => {
	expect(await analysis({ rows: async () => {} })).toBe("");
});
