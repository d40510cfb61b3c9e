import type { Row } from "../answer.ts";
import { textOf } from "../cell.ts";
import type { ServerFault } from "../driver-error.ts";
import type { StepSession } from "../step-session.ts";

/** Sessions that are no client's: of the server itself, of replication, and of Baton's own account. */
const SYSTEM_USERS = ["system user", "event_scheduler", "unauthenticated user"];
const SYSTEM_COMMANDS = [
	"Daemon",
	"Killed",
	"Connect",
	"Slave_SQL",
	"Slave_IO",
];

/** Ended by itself in the meantime. */
const NO_SUCH_SESSION = 1094;

export interface EndedClients {
	readonly ended: number;
	/** Why some could not be ended, each with its own words; such as accounts with SYSTEM_USER. */
	readonly refusals: readonly ServerFault[];
}

/** What finding the clients takes of a session. */
interface Looking {
	readonly dialect: Pick<StepSession["dialect"], "processesQuery">;
	read(sql: string): Promise<Row[]>;
}

/** Those of the rows (with a `user`, and a `command` where there is one) that are about clients. */
export const clientsAmong = async (
	{ read }: Pick<Looking, "read">,
	query: string,
): Promise<Row[]> => {
	const rows = await read(query);
	if (rows.length === 0) return [];
	const [own] = await read("SELECT CURRENT_USER() AS user");
	const ownUser = textOf(own ?? {}, "user").split("@")[0] ?? "";
	return rows.filter((row) => {
		const command = textOf(row, "command");
		return (
			![...SYSTEM_USERS, ownUser].includes(textOf(row, "user")) &&
			!command.startsWith("Binlog Dump") &&
			!SYSTEM_COMMANDS.includes(command)
		);
	});
};

export const clientsOf = async (session: Looking): Promise<number[]> =>
	(await clientsAmong(session, session.dialect.processesQuery)).map((row) =>
		Number(row["id"]),
	);

/** Ends the client sessions of a server. It counts for no change: they may connect again. */
export const endClients = async (
	session: StepSession,
	takesBack = false,
): Promise<EndedClients> => {
	const ids = await clientsOf(session);
	const refusals = await session.writeAll(
		ids.map((id) => `KILL ${id}`),
		{ isFleeting: true, ...(takesBack ? { takesBack } : {}) },
	);
	const real = refusals.filter(({ errno }) => errno !== NO_SUCH_SESSION);
	return { ended: ids.length - real.length, refusals: real };
};
