import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { freshSnapshot } from "../../activities/cluster-view.ts";
import { answerOf } from "../../src/api/reading-routes.ts";
import type { CliDependencies, Streams } from "../../src/cli/dependencies.ts";
import { createCli } from "../../src/cli/run.ts";
import { analysisSettings } from "../../src/config/analysis-settings.ts";
import {
	type Configuration,
	documentedDefaults,
	withValues,
} from "../../src/config/keys.ts";
import { BatonError } from "../../src/errors.ts";
import { ServerFault } from "../../src/mysql/driver-error.ts";
import { failedCheck } from "../../src/mysql/servers.ts";
import type {
	OperationKind,
	OperationRequest,
	Operator,
	OutcomeOf,
	RequestOf,
	TemporalState,
} from "../../src/planning/operation.ts";
import { analysisOfStore } from "../../src/reading/analysis-of-store.ts";
import type { Rolling } from "../../src/rolling/port.ts";
import type { Store } from "../../src/store/contract.ts";
import {
	lackingInStore,
	openStore,
	redeployStore,
} from "../../src/store/open-store.ts";
import type { BinaryLogStart } from "../../src/topology/gtid/holding-logs.ts";
import { type Instance, unknownInstance } from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type { ServerLogs } from "../../src/topology/pseudo-gtid/event-log.ts";
import { type Answer, madeUpOutcome } from "./made-up-outcome.ts";
import { madeUpRolling } from "./made-up-rolling.ts";
import { LOGGING, running, seen } from "./made-up-servers.ts";

export const NOW = 1_700_000_000_000;

export const server = (host: string, more: Partial<Instance> = {}): Instance =>
	seen(
		host,
		{
			...LOGGING,
			serverId: 7,
			version: "8.0.34",
			versionComment: "Source distribution",
			majorVersion: "8.0",
			flavor: "MySQL",
			supportsOracleGtid: true,
			clusterName: `${host}:3306`,
			...more,
		},
		NOW - 1000,
	);

export const replica = (
	host: string,
	source: string,
	depth: number,
): Instance =>
	server(host, {
		readOnly: true,
		depth,
		clusterName: "db1.ny:3306",
		lagSeconds: 0,
		replication: running(source, {
			secondsBehind: 0,
			usingOracleGtid: true,
			readCoordinates: { file: "bin.000001", position: 4 },
			execCoordinates: { file: "bin.000001", position: 4 },
		}),
	});

/** Two clusters: `shop` of db1 ← db2 ← db3, and the read-only server web1, which is also the local host. */
export const fillServers = async (store: Store): Promise<void> => {
	const shop = [
		server("db1.ny", { replicas: ["db2.ny:3306"] }),
		replica("db2.ny", "db1.ny", 1),
		replica("db3.ny", "db2.ny", 2),
	];
	await store.inventory.save([...shop, server("web1", { readOnly: true })]);
	await store.clusters.adopt(
		"db1.ny:3306",
		shop.map((each) => each.name),
	);
	await store.clusters.setAliasOverride("db1.ny:3306", "shop");
	await store.clusters.adopt("web1:3306", ["web1:3306"]);
};

const fill = async (file: string): Promise<void> => {
	const store = await openStore({ file, clock: () => NOW });
	await fillServers(store);
	await store.close();
};

/** Unless the test says otherwise: db2 takes the place of db1. */
const SUCCESS: Answer = {
	clusterName: "db1.ny:3306",
	clusterAlias: "shop",
	failed: "db1.ny:3306",
	successor: "db2.ny:3306",
	successorCoordinates: { file: "bin.000009", position: 42 },
};

/** Answers with what the test says, and keeps what was asked. */
export const scripted = (
	answer: Answer | BatonError,
	asked: OperationRequest[] = [],
): Operator => ({
	run: async <Kind extends OperationKind>(request: RequestOf<Kind>) => {
		asked.push(request);
		if (answer instanceof BatonError) throw answer;
		// The outcome is of the request's kind, which the compiler cannot see.
		return madeUpOutcome(request, {
			...SUCCESS,
			...answer,
		}) as OutcomeOf<Kind>;
	},
	start: async (request) => {
		asked.push(request);
		return { workflowId: `${request.kind}/shop`, runId: "r" };
	},
	pageOf: () => "",
	isReachable: async () => true,
});

/** What lies around the command line beside the store. */
interface Surroundings {
	/** Servers that answer a look; every other is unreachable. A discovery stores them, and finds made-up ones for every other. */
	readonly servers?: readonly Instance[];
	/** Binary logs of each of them. */
	readonly binaryLogs?: readonly BinaryLogStart[];
	/** What can be read of a server's logs. */
	readonly logsOf?: (name: InstanceName) => ServerLogs;
	readonly configuration?: Partial<Configuration>;
	/** Why no plan would be carried out. */
	readonly planRefusal?: string;
	/** By default a host is its own name. */
	readonly resolveHost?: (host: string) => Promise<string>;
	/** In place of what a made-up one does. */
	readonly rolling?: Partial<Rolling>;
	/** As it answers now; none that could be asked by default. */
	readonly temporal?: TemporalState;
}

const dependencies = (
	file: string,
	operator: Operator,
	{
		servers = [],
		binaryLogs = [],
		logsOf = () => {
			throw new BatonError("ServerUnreachable", "connection refused");
		},
		configuration = {},
		planRefusal,
		resolveHost = async (host) => host,
		rolling = {},
		temporal,
	}: Surroundings,
): CliDependencies => {
	const lookAt = async (name: InstanceName): Promise<Instance> => {
		const seen = servers.find((each) => each.name === name);
		if (seen !== undefined) return seen;
		throw new BatonError("ServerUnreachable", `${name}: connection refused`);
	};
	return {
		loadConfiguration: () => ({
			config: withValues(documentedDefaults(), configuration),
			files: [],
			warnings: [],
			sources: new Map(),
		}),
		openStore: () => openStore({ file, clock: () => NOW }),
		connectOperator: async () => ({ value: operator, close: async () => {} }),
		breakGlass: async () => ({ value: operator, close: async () => {} }),
		connectRolling: async () => ({
			value: { ...madeUpRolling(), ...rolling },
			close: async () => {},
		}),
		connectDiscovery: async (_config, store) => ({
			value: {
				discover: async (name) => {
					const found = servers.find((each) => each.name === name);
					if (found === undefined)
						return server(`${name.split(":")[0]}.resolved`);
					await store.inventory.save([found]);
					return found;
				},
				crawl: async () => {},
			},
			close: async () => {},
		}),
		explain: async (_config, _store, request) => ({
			text: `plan ${JSON.stringify(request)}\n`,
			refusal: planRefusal,
			plans: [],
		}),
		planOf: async (_config, _store, request) => ({
			text: `plan ${JSON.stringify(request)}\n`,
			refusal: planRefusal,
			plans: [],
		}),
		lookAtCluster: async (config, store, identity) =>
			freshSnapshot(
				{
					store,
					config: () => config,
					nowMs: () => NOW,
					servers: {
						look: async (name, previous) =>
							servers.find((each) => each.name === name) ??
							failedCheck(
								previous ?? unknownInstance(name, 3306),
								new ServerFault("connection-refused", "connection refused"),
								NOW,
							),
					},
				},
				identity,
			),
		answerOfApi: (config, store, { path, input, log }) =>
			answerOf(
				{
					store,
					config: () => config,
					analyse: (clusterName) =>
						analysisOfStore(store, analysisSettings(config), NOW, clusterName),
					nowMs: () => NOW,
					node: { hostname: "web1", token: "token" },
					log: { warn: (text) => log.warning(text) },
					resolveHost: async ({ host }) => host,
					lookAt,
					binaryLogStarts: async () => binaryLogs,
					withLogs: async (name, work) => work(logsOf(name)),
				},
				path,
				input,
			),
		askTemporal: async () => temporal,
		lookAt: (_, name) => lookAt(name),
		binaryLogStarts: async () => binaryLogs,
		withLogs: async (_, name, _progress, work) => work(logsOf(name)),
		serve: async () => {},
		resolveHost: async (_, { host }) => resolveHost(host),
		canonicalHost: async (_, { host }) => `${host}.canonical`,
		redeployStore: () => redeployStore({ file }),
		lackingInStore: () => lackingInStore({ file }),
		nowMs: () => NOW,
		localHostname: () => "web1",
		userName: () => "me",
		processToken: "token",
		program: "baton",
		version: "0",
		commit: "",
	};
};

/** A failure whose reason is in the one FATAL line. */
export const FAILS = (reason: string) => ({
	code: 1,
	stdout: "",
	stderr: expect.stringMatching(
		new RegExp(
			`^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d FATAL .*${reason}.*\\n$`,
		),
	),
});

/** The command line on a real store in a file of its own. */
export interface Fixture {
	/** Runs `-c` with the words of the text; `~` stands for a blank. */
	run(
		text: string,
		operator?: Operator,
	): Promise<{ code: number; stdout: string; stderr: string }>;
	/** The same, with nothing in front of the words. */
	typed(
		text: string,
		operator?: Operator,
		streams?: Pick<Streams, "isTerminal">,
	): ReturnType<Fixture["run"]>;
	inStore<T>(read: (store: Store) => Promise<T>): Promise<T>;
	remove(): void;
}

export interface FixtureOptions extends Surroundings {
	/** Without the two clusters. */
	readonly empty?: boolean;
	/** Puts further rows in. */
	readonly rows?: (store: Store) => Promise<void>;
}

export const createFixture = async ({
	empty = false,
	rows,
	...surroundings
}: FixtureOptions = {}): Promise<Fixture> => {
	const directory = mkdtempSync(join(tmpdir(), "baton-cli-"));
	const file = join(directory, "store.sqlite3");
	if (!empty) await fill(file);
	const inStore: Fixture["inStore"] = async (use) => {
		const store = await openStore({ file, clock: () => NOW });
		try {
			return await use(store);
		} finally {
			await store.close();
		}
	};
	if (rows) await inStore(rows);
	const typed: Fixture["typed"] = async (
		text,
		operator = scripted({}),
		streams = {},
	) => {
		const written = { stdout: "", stderr: "" };
		const argv = text.split(" ").map((word) => word.replaceAll("~", " "));
		const code = await createCli(
			dependencies(file, operator, surroundings),
		).run(argv, {
			...streams,
			stdout: (chunk) => {
				written.stdout += chunk;
			},
			stderr: (chunk) => {
				written.stderr += chunk;
			},
		});
		return { code, ...written };
	};
	return {
		run: (text, operator) => typed(`-c ${text}`, operator),
		typed,
		inStore,
		remove: () => rmSync(directory, { recursive: true }),
	};
};
