import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import SqliteFile from "better-sqlite3";
import { afterEach, describe, expect, test } from "vitest";
import type { Instance } from "../../src/topology/instance.ts";
import { findEmbedded } from "../../temporal/embedded.ts";
import {
	clusterWorkflowId,
	rehearsalWorkflowId,
} from "../../temporal/names.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { newPrimary, recovered } from "./findings.ts";
import {
	explaining,
	type System,
	type SystemOptions,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

let system: System | undefined;
const start = async (options: Partial<SystemOptions> = {}): Promise<System> => {
	system = await startSystem({ flavor: "mysql", semiSync: false, ...options });
	return system;
};
afterEach(async () => {
	await system?.stop();
	system = undefined;
});

const inventory = (lab: System): Promise<Instance[]> =>
	lab.inStore((store) => store.inventory.all());

const member = async (
	lab: System,
	server: LabServer,
): Promise<Instance | undefined> =>
	(await inventory(lab)).find(({ name }) => name === server.name);

const discovered = (lab: System, servers: readonly LabServer[]) =>
	explaining(lab, () =>
		waitUntil(
			`${servers.length} servers discovered`,
			async () => {
				const seen = (await inventory(lab)).filter(
					({ check }) => check.outcome === "ok",
				);
				return servers.every(({ name }) =>
					seen.some((each) => each.name === name),
				);
			},
			40_000,
		),
	);

describe("discovery", () => {
	test(
		"finds three tiers from one seed, which answers only later",
		async () => {
			const lab = await start({
				replicas: 2,
				chain: true,
				watched: false,
				config: ({ servers }) => {
					const leaf = servers.at(-1);
					void leaf?.kill();
					return { DiscoverySeeds: [leaf?.name ?? ""] };
				},
			});
			const [middle, leaf] = lab.replicas;
			if (middle === undefined || leaf === undefined) throw new Error("lay");
			await leaf.start();
			await discovered(lab, lab.servers);
			await waitWatched(lab);
			const depths = Object.fromEntries(
				(await inventory(lab)).map(({ name, depth, clusterName }) => [
					name,
					`${clusterName} ${depth}`,
				]),
			);
			expect(depths).toEqual({
				[lab.primary.name]: `${lab.primary.name} 0`,
				[middle.name]: `${lab.primary.name} 1`,
				[leaf.name]: `${lab.primary.name} 2`,
			});
			const clusters = await lab.inStore((store) => store.clusters.all());
			expect(
				clusters.filter(({ countInstances }) => countInstances > 0),
			).toMatchObject([{ clusterName: lab.primary.name, countInstances: 3 }]);
		},
		TEST_MS,
	);

	test(
		"does not follow whom the filters name, and does not bring back at once who was forgotten",
		async () => {
			const lab = await start({
				replicas: 3,
				watched: false,
				config: ({ servers }) => ({
					DiscoverySeeds: [servers[0]?.name ?? ""],
					DiscoveryIgnoreReplicaHostnameFilters: [`:${servers[1]?.port}$`],
				}),
			});
			const [ignored, forgotten, other] = lab.replicas;
			if (
				ignored === undefined ||
				forgotten === undefined ||
				other === undefined
			)
				throw new Error("lay");
			await discovered(lab, [lab.primary, forgotten, other]);
			const gone = await lab.baton.get<{ Code: string }>(
				`forget/${forgotten.host}/${forgotten.port}`,
			);
			expect(gone.Code).toBe("OK");
			await waitWatched(lab, [lab.primary, other]);
			await waitWatched(lab, [lab.primary, other]);
			expect(await member(lab, forgotten)).toBeUndefined();
			expect(await member(lab, ignored)).toBeUndefined();
		},
		TEST_MS,
	);

	test(
		"knows one server under two names as one",
		async () => {
			const lab = await start({
				replicas: 2,
				watched: false,
				extraOptions: { bind_address: "0.0.0.0" },
				config: () => ({ MySQLHostnameResolveMethod: "@@report_host" }),
			});
			const [one, two] = lab.replicas;
			if (one === undefined || two === undefined) throw new Error("lay");
			await two.query("STOP REPLICA");
			await two.query("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.5'");
			await two.query("START REPLICA");
			const found = await lab.baton.get<{ Code: string }>(
				`discover/127.0.0.5/${two.port}`,
			);
			expect(found.Code).toBe("OK");
			await discovered(lab, lab.servers);
			await explaining(lab, () =>
				waitUntil(
					"both replicas to have the one source",
					async () => {
						const all = await inventory(lab);
						return (
							all.length === 3 &&
							all.filter(
								({ replication }) =>
									replication.sourceHost === lab.primary.host,
							).length === 2
						);
					},
					40_000,
				),
			);
			const resolves = await lab.inStore((store) => store.hostnames.resolves());
			expect(resolves).toMatchObject([
				{ hostname: "127.0.0.5", resolved: "127.0.0.1" },
			]);
		},
		TEST_MS,
	);

	test(
		"watches a source that only its replica names, dead as it is",
		async () => {
			const lab = await start({
				replicas: 1,
				watched: false,
				config: ({ servers }) => {
					void servers[0]?.kill();
					return { DiscoverySeeds: [servers[1]?.name ?? ""] };
				},
			});
			await explaining(lab, () =>
				waitUntil(
					"the dead source to be known",
					async () => (await member(lab, lab.primary)) !== undefined,
					40_000,
				),
			);
			await explaining(lab, () =>
				waitUntil(
					"its analysis to say so",
					async () =>
						(
							await lab.baton.get<{ Details: { Analysis: string }[] }>(
								"replication-analysis",
							)
						).Details.some(({ Analysis }) => Analysis.startsWith("Dead")),
					20_000,
				),
			);
		},
		TEST_MS,
	);
});

describe("a server that hangs", () => {
	test(
		"does not delay the polls of the others, and is seen to hang",
		async () => {
			const lab = await start({
				replicas: 3,
				config: () => ({
					DiscoveryMaxConcurrency: 1,
					MySQLDiscoveryReadTimeoutSeconds: 60,
				}),
			});
			const [hung, ...others] = lab.replicas;
			if (hung === undefined) throw new Error("lay");
			hung.pause();
			try {
				await explaining(lab, () =>
					waitUntil(
						"the store to say that its check hangs",
						async () => {
							const check = (await member(lab, hung))?.check;
							return (
								check !== undefined && check.attemptedAtMs > check.seenAtMs
							);
						},
						15_000,
					),
				);
				const fromMs = Date.now();
				await waitWatched(lab, [lab.primary, ...others]);
				await waitWatched(lab, [lab.primary, ...others]);
				// Polls come each second here; a query on the hung one has sixty.
				expect(Date.now() - fromMs).toBeLessThan(40_000);
				expect((await member(lab, hung))?.check.outcome).not.toBe("timeout");
			} finally {
				hung.resume();
			}
		},
		TEST_MS,
	);
});

describe("a store that is locked", () => {
	test(
		"does not keep the death of a primary from Temporal, and the failover follows when it is free",
		async () => {
			const lab = await start({});
			const identity = await lab.inStore((store) =>
				store.clusters.identityOf(lab.primary.name),
			);
			const embedded = await findEmbedded(
				join(lab.baton.directory, "temporal"),
			);
			if (identity === undefined || embedded === undefined)
				throw new Error("not up");
			const connection = await Connection.connect({
				address: embedded.address,
			});
			const client = new Client({ connection });
			expect(
				await client.workflow.getHandle(rehearsalWorkflowId(identity)).result(),
			).toContain("steps can be run on each of the 4 servers");
			// By the history: whoever weighs it waits for the store, and answers no query meanwhile.
			const entity = client.workflow.getHandle(clusterWorkflowId(identity));
			const isToldOf = async (code: string): Promise<boolean> =>
				(await entity.fetchHistory()).events?.some((event) =>
					event.workflowExecutionSignaledEventAttributes?.input?.payloads?.some(
						({ data }) => Buffer.from(data ?? []).includes(code),
					),
				) ?? false;
			expect(await isToldOf("DeadMaster")).toBe(false);
			const locker = new SqliteFile(join(lab.baton.directory, "baton.sqlite3"));
			try {
				const before = lab.baton.output().length;
				const said = () =>
					lab.baton
						.output()
						.slice(before)
						.match(/.*"msg":"cannot write to the store.*/g) ?? [];
				locker.exec("BEGIN EXCLUSIVE");
				await lab.primary.kill();
				await explaining(lab, () =>
					waitUntil(
						"the entity to be told of the dead primary",
						() => isToldOf("DeadMaster"),
						15_000,
					),
				);
				await explaining(lab, () =>
					waitUntil(
						"the log to say that the store is locked",
						async () => said().length > 0,
						15_000,
					),
				);
				expect(said(), said().join("\n")).toHaveLength(1);
			} finally {
				locker.exec("ROLLBACK");
				locker.close();
				await connection.close();
			}
			await newPrimary(lab, lab.primary);
			expect((await recovered(lab)).IsSuccessful).toBe(true);
			expect(lab.baton.output()).toContain("can write to the store again");
		},
		TEST_MS,
	);
});
