// Puts faults between a manager and its servers: every statement of a step's session passes here.

import type { Row, Value } from "../../../src/mysql/answer.ts";
import { ServerFault } from "../../../src/mysql/driver-error.ts";
import type { Servers } from "../../../src/mysql/servers.ts";
import type { Session } from "../../../src/mysql/session.ts";
import { createNaming, type Statement } from "./statements.ts";

/** What becomes of a statement. */
export interface Trap {
	/** It has not been sent yet. @throws ServerFault in place of an answer, and it is not sent */
	before(statement: Statement, session: Session): Promise<void>;
	/** The server has answered, and the manager has not seen it. @throws ServerFault in place of the answer */
	answered(statement: Statement, session: Session): Promise<void>;
}

/** A manager that may die at any moment: what it is waiting for then never comes. */
export interface Life {
	readonly isOver: boolean;
	/** Settles when the life is over. */
	readonly over: Promise<void>;
	end(): void;
	/** Work whose outcome the living see only. */
	during<T>(work: () => Promise<T>): Promise<T>;
}

const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

export const createLife = (): Life => {
	let isOver = false;
	let tell = (): void => undefined;
	const over = new Promise<void>((resolve) => {
		tell = resolve;
	});
	const life: Life = {
		get isOver() {
			return isOver;
		},
		over,
		end: () => {
			isOver = true;
			tell();
		},
		during: async (work) => {
			if (isOver) return never();
			try {
				const result = await work();
				return isOver ? never() : result;
			} catch (error) {
				return isOver ? never() : Promise.reject(error);
			}
		},
	};
	return life;
};

interface TapOptions {
	readonly servers: Servers;
	readonly aliasOf: (server: string) => string;
	readonly life: Life;
	readonly trap: Trap;
	readonly onStatement?: (statement: Statement) => void;
}

const STEP = "step";

/** The port to the servers as one manager has it. */
export const tapped = ({
	servers,
	aliasOf,
	life,
	trap,
	onStatement,
}: TapOptions): Servers => {
	const nameOf = createNaming();
	const through = async (
		session: Session,
		sql: string,
		values: readonly Value[],
		deadlineMs?: number,
	): Promise<Row[]> => {
		const statement = nameOf(aliasOf(session.server), sql, values);
		onStatement?.(statement);
		await trap.before(statement, session);
		const rows = await life.during(() =>
			session.query(sql, values, deadlineMs),
		);
		await trap.answered(statement, session);
		return rows;
	};
	const watched = (session: Session): Session => {
		void life.over.then(() =>
			session.giveUp(new ServerFault("lost", "the manager is gone")),
		);
		return {
			server: session.server,
			threadId: session.threadId,
			maxScaleVersion: session.maxScaleVersion,
			get isOpen() {
				return session.isOpen;
			},
			get isRetired() {
				return session.isRetired;
			},
			retire: () => session.retire(),
			query: (sql, values = [], deadlineMs) =>
				life.during(() => through(session, sql, values, deadlineMs)),
			queryAll: (statements, deadlineMs) =>
				life.during(() => session.queryAll(statements, deadlineMs)),
			ping: (deadlineMs) => life.during(() => session.ping(deadlineMs)),
			renew: () => life.during(() => session.renew()),
			giveUp: (fault) => session.giveUp(fault),
			onLost: (listener) =>
				session.onLost((fault) => {
					if (!life.isOver) listener(fault);
				}),
			close: () => session.close(),
		};
	};
	return {
		open: (name, role, limits) =>
			life.during(async () => {
				const session = await servers.open(name, role, limits);
				return role === STEP ? watched(session) : session;
			}),
		refusesLogin: (...of) => life.during(() => servers.refusesLogin(...of)),
		probe: (session) => life.during(() => servers.probe(session)),
		look: (name, previous, connectMs) =>
			life.during(() => servers.look(name, previous, connectMs)),
	};
};

/** A room of the store, or all of it, as one manager has it: the dead write and read nothing. */
export const mortal = <T extends object>(target: T, life: Life): T =>
	new Proxy(target, {
		get: (of, name) => {
			const value: unknown = Reflect.get(of, name);
			if (typeof value === "function")
				return (...args: unknown[]) =>
					life.during(() =>
						(value as (...all: unknown[]) => Promise<unknown>).apply(of, args),
					);
			return typeof value === "object" && value !== null
				? mortal(value, life)
				: value;
		},
	});
