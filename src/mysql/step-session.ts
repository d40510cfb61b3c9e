import { BatonError } from "../errors.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Row } from "./answer.ts";
import { textOf } from "./cell.ts";
import type { Dialect, Statement } from "./dialect.ts";
import { dialectFor } from "./dialect-for.ts";
import { ServerFault } from "./driver-error.ts";
import { probeBriefly } from "./probe-briefly.ts";
import type { Servers } from "./servers.ts";
import type { Session } from "./session.ts";

/**
 * A session in which one attempt of one step checks and acts.
 *
 * Invariants (reliability.md, "durable into double"):
 * 1. it never reconnects;
 * 2. it holds the server's operation lock, and whoever takes that lock ends the session of an older attempt first;
 * 3. after it holds the lock, and before each write, it asks whether its epoch and attempt are still the newest.
 */
export interface StepSession {
	readonly server: InstanceName;
	readonly dialect: Dialect;
	readonly session: Session;
	/** The server as it is now, read in this session: positions, replication and read-only, see {@link probeBriefly}. */
	look(): Promise<Instance>;
	read(statement: Statement | string, deadlineMs?: number): Promise<Row[]>;
	/** A second session to the same server under the same guard, for what must happen while a statement is pending. The caller closes it. */
	beside(): Promise<StepSession>;
	/** Sends a statement that changes the server. @throws BatonError Superseded when this attempt may no longer act. */
	write(statement: Statement | string, deadlineMs?: number): Promise<void>;
}

export interface StepGuard {
	/** Whether this epoch and attempt are the newest that asked. */
	readonly isCurrent: () => Promise<boolean>;
	/** Aborted when the step was cancelled or its heartbeat lost. */
	readonly signal?: AbortSignal;
}

const LOCK = "baton.operation";

const guarded = async (
	guard: StepGuard,
	server: InstanceName,
): Promise<void> => {
	if (guard.signal?.aborted === true || !(await guard.isCurrent()))
		throw new BatonError(
			"Superseded",
			`a newer attempt or operation has taken over the work on ${server}: this one stops without touching it`,
		);
};

/** The lock is per server. An older session that still holds it is ended: whatever it was about to send fails. */
const takeLock = async (session: Session): Promise<Dialect> => {
	for (let round = 0; round < 5; round++) {
		const [row] = await session.query(
			"SELECT GET_LOCK(?, ?) AS got, IS_USED_LOCK(?) AS holder, @@version AS version",
			[LOCK, round === 0 ? 0 : 1, LOCK],
		);
		if (Number(row?.["got"]) === 1)
			return dialectFor(textOf(row ?? {}, "version"));
		const holder = Number(row?.["holder"] ?? 0);
		if (holder > 0)
			// 1094: it ended by itself in between.
			await session.query(`KILL ${holder}`).catch((error: unknown) => {
				if (!(error instanceof ServerFault && error.errno === 1094))
					throw error;
			});
	}
	throw new ServerFault(
		"refused-by-server",
		"another session holds the operation lock and does not end",
	);
};

const asStatement = (statement: Statement | string): Statement =>
	typeof statement === "string" ? { sql: statement, values: [] } : statement;

/**
 * Opens the session, takes the lock, checks that this attempt is current, and does the work. The session ends with it.
 * @param limits connectMs: deadline of connection and handshake; queryMs: default deadline of a statement
 * @throws BatonError Superseded; ServerFault
 */
export const withStepSession = async <T>(
	servers: Servers,
	server: InstanceName,
	guard: StepGuard,
	limits: { readonly connectMs: number; readonly queryMs: number },
	work: (step: StepSession) => Promise<T>,
): Promise<T> => {
	await guarded(guard, server);
	const session = await servers.open(server, "step", limits);
	try {
		const dialect = await takeLock(session);
		await guarded(guard, server);
		return await work(
			stepOver(session, dialect, guard, () =>
				servers.open(server, "step", limits),
			),
		);
	} finally {
		session.close();
	}
};

const stepOver = (
	session: Session,
	dialect: Dialect,
	guard: StepGuard,
	another: () => Promise<Session>,
): StepSession => ({
	server: session.server,
	session,
	dialect,
	look: () => probeBriefly(session, dialect, { nowMs: Date.now }),
	read: (statement, deadlineMs) => {
		const { sql, values } = asStatement(statement);
		return session.query(sql, values, deadlineMs);
	},
	beside: async () => stepOver(await another(), dialect, guard, another),
	write: async (statement, deadlineMs) => {
		await guarded(guard, session.server);
		const { sql, values } = asStatement(statement);
		await session.query(sql, values, deadlineMs);
	},
});
