// The MySQL port as Baton makes it, towards the servers of a lab and with nothing else around it.

import type { Configuration } from "../../src/config/keys.ts";
import { documentedDefaults, withValues } from "../../src/config/keys.ts";
import type { Credential } from "../../src/mysql/credential.ts";
import { createServers, type Servers } from "../../src/mysql/servers.ts";
import { access, probeSettings } from "../../src/mysql/settings.ts";
import type { Standby } from "../../src/mysql/standby.ts";
import {
	type StepGuard,
	type StepSession,
	withReader,
	withStepSession,
} from "../../src/mysql/step-session.ts";
import { runStep } from "../../src/mysql/steps/run-step.ts";
import type {
	StepAnswer,
	StepContext,
} from "../../src/mysql/steps/step-context.ts";
import type { Step } from "../../src/planning/step.ts";
import { contains, familyOf, received } from "../../src/topology/gtid/gtid.ts";
import { type Instance, unknownInstance } from "../../src/topology/instance.ts";
import { splitName } from "../../src/topology/instance-name.ts";
import type { MarkerRules } from "../../src/topology/pseudo-gtid/markers.ts";
import { ACCOUNTS } from "../lab/accounts.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { isReadOnly } from "../lab/trouble.ts";
import { replicationOf } from "./findings.ts";

const LIMITS = { connectMs: 3_000, queryMs: 10_000 };

export const portOf = (
	values: Partial<Configuration> = {},
	isAllowed: (name: string) => boolean = () => true,
): Servers => {
	const configuration = withValues(documentedDefaults(), {
		MySQLTopologyUser: ACCOUNTS.orchestrator.user,
		MySQLTopologyPassword: ACCOUNTS.orchestrator.password,
		MySQLHostnameResolveMethod: "none",
		DiscoverByShowSlaveHosts: true,
		...values,
	});
	return createServers({
		access: () => access(configuration),
		probeSettings: () => probeSettings(configuration),
		isAllowed,
		nowMs: Date.now,
	});
};

export interface StepOptions {
	readonly guard?: Partial<StepGuard>;
	readonly servers?: Servers;
	readonly standby?: Standby;
	/** The operation's picture. */
	readonly known?: readonly Instance[];
	readonly credential?: Credential;
	readonly credentialsQuery?: string;
	readonly stallMs?: number;
	readonly markers?: MarkerRules;
	readonly connectWithinMs?: number;
	readonly beat?: (says: string) => void;
	/** One that stands lets a step wait for as long as it takes. */
	readonly nowMs?: () => number;
	/** A fault is put between the statements of a step here. */
	readonly through?: (session: StepSession) => StepSession;
}

/** What a step is run with, as an activity gives it. */
const stepContext = (options: StepOptions = {}): StepContext => {
	const servers = options.servers ?? portOf();
	const guard: StepGuard = {
		isCurrent: async () => true,
		...options.guard,
	};
	const through = options.through ?? ((session: StepSession) => session);
	let credential = options.credential;
	return {
		session: (server, work) =>
			withStepSession(
				servers,
				server,
				guard,
				LIMITS,
				(session) => work(through(session)),
				options.standby,
			),
		reader: (server, work) =>
			withReader(servers, server, LIMITS, work, options.standby),
		known: (server) => {
			const { host, port } = splitName(server);
			return (
				options.known?.find(({ name }) => name === server) ??
				unknownInstance(host, port)
			);
		},
		refusesLogin: (server, login) =>
			servers.refusesLogin(server, login, LIMITS.connectMs),
		credential: {
			get: () => credential,
			keep: (found) => {
				credential = found;
			},
		},
		credentialsQuery: options.credentialsQuery ?? "",
		markers: () =>
			options.markers ?? {
				isMarker: () => false,
				monotonicHint: "",
				skipped: [],
			},
		equivalences: { of: async () => [], record: async () => undefined },
		logChunkRows: 1_000,
		stallMs: options.stallMs ?? 10_000,
		connectWithinMs: options.connectWithinMs ?? 10_000,
		beat: options.beat ?? (() => undefined),
		nowMs: options.nowMs ?? Date.now,
	};
};

/** One step, as an activity runs it. */
export const run = (
	step: Step,
	options: StepOptions = {},
): Promise<StepAnswer> => runStep(stepContext(options), step);

/** One session on one server, as a step has it. */
export const step = <T>(
	server: LabServer,
	work: (session: StepSession) => Promise<T>,
	isCurrent: () => Promise<boolean> = async () => true,
): Promise<T> =>
	withStepSession(portOf(), server.name, { isCurrent }, LIMITS, work);

/** As a step sees it; it takes no lock, and so may be called while a step is under way. */
export const look = (server: LabServer): Promise<Instance> =>
	withReader(portOf(), server.name, LIMITS, (reader) => reader.look());

export const receivedOf = async (server: LabServer): Promise<string> =>
	received(await look(server));

/** All that the source has committed by now is in the replica's relay log, applied or not. By GTID. */
export const waitReceived = async (
	replica: LabServer,
	source: LabServer,
): Promise<void> => {
	const wanted = await look(source);
	await waitUntil(
		`${replica.name} to have received what ${source.name} has`,
		async () =>
			contains(
				familyOf(wanted),
				await receivedOf(replica),
				wanted.executedGtid,
			),
	);
};

/** What may not change when a step is refused. */
export const stateOf = async (server: LabServer) => ({
	readOnly: await isReadOnly(server),
	...(await replicationOf(server)),
});
