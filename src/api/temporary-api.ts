/** For tests: a served API on a free loopback port, over a real store in a file, with everything that is not the API's own given by hand. */
import { pino } from "pino";
import { analyse } from "../analysis/analysis.ts";
import { ANALYSIS_DEFAULTS } from "../analysis/facts.ts";
import { createAuditTrail } from "../audit/audit-trail.ts";
import { type Configuration, documentedDefaults } from "../config/keys.ts";
import { BatonError } from "../errors.ts";
import type {
	OperationKind,
	OperationOutcome,
	OperationRequest,
	OutcomeOf,
	PrimaryChanged,
	Relocated,
	RequestOf,
} from "../planning/operation.ts";
import { snapshotsOfStore } from "../reading/snapshots-of-store.ts";
import type { Store } from "../store/contract.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../store/temporary-store.ts";
import type { BinaryLogStart } from "../topology/gtid/holding-logs.ts";
import { type Instance, unknownInstance } from "../topology/instance.ts";
import { splitName } from "../topology/instance-name.ts";
import type { ServerLogs } from "../topology/pseudo-gtid/event-log.ts";
import { createChangeBus } from "./events.ts";
import { createApi } from "./server.ts";

const checkedAt = (atMs: number): Instance["check"] => ({
	outcome: "ok",
	checkedAtMs: atMs,
	attemptedAtMs: atMs,
	seenAtMs: atMs,
	partialSuccess: false,
	error: "",
	latencyMs: 2,
});

/** A healthy primary that was seen at that time. */
const samplePrimary = (name: string, atMs: number): Instance => {
	const { host, port } = splitName(name);
	return {
		...unknownInstance(host, port),
		check: checkedAt(atMs),
		serverId: port,
		version: "8.4.6",
		majorVersion: "8.4",
		flavor: "MySQL",
		logBin: true,
		logReplicaUpdates: true,
		binlogFormat: "ROW",
		binlogRowImage: "FULL",
		gtidMode: "ON",
		supportsOracleGtid: true,
		selfCoordinates: { file: "binlog.000003", position: 157 },
		clusterName: name,
	};
};

/** A healthy read-only replica of it. */
const sampleReplica = (
	name: string,
	source: Instance,
	atMs: number,
): Instance => {
	const instance = samplePrimary(name, atMs);
	return {
		...instance,
		readOnly: true,
		superReadOnly: true,
		clusterName: source.clusterName,
		depth: source.depth + 1,
		lagSeconds: 0,
		replication: {
			...instance.replication,
			sourceHost: source.host,
			sourcePort: source.port,
			user: "repl",
			receiver: 1,
			applier: 1,
			secondsBehind: 0,
			usingOracleGtid: true,
			heartbeatPeriodSeconds: 1,
			silentForMs: 100,
		},
	};
};

/** What a test may say of an operation of any kind. */
export type Answer = Partial<
	Omit<PrimaryChanged, "kind"> & Omit<Relocated, "kind">
>;

/** An operation that has succeeded. */
export const sampleOutcome = (
	request: OperationRequest,
	change: Answer,
): OperationOutcome => {
	const ended = {
		uid: "",
		identity: request.cluster ?? "",
		clusterName: "",
		clusterAlias: "",
		workflowId: `${request.kind}/sample`,
		runId: "run",
		successful: true,
		attempted: true,
		changed: true,
		says: "done",
		left: [],
		participating: [],
		steps: [],
		errors: [],
	};
	switch (request.kind) {
		case "relocation":
		case "rejoin":
			return {
				...ended,
				state: "",
				below: "db1:3306",
				...request,
				...change,
				kind: request.kind,
			};
		default:
			return {
				...ended,
				analysis: "DeadMaster",
				failed: "",
				successor: "",
				successorCoordinates: { file: "", position: 0 },
				successorAlias: "",
				replicas: [],
				loss: "",
				...change,
				kind: request.kind,
			};
	}
};

/** Stands for Temporal: records what it is asked, and answers what the test says. */
const createScriptedOperator = () => {
	const asked: OperationRequest[] = [];
	let answer: (request: OperationRequest) => OperationOutcome = (request) =>
		sampleOutcome(request, {});
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

const analyseStore = async (store: Store, nowMs: number) =>
	(await snapshotsOfStore(store, nowMs)).flatMap((snapshot) =>
		analyse(snapshot, ANALYSIS_DEFAULTS),
	);

export interface TemporaryApiOptions {
	readonly config?: Partial<Configuration>;
	readonly pagesDirectory?: string;
	/** Binary logs of every server; a look finds what the store holds. */
	readonly binaryLogs?: readonly BinaryLogStart[];
	/** What can be read of every server's logs. */
	readonly logs?: ServerLogs;
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
	const lookAt = async (name: string): Promise<Instance> => {
		const found = await store.inventory.get(name);
		if (found !== undefined) return found;
		throw new BatonError("ServerUnreachable", `cannot reach ${name}`);
	};
	const api = createApi({
		store,
		operator: scripted.operator,
		discovery: {
			discover: lookAt,
			crawl: async () => undefined,
		},
		config: () => configuration,
		analyse: () => analyseStore(store, Date.now()),
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
		state,
		address: listening.address,
		/** A primary and two replicas, one cluster. */
		fill: async (): Promise<Instance[]> => {
			const nowMs = Date.now();
			const primary = samplePrimary("db1:3306", nowMs);
			const members = [
				{ ...primary, replicas: ["db2:3306", "db3:3306"] },
				sampleReplica("db2:3306", primary, nowMs),
				sampleReplica("db3:3306", primary, nowMs),
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
