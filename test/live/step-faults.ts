// Faults that are put between the statements of a step, see StepOptions.through.

import type { Statement } from "../../src/mysql/dialect.ts";
import type { StepSession } from "../../src/mysql/step-session.ts";
import type { LabServer } from "../lab/server.ts";

type Through = (session: StepSession) => StepSession;

export const sqlOf = (statement: Statement | string): string =>
	typeof statement === "string" ? statement : statement.sql;

interface Hooks {
	readonly before?: (sql: string, session: StepSession) => Promise<void>;
	readonly sent?: (sql: string, session: StepSession) => Promise<void>;
	readonly after?: (sql: string, session: StepSession) => Promise<void>;
}

/** Does something before the writes of sessions to one server, while they are pending, or after they were answered. */
export const atWrites =
	(server: LabServer, hooks: Hooks): Through =>
	(session) =>
		session.server !== server.name
			? session
			: {
					...session,
					beside: async () => atWrites(server, hooks)(await session.beside()),
					write: async (statement, options) => {
						const sql = sqlOf(statement);
						await hooks.before?.(sql, session);
						const answer = session.write(statement, options);
						// Awaited below, after the hook.
						answer.catch(() => undefined);
						await hooks.sent?.(sql, session);
						await answer;
						await hooks.after?.(sql, session);
					},
				};

const kill = (server: LabServer, { session }: StepSession): Promise<void> =>
	server.query(`KILL ${session.threadId}`).then(
		() => undefined,
		() => {
			// It has ended by itself.
		},
	);

/** The server ends the session once, right after a statement was sent that looks so, and `told` hears of it. */
export const killedAfter = (
	at: RegExp,
	server: LabServer,
	told: () => void = () => undefined,
): Through => {
	let isDone = false;
	return atWrites(server, {
		sent: async (sql, session) => {
			if (isDone || !at.test(sql)) return;
			isDone = true;
			await kill(server, session);
			told();
		},
	});
};

/** Ends all sessions of Baton's account with the server, and lets that be noticed. */
export const killSessions = async (server: LabServer): Promise<void> => {
	const rows = await server.query(
		"SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = 'orchestrator'",
	);
	for (const { id } of rows)
		await server.query(`KILL ${id}`).catch(() => {
			// It has ended by itself.
		});
	await new Promise((resolve) => setTimeout(resolve, 50));
};

/** The server ends the session once, before such a statement is sent. */
export const killedBefore = (at: RegExp, server: LabServer): Through => {
	let isDone = false;
	return atWrites(server, {
		before: async (sql, session) => {
			if (isDone || !at.test(sql)) return;
			isDone = true;
			await kill(server, session);
		},
	});
};

/** Called when a session to the server reaches the part. */
export const atPart =
	(server: LabServer, part: string, work: () => void): Through =>
	(session) =>
		session.server !== server.name
			? session
			: {
					...session,
					part: (name) => {
						session.part(name);
						if (name === part) work();
					},
				};

/** Writes down what is sent to the server that changes it. */
export const listening = (server: LabServer, heard: string[]): Through =>
	atWrites(server, {
		before: async (sql) => {
			heard.push(sql);
		},
	});
