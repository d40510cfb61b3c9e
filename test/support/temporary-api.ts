/** For tests: a served API on a free loopback port, over a real store in a file, with everything that is not the API's own given by hand. */

import { pino } from "pino";
import { ANALYSIS_DEFAULTS } from "../../src/analysis/facts.ts";
import { createChangeBus } from "../../src/api/events.ts";
import { createApi } from "../../src/api/server.ts";
import { createAuditTrail } from "../../src/audit/audit-trail.ts";
import {
	type Configuration,
	documentedDefaults,
} from "../../src/config/keys.ts";
import { BatonError } from "../../src/errors.ts";
import type {
	OperationKind,
	OperationOutcome,
	OperationRequest,
	Operator,
	OutcomeOf,
	RequestOf,
} from "../../src/planning/operation.ts";
import { analysisOfStore } from "../../src/reading/analysis-of-store.ts";
import type { Store } from "../../src/store/contract.ts";
import type { BinaryLogStart } from "../../src/topology/gtid/holding-logs.ts";
import type { Instance } from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type { ServerLogs } from "../../src/topology/pseudo-gtid/event-log.ts";
import { madeUpOutcome } from "./made-up-outcome.ts";
import { madeUpRolling } from "./made-up-rolling.ts";
import { replicating, seenAt, server } from "./made-up-servers.ts";
import { type TemporaryStores, temporaryStores } from "./temporary-stores.ts";

/** A healthy primary that was seen at that time. */
const samplePrimary = (
	host: string,
	serverId: number,
	atMs: number,
): Instance =>
	server(host, serverId, {
		check: seenAt(atMs),
		serverUuid: "",
		majorVersion: "8.4",
		binlogRowImage: "FULL",
		executedGtid: "",
		selfCoordinates: { file: "binlog.000003", position: 157 },
		clusterName: `${host}:3306`,
	});

/** A healthy read-only replica of it. */
const sampleReplica = (
	host: string,
	serverId: number,
	source: Instance,
	atMs: number,
): Instance => ({
	...samplePrimary(host, serverId, atMs),
	readOnly: true,
	superReadOnly: true,
	clusterName: source.clusterName,
	depth: source.depth + 1,
	lagSeconds: 0,
	replication: replicating(source.host, {
		sourceUuid: "",
		retrievedGtid: "",
		secondsBehind: 0,
		heartbeatPeriodSeconds: 1,
	}),
});

/** Stands for Temporal: records what it is asked, and answers what the test says. */
const createScriptedOperator = () => {
	const asked: OperationRequest[] = [];
	let answer: (request: OperationRequest) => OperationOutcome = (request) =>
		madeUpOutcome(request, {});
	return {
		asked,
		willAnswer: (next: typeof answer) => {
			answer = next;
		},
		operator: {
			run: async <Kind extends OperationKind>(request: RequestOf<Kind>) => {
				asked.push(request);
				// A test answers with an outcome of the request's kind.
				return answer(request) as OutcomeOf<Kind>;
			},
			start: async () => ({ workflowId: "sample", runId: "run" }),
			pageOf: (workflowId: string) =>
				`http://127.0.0.1:8233/namespaces/default/workflows/${encodeURIComponent(workflowId)}`,
			isReachable: async () => true,
		},
	};
};

export interface TemporaryApiOptions {
	readonly config?: Partial<Configuration>;
	readonly pagesDirectory?: string;
	/** Binary logs of every server; a look finds what the store holds. */
	readonly binaryLogs?: readonly BinaryLogStart[];
	/** What can be read of every server's logs. */
	readonly logs?: ServerLogs;
	/** In place of one that records what it is asked. */
	readonly operator?: (store: Store) => Operator;
	/** Why an operation that is asked for in advance would be refused. */
	readonly planRefusal?: string;
}

export const serveTemporaryApi = async (
	options: TemporaryApiOptions = {},
	stores: Pick<TemporaryStores, "file" | "open" | "remove"> = temporaryStores(),
) => {
	const store = await stores.open();
	const events = createChangeBus();
	const scripted = createScriptedOperator();
	const state = {
		isLeader: true,
		isTemporalReachable: true,
		storeTrouble: "",
	};
	const configuration: Configuration = {
		...documentedDefaults(),
		ListenAddress: "127.0.0.1:0",
		AuditToBackendDB: true,
		...options.config,
	};
	const looked: InstanceName[] = [];
	const lookAt = async (name: InstanceName): Promise<Instance> => {
		looked.push(name);
		const found = await store.inventory.get(name);
		if (found !== undefined) return found;
		throw new BatonError("ServerUnreachable", `cannot reach ${name}`);
	};
	const api = createApi({
		store,
		operator: options.operator?.(store) ?? scripted.operator,
		rolling: madeUpRolling(),
		discovery: {
			discover: lookAt,
			crawl: async () => undefined,
		},
		config: () => configuration,
		analyse: (clusterName) =>
			analysisOfStore(store, ANALYSIS_DEFAULTS, Date.now(), clusterName),
		events,
		node: {
			hostname: "node1",
			token: "f".repeat(64),
			startedAtMs: Date.now(),
			version: "0.1.0",
		},
		isLeader: () => state.isLeader,
		storeTrouble: () => state.storeTrouble,
		temporal: {
			reachable: async () => state.isTemporalReachable,
			uiAddress: "http://127.0.0.1:8233",
		},
		log: pino({ level: "silent" }),
		nowMs: Date.now,
		audit: createAuditTrail(store, () => configuration),
		resolveHost: async ({ host }) => host,
		lookAt,
		planOf: async (request) => ({
			text: `plan ${JSON.stringify(request)}\n`,
			refusal: options.planRefusal,
			plans: [],
		}),
		binaryLogStarts: async () => options.binaryLogs ?? [],
		withLogs: async (name, work) => {
			if (options.logs !== undefined) return work(options.logs);
			throw new BatonError("ServerUnreachable", `cannot reach ${name}`);
		},
		pagesDirectory: options.pagesDirectory ?? stores.file,
	});
	const listening = await api.listen();
	return {
		api,
		store,
		events,
		scripted,
		/** Servers that were asked how they are now, in order. */
		looked,
		state,
		address: listening.address,
		/** A primary and two replicas, one cluster. */
		fill: async (): Promise<Instance[]> => {
			const nowMs = Date.now();
			const primary = samplePrimary("db1", 1, nowMs);
			const members: Instance[] = [
				{ ...primary, replicas: ["db2:3306", "db3:3306"] },
				sampleReplica("db2", 2, primary, nowMs),
				sampleReplica("db3", 3, primary, nowMs),
			];
			await store.inventory.save(members);
			await store.clusters.adopt(
				"db1:3306",
				members.map((each) => each.name),
			);
			await store.clusters.setAliasOverride("db1:3306", "orders");
			return members;
		},
		stop: async () => {
			api.close();
			await listening.close();
			await stores.remove();
		},
	};
};

export type TemporaryApi = Awaited<ReturnType<typeof serveTemporaryApi>>;
