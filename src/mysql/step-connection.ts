import type { InstanceName } from "../topology/instance-name.ts";
import { areOfTwo, type ServerMark } from "../topology/server-mark.ts";
import type { Row } from "./answer.ts";
import { countOf, textOf } from "./cell.ts";
import type { Dialect } from "./dialect.ts";
import { dialectFor } from "./dialect-for.ts";
import { maxscale } from "./dialects/maxscale/dialect.ts";
import { ServerFault, serverFault } from "./driver-error.ts";
import type { Servers } from "./servers.ts";
import type { Session } from "./session.ts";
import type { Standby } from "./standby.ts";

export interface StepLimits {
	/** Deadline of connection and handshake. */
	readonly connectMs: number;
	/** Default deadline of a statement. */
	readonly queryMs: number;
}

/** Of the server, held by whoever changes it. */
export const OPERATION_LOCK = "baton.operation";

/** MariaDB has no UUID: it reads over comments of these versions. */
const TAKE_LOCK = `SELECT GET_LOCK(?, ?) AS got, IS_USED_LOCK(?) AS holder, @@version AS version,
 @@global.server_id AS server_id /*!50700 , @@global.server_uuid AS server_uuid */`;

/** Whatever was decided of the server that was there is not done to another one that has its address now. @throws ServerFault */
export const ensureMeant = (
	{ server }: Session,
	row: Row,
	{ uuid, serverId }: ServerMark,
): void => {
	const now = {
		uuid: textOf(row, "server_uuid"),
		serverId: countOf(row, "server_id"),
		gtid: "",
	};
	const meant = { uuid: now.uuid === "" ? "" : uuid, serverId, gtid: "" };
	if (areOfTwo(meant, now))
		throw new ServerFault(
			"refused-by-server",
			`another server answers at ${server} than the one that was looked at: nothing is done to it`,
		);
};

/** It has no locks: of two attempts the older one ends when it asks, before each of its writes, whether it is the newest. */
const takeBinlogServer = async (
	session: Session,
	withinMs: number,
	meant: ServerMark,
): Promise<Dialect> => {
	const [row] = await session.query(maxscale.identityQuery, [], withinMs);
	const [id = null] = Object.values(row ?? {});
	ensureMeant(session, { server_id: id }, meant);
	return maxscale;
};

/**
 * The lock is per server. An older session that still holds it is ended: whatever it was about to send fails.
 * @param meant which server it must be
 */
export const takeLock = async (
	session: Session,
	firstWithinMs: number,
	meant: ServerMark,
): Promise<Dialect> => {
	if (session.maxScaleVersion !== "")
		return takeBinlogServer(session, firstWithinMs, meant);
	for (let round = 0; round < 5; round++) {
		const [row] = await session.query(
			TAKE_LOCK,
			[OPERATION_LOCK, round === 0 ? 0 : 1, OPERATION_LOCK],
			round === 0 ? firstWithinMs : undefined,
		);
		ensureMeant(session, row ?? {}, meant);
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

/** For a session that only looks. */
export const readVersion = async (
	session: Session,
	withinMs: number,
): Promise<Dialect> => {
	if (session.maxScaleVersion !== "") return maxscale;
	const [row] = await session.query(
		"SELECT @@version AS version",
		[],
		withinMs,
	);
	return dialectFor(textOf(row ?? {}, "version"));
};

export interface Opened {
	readonly session: Session;
	readonly dialect: Dialect;
}

/**
 * A session with its first words said. One that stood by may have died unnoticed: it gets half the time, and then a fresh one is
 * opened, once.
 * @param greet what is said first
 */
export const openFor = async (
	servers: Servers,
	server: InstanceName,
	limits: StepLimits,
	standby: Standby | undefined,
	greet: (session: Session, withinMs: number) => Promise<Dialect>,
): Promise<Opened> => {
	const kept = standby?.take(server);
	if (kept !== undefined)
		try {
			const dialect = await greet(kept, Math.ceil(limits.connectMs / 2));
			return { session: kept, dialect };
		} catch (error) {
			standby?.giveBack(server, kept, false);
			if (serverFault(error).outcome === "refused-by-server") throw error;
		}
	const session = await servers.open(server, "step", limits);
	try {
		return { session, dialect: await greet(session, limits.queryMs) };
	} catch (error) {
		session.close();
		throw error;
	}
};
