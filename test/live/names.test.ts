// What a server is called, which servers are known, and a node that stood still.

import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { newPrimary, recovered, writable } from "./findings.ts";
import {
	explaining,
	FLAVORS,
	type System,
	type SystemOptions,
	startSystem,
	TEST_MS,
	testOnFirst,
	waitLogged,
	waitWatched,
} from "./system.ts";

let system: System | undefined;
const start = async (options: SystemOptions): Promise<System> => {
	system = await startSystem(options);
	return system;
};
afterEach(async () => {
	await system?.stop();
	system = undefined;
});

const known = async (lab: System): Promise<string[]> =>
	(await lab.inStore((store) => store.inventory.all())).map(({ name }) => name);

describe.each(FLAVORS)("%s", (flavor) => {
	test(
		"servers that are asked for, and ask for each other, in other letters are one cluster, and have one primary after a failover",
		async () => {
			const lab = await start({
				flavor,
				replicas: 2,
				watched: false,
				semiSync: false,
				extraOptions: { bind_address: "0.0.0.0" },
				// The replicas report their address, which is another name of theirs.
				config: () => ({ DiscoveryIgnoreReplicaHostnameFilters: ["^127"] }),
			});
			const { primary, replicas } = lab;
			const follow =
				flavor === "mysql"
					? [
							"STOP REPLICA",
							"CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'LOCALHOST'",
							"START REPLICA",
						]
					: [
							"STOP SLAVE",
							`CHANGE MASTER TO MASTER_HOST = 'LOCALHOST', MASTER_PORT = ${primary.port}, MASTER_USE_GTID = slave_pos`,
							"START SLAVE",
						];
			for (const replica of replicas)
				for (const statement of follow) await replica.query(statement);
			for (const host of ["LocalHost", "localhost"])
				for (const { port } of lab.servers)
					expect(await lab.baton.get(`discover/${host}/${port}`)).toMatchObject(
						{ Code: "OK" },
					);
			const names = lab.servers.map(({ port }) => `localhost:${port}`);
			expect((await known(lab)).sort()).toEqual(names.sort());
			await explaining(lab, () =>
				waitUntil(
					"one tree",
					async () =>
						(
							await lab.inStore((store) =>
								store.inventory.ofCluster(`localhost:${primary.port}`),
							)
						).length === 3,
					40_000,
				),
			);
			const byLetters = await lab.baton.command(
				"-c",
				"which-cluster-instances",
				"-alias",
				`LocalHost:${primary.port}`,
			);
			expect(byLetters.stdout.trim().split("\n").sort()).toEqual(names);
			await primary.kill();
			const { SuccessorKey } = await recovered(lab);
			const next = await newPrimary(lab, primary);
			expect(SuccessorKey).toEqual({ Hostname: "localhost", Port: next.port });
			expect(await writable(replicas)).toEqual([next]);
			expect((await known(lab)).sort()).toEqual(names);
		},
		TEST_MS,
	);

	test(
		"replicas on other ports that nobody looks for are told of, with what would find them",
		async () => {
			const lab = await start({
				flavor,
				replicas: 2,
				watched: false,
				config: () => ({
					DiscoverByShowSlaveHosts: false,
					BatonMode: "lossless",
				}),
			});
			const { primary } = lab;
			const says = `${primary.name} sends its binary logs to 2 clients`;
			const found = await lab.baton.command(
				"-c",
				"discover",
				"-i",
				primary.name,
			);
			expect(found).toMatchObject({ code: 0, stdout: `${primary.name}\n` });
			expect(found.stderr).toContain(says);
			const tree = await lab.baton.command(
				"-c",
				"topology",
				"-i",
				primary.name,
			);
			expect(tree.stdout.trim().split("\n")).toHaveLength(1);
			expect(tree.stderr).toContain(says);
			expect(tree.stderr).toContain(
				`2 servers that acknowledge what ${primary.name} writes`,
			);
			expect(tree.stderr).toContain("DiscoverByShowSlaveHosts");
			const why = await lab.baton.command("why", primary.name);
			expect(why.stdout.replace(/\s+/g, " ")).toContain(says);
			for (const { name } of lab.replicas)
				await lab.baton.command("-c", "discover", "-i", name);
			// Known by now, though the primary may have been looked at before.
			await explaining(lab, () =>
				waitUntil(
					"nobody is unknown",
					async () => {
						const again = await lab.baton.command(
							"-c",
							"topology",
							"-i",
							primary.name,
						);
						return again.stderr === "";
					},
					20_000,
				),
			);
		},
		TEST_MS,
	);
});

testOnFirst("mysql")(
	"a failover that cannot ask a server that acknowledged, since nobody knows it, is refused in lossless mode; one that knows all is not",
	async () => {
		const lab = await start({
			flavor: "mysql",
			replicas: 2,
			watched: false,
			config: () => ({
				DiscoverByShowSlaveHosts: false,
				BatonMode: "lossless",
			}),
		});
		const { primary, replicas } = lab;
		const [one, two] = replicas;
		if (one === undefined || two === undefined) throw new Error("lay");
		const discover = async ({ host, port }: LabServer) =>
			lab.baton.get(`discover/${host}/${port}`);
		const explained = async () =>
			(await lab.baton.command("why", primary.name)).stdout.replace(
				/\s+/g,
				" ",
			);
		for (const each of [primary, one]) await discover(each);
		await waitWatched(lab, [primary, one]);
		const says = `1 server that acknowledges what ${primary.name} writes`;
		expect(await explained()).toContain(
			`could promote nobody: BatonMode is lossless, and acknowledged writes could be missing: ${says}`,
		);
		await discover(two);
		await waitWatched(lab);
		expect(await explained()).not.toContain(says);
		await lab.baton.get(`forget/${two.host}/${two.port}`);
		await explaining(lab, () =>
			waitUntil(
				"it is unknown again",
				async () => (await explained()).includes(says),
				20_000,
			),
		);
		await primary.kill();
		await waitLogged(lab, `acknowledged writes could be missing: ${says}`);
		expect(await writable(replicas)).toEqual([]);
	},
);

testOnFirst("mysql")(
	"a lag that cannot be keeps nobody from being promoted",
	async () => {
		const lab = await start({
			flavor: "mysql",
			replicas: 2,
			config: () => ({
				ReplicationLagQuery: "SELECT 18446744073709551611",
				FailMasterPromotionOnLagMinutes: 1,
			}),
		});
		await lab.primary.kill();
		await recovered(lab);
		const next = await newPrimary(lab, lab.primary);
		expect(await writable(lab.replicas)).toEqual([next]);
	},
);

testOnFirst("mysql")(
	"a node that stood still for three seconds leads again, and goes on leading",
	async () => {
		const lab = await start({ flavor: "mysql", replicas: 1 });
		const leads = async (): Promise<boolean> =>
			(await fetch(`${lab.baton.url}/api/leader-check`)).status === 200;
		for (let round = 0; round < 3; round++) {
			process.kill(lab.baton.pid, "SIGSTOP");
			await delay(3_000);
			process.kill(lab.baton.pid, "SIGCONT");
			await delay(4_000);
			await explaining(lab, () => waitUntil("it leads", leads, 10_000));
		}
		for (let second = 0; second < 5; second++) {
			await delay(1_000);
			expect(await leads()).toBe(true);
		}
	},
);
