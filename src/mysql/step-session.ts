import { BatonError, errors } from "../errors.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { NO_MARK, type ServerMark } from "../topology/server-mark.ts";
import type { Row } from "./answer.ts";
import { probeBinlogServer } from "./binlog-server.ts";
import type { Dialect, Statement } from "./dialect.ts";
import { type ServerFault, serverFault, stopsStill } from "./driver-error.ts";
import { probeBriefly } from "./probe-briefly.ts";
import type { Servers } from "./servers.ts";
import type { Session } from "./session.ts";
import type { Standby } from "./standby.ts";
import {
	type Opened,
	openFor,
	readVersion,
	type StepLimits,
	takeLock,
} from "./step-connection.ts";
import { createTrace, type StepTrace } from "./step-trace.ts";

/** A session that only looks: it takes no lock, and many may look at one server at once. */
export interface Reader {
	readonly server: InstanceName;
	readonly dialect: Dialect;
	/** The server as it is now, read in this session: positions, replication and read-only, see {@link probeBriefly}. */
	look(): Promise<Instance>;
	read(statement: Statement | string, deadlineMs?: number): Promise<Row[]>;
}

interface WriteOptions {
	readonly deadlineMs?: number;
	/** Nothing of it stays on the server that would have to be taken back: an ended client, a lock of this session. */
	readonly isFleeting?: true;
	/** It takes back what the step did: done also when the step has been cancelled meanwhile. */
	readonly takesBack?: true;
}

/**
 * A session in which one attempt of one step checks and acts.
 *
 * Invariants:
 * 1. it never reconnects;
 * 2. it holds the server's operation lock, and whoever takes that lock ends the session of an older attempt first;
 * 3. before it takes the lock, and before each write, it asks whether its epoch and attempt are still the newest.
 */
export interface StepSession extends Reader {
	readonly session: Session;
	/** What its writes did to the server so far. */
	readonly trace: StepTrace;
	/** Names the part of the step that begins now. */
	part(name: string): void;
	/** @throws BatonError Superseded when the step has been cancelled */
	goOn(): void;
	/** A second session to the same server under the same guard, for what must happen while a statement is pending. The caller closes it. */
	beside(): Promise<StepSession>;
	/** Sends a statement that changes the server. @throws ServerFault; BatonError Superseded when this attempt may no longer act */
	write(statement: Statement | string, options?: WriteOptions): Promise<void>;
	/**
	 * Sends statements one after another under one check; those that the server refuses are passed over.
	 * @returns the refusals. @throws ServerFault when the session is lost; BatonError Superseded
	 */
	writeAll(
		statements: readonly string[],
		options?: WriteOptions,
	): Promise<readonly ServerFault[]>;
}

export interface StepGuard {
	/** Whether this epoch and attempt are the newest that asked. */
	readonly isCurrent: () => Promise<boolean>;
	/** Aborted when the step was cancelled or its heartbeat lost. */
	readonly signal?: AbortSignal;
	/** Which server it must be that answers; any, where nothing is known of it. */
	readonly meant?: ServerMark;
}

/** A newer attempt or operation has taken over, or the step was cancelled. */
export const isSuperseded = (error: unknown): boolean =>
	error instanceof BatonError && error.code === "Superseded";

const superseded = (server: InstanceName): BatonError =>
	errors.superseded({ server });

const goOn = ({ signal }: StepGuard, server: InstanceName): void => {
	if (signal?.aborted === true) throw errors.cancelled({ server });
};

const guarded = async (
	guard: StepGuard,
	server: InstanceName,
	takesBack = false,
): Promise<void> => {
	if (!takesBack) goOn(guard, server);
	if (!(await guard.isCurrent())) throw superseded(server);
};

/**
 * Opens the session, takes the lock, and does the work. The session ends with it.
 * @param standby sessions that are open already
 * @throws BatonError Superseded; ServerFault
 */
export const withStepSession = async <T>(
	servers: Servers,
	server: InstanceName,
	guard: StepGuard,
	limits: StepLimits,
	work: (step: StepSession) => Promise<T>,
	standby?: Standby,
): Promise<T> => {
	// Before the lock: an attempt that was overtaken must not end the session of the newer one.
	await guarded(guard, server);
	const { session, dialect } = await openFor(
		servers,
		server,
		limits,
		standby,
		(opened, withinMs) => takeLock(opened, withinMs, guard.meant ?? NO_MARK),
	);
	return lent(session, standby, () =>
		work(
			stepOver({ session, dialect }, guard, limits, () =>
				servers.open(server, "step", limits),
			),
		),
	);
};

/** The session is given back when the work is done; after a failure nobody uses it again. */
const lent = async <T>(
	session: Session,
	standby: Standby | undefined,
	work: () => Promise<T>,
): Promise<T> => {
	let isSound = false;
	try {
		const result = await work();
		isSound = true;
		return result;
	} finally {
		if (standby === undefined) session.close();
		else standby.giveBack(session.server, session, isSound);
	}
};

/** Opens a session that takes no lock and changes nothing, and does the work. The session ends with it. @throws ServerFault */
export const withReader = async <T>(
	servers: Servers,
	server: InstanceName,
	limits: StepLimits,
	work: (reader: Reader) => Promise<T>,
	standby?: Standby,
): Promise<T> => {
	const opened = await openFor(servers, server, limits, standby, readVersion);
	return lent(opened.session, standby, () => work(readerOver(opened, limits)));
};

const asStatement = (statement: Statement | string): Statement =>
	typeof statement === "string" ? { sql: statement, values: [] } : statement;

const readerOver = (
	{ session, dialect }: Opened,
	limits: StepLimits,
): Reader => ({
	server: session.server,
	dialect,
	look: () =>
		session.maxScaleVersion === ""
			? probeBriefly(session, dialect, { nowMs: Date.now })
			: probeBinlogServer(session, session.maxScaleVersion, Date.now),
	read: (statement, deadlineMs = limits.queryMs) => {
		const { sql, values } = asStatement(statement);
		return session.query(sql, values, deadlineMs);
	},
});

const stepOver = (
	opened: Opened,
	guard: StepGuard,
	limits: StepLimits,
	another: () => Promise<Session>,
): StepSession => {
	const { session, dialect } = opened;
	const trace = createTrace();
	session.onLost(() => trace.lost());

	const send = async (
		statement: Statement | string,
		{ deadlineMs = limits.queryMs, isFleeting }: WriteOptions,
	): Promise<void> => {
		const { sql, values } = asStatement(statement);
		if (isFleeting !== true) trace.sent();
		try {
			await session.query(sql, values, deadlineMs);
		} catch (error) {
			const fault = serverFault(error);
			if (fault.outcome !== "refused-by-server" || stopsStill(fault))
				trace.lost();
			else if (isFleeting !== true) trace.refused();
			throw fault;
		}
		if (isFleeting !== true) trace.answered();
	};

	return {
		...readerOver(opened, limits),
		session,
		trace,
		part: () => undefined,
		goOn: () => goOn(guard, session.server),
		beside: async () =>
			stepOver({ session: await another(), dialect }, guard, limits, another),
		write: async (statement, options = {}) => {
			await guarded(guard, session.server, options.takesBack);
			await send(statement, options);
		},
		writeAll: async (statements, options = {}) => {
			const refusals: ServerFault[] = [];
			if (statements.length === 0) return refusals;
			await guarded(guard, session.server, options.takesBack);
			for (const statement of statements)
				await send(statement, options).catch((error: unknown) => {
					const fault = serverFault(error);
					if (fault.outcome !== "refused-by-server") throw fault;
					refusals.push(fault);
				});
			return refusals;
		},
	};
};
