// One server under several names, several servers that look like one, and addresses that change hands.

import { appendFileSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEnvironment } from "../../src/config/environment.ts";
import { loadConfiguration } from "../../src/config/load.ts";
import { storeOptionsOf } from "../../src/config/store-options.ts";
import type { Store } from "../../src/store/contract.ts";
import { openStore } from "../../src/store/open-store.ts";
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../../src/topology/instance-name.ts";
import { type Passage, passageTo } from "../lab/passage.ts";
import { freePorts } from "../lab/ports.ts";
import { replicate, setReadOnly, waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { isReadOnly } from "../lab/trouble.ts";
import {
	becomesReadOnly,
	newPrimary,
	recovered,
	watchOpenings,
	writable,
} from "../live/findings.ts";
import {
	explaining,
	FLAVORS,
	logTail,
	QUICK_FLAVORS,
	type SharedLab,
	type System,
	shareLab,
	TEST_MS,
	testOnQuick,
	waitLogged,
	waitWatched,
} from "../live/system.ts";

interface Key {
	readonly Hostname: string;
	readonly Port: number;
}

const atLocalhost = ({ port }: LabServer): InstanceName =>
	instanceName("localhost", port);

/** As a person gives it: an address of IPv6 in brackets. */
const asGiven = (name: InstanceName): string => {
	const { host, port } = splitName(name);
	return host.includes(":") ? `[${host}]:${port}` : name;
};

const clustersOf = (system: System) =>
	system.inStore(({ clusters }) => clusters.all());

const namesOf = (system: System) =>
	system.inStore(({ inventory }) => inventory.names());

const homesOf = (system: System) =>
	system.inStore(
		async ({ clusters }) =>
			new Map(
				(await clusters.members()).map((each) => [
					each.instance,
					each.identity,
				]),
			),
	);

const discover = async (system: System, name: InstanceName) => {
	const { host, port } = splitName(name);
	const { Details } = await system.baton.get<{ Details: { Key: Key } }>(
		`discover/${host}/${port}`,
	);
	return instanceName(Details.Key.Hostname, Details.Key.Port);
};

/** Changes the store of a Baton that does not run. */
const inItsStore = async (
	{ baton }: System,
	change: (store: Store) => Promise<void>,
): Promise<void> => {
	const { config } = loadConfiguration({
		environment: createEnvironment(),
		file: baton.configFile,
	});
	const store = await openStore(storeOptionsOf(config));
	try {
		await change(store);
	} finally {
		await store.close();
	}
};

/** The store as an earlier Baton left it, which took the primary for two servers in two clusters. */
const doubleThePrimary =
	({ primary }: System) =>
	async (store: Store): Promise<void> => {
		const seen = await store.inventory.get(primary.name);
		if (seen === undefined) throw new Error("the primary is not known");
		const name = atLocalhost(primary);
		await store.inventory.save([
			{ ...seen, ...splitName(name), name, clusterName: name },
		]);
		await store.clusters.adopt(name, [name]);
		await store.tags.put({ instance: name, name: "rack", value: "7" }, 0);
		await store.candidates.register(name, "prefer", Date.now());
	};

/** Downtime, promotion rule and tags are that server's, and were not given to whoever has its address now. */
const saidOfNobodyElse = async (
	system: System,
	name: InstanceName,
): Promise<void> => {
	const said = await system.inStore(
		async ({ downtimes, candidates, tags }) => ({
			downtimes: (await downtimes.active(Date.now())).map(
				({ instance, reason }) => `${instance} ${reason}`,
			),
			rules: (await candidates.since(0)).map(
				({ instance, rule }) => `${instance} ${rule}`,
			),
			tags: (await tags.all()).map((each) => `${each.instance} ${each.name}`),
		}),
	);
	expect(said, logTail(system)).toEqual({
		downtimes: [`${name} lost-in-recovery`],
		rules: [`${name} must_not`],
		tags: [`${name} rack`],
	});
};

const isOneInstance = (system: System) =>
	explaining(system, () =>
		waitUntil("one cluster of each server once", async () => {
			const clusters = await clustersOf(system);
			return (
				clusters.length === 1 &&
				(await namesOf(system)).length === system.servers.length
			);
		}),
	);

describe.each(FLAVORS)("on %s servers", (flavor) => {
	let lab: SharedLab;
	let extraPort = 0;
	beforeAll(async () => {
		lab = await shareLab({
			flavor,
			replicas: 2,
			semiSync: false,
			readOnlyAtStart: false,
			arrange: async (laid) => {
				const options = ["bind_address = 127.0.0.1,::1"];
				if (flavor === "mariadb") {
					[extraPort = 0] = await freePorts(1);
					options.push(
						`extra_port = ${extraPort}`,
						"extra_max_connections = 8",
					);
				}
				appendFileSync(
					join(laid.primary.directory, "my.cnf"),
					`${options.join("\n")}\n`,
				);
				await laid.primary.restart();
				return laid;
			},
		});
	}, TEST_MS);
	afterAll(() => lab?.stop(), TEST_MS);

	test(
		"a server that is discovered under further addresses stays one instance, and its death makes one primary",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, baton } = system;
			const further = [
				atLocalhost(primary),
				instanceName("::1", primary.port),
				...(extraPort === 0 ? [] : [instanceName("127.0.0.1", extraPort)]),
			];
			for (const each of further)
				expect(await discover(system, each)).toBe(primary.name);
			await isOneInstance(system);
			for (const each of further)
				expect(
					await baton.command("-c", "which-instance", "-i", asGiven(each)),
				).toMatchObject({ code: 0, stdout: `${primary.name}\n` });
			const why = await baton.command("-c", "why", "-i", further[0] ?? "");
			for (const each of further)
				expect(why.stdout).toMatch(new RegExp(`also at .*${each}`));
			await waitLogged(
				system,
				`${further[0]} and ${primary.name} are one server`,
			);
			const watch = watchOpenings(system.servers);
			await primary.kill();
			const next = await newPrimary(system, primary);
			await recovered(system);
			await sleep(3_000);
			expect(await watch.stop()).toEqual([]);
			expect(await writable(system.servers), logTail(system)).toEqual([next]);
			expect(await clustersOf(system)).toHaveLength(1);
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"a store that knows a server under two names has it once soon, and has lost nothing",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, baton } = system;
			await baton.terminate();
			await inItsStore(system, doubleThePrimary(system));
			await baton.restart();
			await isOneInstance(system);
			await waitWatched(system);
			expect(
				await system.inStore(async ({ tags, candidates, clusters }) => ({
					tags: await tags.all(),
					rules: (await candidates.since(0)).map(
						({ instance, rule }) => `${instance} ${rule}`,
					),
					cluster: (await clusters.all()).map((each) => each.clusterName),
				})),
			).toEqual({
				tags: [{ instance: primary.name, name: "rack", value: "7" }],
				rules: [`${primary.name} prefer`],
				cluster: [primary.name],
			});
			const watch = watchOpenings(system.servers);
			await primary.kill();
			const next = await newPrimary(system, primary);
			await recovered(system);
			await sleep(3_000);
			expect(await watch.stop()).toEqual([]);
			expect(await writable(system.servers), logTail(system)).toEqual([next]);
		},
	);

	test
		.runIf(QUICK_FLAVORS.includes(flavor))
		.each(["leads to the new primary", "is nobody's any more"])(
		"an address that %s takes no name of the old one along: that is closed when it is back",
		async (afterwards) => {
			let floating: Passage | undefined;
			const system = await lab.afresh({
				semiSync: false,
				watched: false,
				// A replica remembers for a while who replicated from it before: by that the own name would be found.
				config: () => ({ DiscoverByShowSlaveHosts: false }),
				before: async ({ primary, replicas }) => {
					floating = await passageTo(primary);
					for (const each of replicas)
						await replicate(each, { ...primary, port: floating.port });
				},
			});
			if (floating === undefined) throw new Error("no passage");
			const { primary, replicas, baton } = system;
			try {
				const name = instanceName(floating.host, floating.port);
				for (const each of [name, ...replicas.map((one) => one.name)])
					expect(await discover(system, each)).toBe(each);
				await waitWatched(system, replicas);
				await explaining(system, () =>
					waitUntil("it to be on record", async () =>
						(await clustersOf(system)).some(
							({ role }) => role?.primary === name,
						),
					),
				);
				// Nobody has decided that the recorded primary goes by its own name.
				await baton.get(`async-discover/${primary.host}/${primary.port}`);
				await waitLogged(
					system,
					`${primary.name} and ${name} are one server, which goes by ${name}`,
				);
				await primary.kill();
				const next = await newPrimary(system, primary);
				await recovered(system);
				const { host, port } = floating;
				await baton.get(`register-candidate/${host}/${port}/must_not`);
				await baton.get(`tag/${host}/${port}/rack/7`);
				if (afterwards === "leads to the new primary") {
					floating.leadTo(next);
					await waitLogged(
						system,
						`${name} and ${next.name} are one server, which goes by ${next.name}`,
					);
					const names = system.servers.map((each) => each.name).toSorted();
					await explaining(system, () =>
						waitUntil(
							"each server to be known by its own name",
							async () => `${await namesOf(system)}` === `${names}`,
						),
					);
					await saidOfNobodyElse(system, primary.name);
				} else await floating.close("refuses");
				await primary.start();
				await setReadOnly(primary, false);
				await becomesReadOnly(system, primary);
				await explaining(system, () =>
					waitUntil("it to be rejoined", async () =>
						(await system.inStore(({ fences }) => fences.all())).some(
							({ instance, state }) =>
								instance === primary.name && state === "rejoined",
						),
					),
				);
				// A name that does not answer may be that server's still: its fence waits on.
				const open = await system.inStore(({ fences }) => fences.open());
				expect(open.map(({ instance }) => instance)).toEqual(
					afterwards === "is nobody's any more" ? [name] : [],
				);
				expect(await writable(system.servers), logTail(system)).toEqual([next]);
				expect(await clustersOf(system)).toHaveLength(1);
			} finally {
				floating.stop();
			}
		},
		TEST_MS,
	);

	testOnQuick(flavor)(
		"the address of a dead primary that another cluster's primary has now: it stays open, its clients live, and its cluster is its own",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, baton } = system;
			await primary.kill();
			const next = await newPrimary(system, primary);
			await recovered(system);
			await baton.terminate();
			const other = await lab.lab.startServer({
				readOnlyAtStart: false,
				extraOptions: { port: primary.port, report_port: primary.port },
			});
			const replica = await lab.lab.startServer();
			try {
				await other.query("CREATE DATABASE elsewhere");
				await replicate(replica, { ...other, port: primary.port });
				const client = await other.connect();
				await baton.restart();
				await discover(system, replica.name);
				await explaining(system, () =>
					waitUntil("it to be in its replica's cluster", async () => {
						const homes = await homesOf(system);
						const home = homes.get(primary.name);
						return home !== undefined && home === homes.get(replica.name);
					}),
				);
				await sleep(8_000);
				const homes = await homesOf(system);
				expect(homes.get(primary.name)).toBe(homes.get(replica.name));
				expect(homes.get(next.name)).not.toBe(homes.get(replica.name));
				expect(await isReadOnly(other), logTail(system)).toBe(false);
				await client.query("CREATE DATABASE still_there");
				client.destroy();
				expect(await isReadOnly(next)).toBe(false);
				await waitLogged(system, `another server answers at ${primary.name}`);
			} finally {
				await other.kill();
				await replica.kill();
			}
		},
	);
});

describe("a server that was copied with its UUID", () => {
	let lab: SharedLab;
	beforeAll(async () => {
		lab = await shareLab({
			flavor: "mysql",
			replicas: 0,
			semiSync: false,
			readOnlyAtStart: false,
		});
	}, TEST_MS);
	afterAll(() => lab?.stop(), TEST_MS);

	test(
		"is another instance, and is told with what to do",
		async () => {
			const system = await lab.afresh({ semiSync: false });
			const { primary, baton } = system;
			const copy = await lab.lab.startServer({ readOnlyAtStart: false });
			await copy.stop();
			copyFileSync(
				join(primary.directory, "data", "auto.cnf"),
				join(copy.directory, "data", "auto.cnf"),
			);
			await copy.start();
			expect(await discover(system, copy.name)).toBe(copy.name);
			await discover(system, atLocalhost(copy));
			await waitWatched(system, [primary, copy]);
			await sleep(3_000);
			expect(await namesOf(system)).toEqual(
				[primary.name, copy.name].toSorted(),
			);
			expect(await clustersOf(system)).toHaveLength(2);
			for (const [one, its] of [
				[primary, copy],
				[copy, primary],
			] as const) {
				await explaining(system, () =>
					waitUntil("it to be told", async () =>
						(await baton.command("-c", "why", "-i", one.name)).stdout.includes(
							`${its.name} has the same server UUID`,
						),
					),
				);
			}
			expect(await system.inStore(({ aliases }) => aliases.all())).toEqual(
				new Map([[atLocalhost(copy), copy.name]]),
			);
			await setReadOnly(copy, true);
		},
		TEST_MS,
	);
});
