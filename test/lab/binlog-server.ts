// A stand-in for a binlog server: the binlog router of MaxScale up to 2.4, which real replicas replicate from by file and position.
//
// It lets logins, and all that a replica says, through to its source, and the events back. Of anybody else it answers each statement
// itself, as that router does: few of them, known by their first words, and the rest refused. While its replication is stopped it hands
// on nothing that is newer than the place that it had reached.
//
// It is less than a MaxScale: it keeps no logs, so that it serves nobody while its source is down, and is never behind a source that it
// replicates from; a change of its source ends the connections of its replicas, which come back; it has no accounts, no RESET SLAVE, no
// TLS and no settings of its own, and cannot be given a new first log.

import { once } from "node:events";
import {
	type AddressInfo,
	connect,
	createServer,
	type Server,
	type Socket,
} from "node:net";
import { compareCoordinates } from "../../src/topology/coordinates.ts";
import type { Coordinates } from "../../src/topology/instance.ts";
import {
	type InstanceName,
	instanceName,
} from "../../src/topology/instance-name.ts";
import { ACCOUNTS } from "./accounts.ts";
import {
	errorPacket,
	okPacket,
	type Packet,
	packet,
	packets,
	type Result,
	resultPackets,
} from "./packets.ts";
import { logEnd } from "./replication.ts";
import type { LabServer } from "./server.ts";

export interface BinlogServer {
	readonly name: InstanceName;
	readonly host: string;
	readonly port: number;
	/** The name of its source. */
	source(): InstanceName;
	isRunning(): boolean;
	/** What it has of its source's logs. */
	reached(): Promise<Coordinates>;
	/** What it refused of what was said to it, in order. */
	readonly refused: readonly string[];
	/** Its process ends: connections too, and new ones are refused. */
	die(): Promise<void>;
	/** It is there again, as it was. */
	revive(): Promise<void>;
}

export interface BinlogServers {
	readonly all: readonly BinlogServer[];
	stop(): Promise<void>;
}

/** What its logs are those of. */
interface Source {
	readonly name: InstanceName;
	readonly host: string;
	readonly port: number;
	reached(): Promise<Coordinates>;
	/** Of the server that writes the logs. */
	readonly origin: () => LabServer;
}

const sourceOn = (server: LabServer): Source => ({
	name: server.name,
	host: server.host,
	port: server.port,
	reached: () => logEnd(server),
	origin: () => server,
});

const VERSION = "2.1.17";

/**
 * What the two sides could agree on, and a binlog router knows nothing of: compression, TLS, results without EOF, attributes of queries.
 * What is MariaDB's own, such as more about columns, stands in four bytes that are nobody's otherwise.
 */
const BEYOND = {
	low: (1 << 5) | (1 << 11),
	high: (1 << (24 - 16)) | (1 << (26 - 16)) | (1 << (27 - 16)),
};

const without = (payload: Buffer, at: number, flags: number): void => {
	payload.writeUInt16LE(payload.readUInt16LE(at) & ~flags, at);
};

const COMMAND = {
	quit: 0x01,
	query: 0x03,
	ping: 0x0e,
	dump: 0x12,
	register: 0x15,
} as const;

const ROTATE = 4;

/** A replica as it registered. */
interface Registered {
	readonly serverId: number;
	readonly host: string;
	readonly port: number;
}

interface Link {
	readonly client: Socket;
	readonly upstream: Socket;
	user: string;
	registered?: Registered;
	/** It stands for all of them at the source: a binlog server is one replica there. */
	isRegisteredAbove?: true;
	/** The file whose events are sent. */
	file?: string;
	/** Events that are newer than what has been reached, and all behind them. */
	readonly held: Packet[];
}

/** Takes from a greeting what the stand-in does not speak. */
const plainGreeting = ({ sequence, payload }: Packet): Buffer => {
	const greeting = Buffer.from(payload);
	// An error: nobody is let in.
	if (greeting[0] !== 10) return packet(sequence, greeting);
	const low = greeting.indexOf(0, 1) + 1 + 4 + 8 + 1;
	const high = low + 2 + 1 + 2;
	without(greeting, low, BEYOND.low);
	without(greeting, high, BEYOND.high);
	greeting.fill(0, high + 9, high + 13);
	return packet(sequence, greeting);
};

/** A client may claim more than it was offered, and its server would take it at its word. */
const plainLogin = ({ sequence, payload }: Packet): Buffer => {
	const login = Buffer.from(payload);
	without(login, 0, BEYOND.low);
	without(login, 2, BEYOND.high);
	login.fill(0, 28, 32);
	return packet(sequence, login);
};

/** Of the client's answer to the greeting. */
const userIn = (payload: Buffer): string =>
	payload.toString("latin1", 32, payload.indexOf(0, 32));

const registeredIn = (payload: Buffer): Registered => {
	let at = 5;
	const text = (): string => {
		const end = at + 1 + (payload[at] ?? 0);
		const found = payload.toString("latin1", at + 1, end);
		at = end;
		return found;
	};
	const [host = ""] = [text(), text(), text()];
	return {
		serverId: payload.readUInt32LE(1),
		host,
		port: payload.readUInt16LE(at),
	};
};

/** As a binlog router registers: it does not say where it listens. */
const registration = (serverId: number, port: number): Buffer => {
	const payload = Buffer.alloc(18);
	payload[0] = COMMAND.register;
	payload.writeUInt32LE(serverId, 1);
	payload.writeUInt16LE(port, 8);
	return packet(0, payload);
};

const STATUS_COLUMNS = [
	...["Slave_IO_State", "Master_Host", "Master_User", "Master_Port"],
	...["Connect_Retry", "Master_Log_File", "Read_Master_Log_Pos"],
	...["Relay_Log_File", "Relay_Log_Pos", "Relay_Master_Log_File"],
	...["Slave_IO_Running", "Slave_SQL_Running", "Replicate_Do_DB"],
	...["Last_Errno", "Last_Error", "Exec_Master_Log_Pos", "Until_Condition"],
	...["Master_SSL_Allowed", "Seconds_Behind_Master", "Last_IO_Errno"],
	...["Last_IO_Error", "Last_SQL_Errno", "Last_SQL_Error"],
	...["Master_Server_Id", "Master_UUID", "SQL_Delay", "SQL_Remaining_Delay"],
	...["Retrieved_Gtid_Set", "Executed_Gtid_Set", "Auto_Position"],
];

/** Its answers and its state, without its connections. */
function createRouter(
	first: Source,
	find: (name: InstanceName) => Source | undefined,
	ports: {
		readonly replicas: () => readonly Registered[];
		/** The source is another one. */
		readonly onMoved: () => void;
		/** It replicates again, or knows how far it has come. */
		readonly onReached: () => void;
	},
) {
	let source = first;
	let isRunning = true;
	/** Where it stopped; undefined while that is being found out. */
	let stoppedAt: Coordinates | undefined;
	const refused: string[] = [];

	const reached = async (): Promise<Coordinates> =>
		isRunning || stoppedAt === undefined ? source.reached() : stoppedAt;
	const one = (column: string, value: string): Buffer =>
		resultPackets({ columns: [column], rows: [[value]] });
	const variable = (name: string, value: string): Buffer =>
		resultPackets({
			columns: ["Variable_name", "Value"],
			rows: [[name, value]],
		});
	const error = errorPacket;
	const refuse = (sql: string): Buffer => {
		refused.push(sql);
		return error(
			1064,
			"42000",
			"You have an error in your SQL syntax; Check the syntax the MaxScale binlog router accepts.",
		);
	};

	const status = async (): Promise<Result> => {
		const { file, position } = await reached();
		const runs = isRunning ? "Yes" : "No";
		const told: Readonly<Record<string, string | null>> = {
			Slave_IO_State: isRunning ? "Binlog Dump" : "Slave stopped",
			Master_Host: source.host,
			Master_User: ACCOUNTS.repl.user,
			Master_Port: String(source.port),
			Connect_Retry: "60",
			Master_Log_File: file,
			Read_Master_Log_Pos: String(position),
			Relay_Log_File: file,
			Relay_Log_Pos: String(position),
			Relay_Master_Log_File: file,
			Slave_IO_Running: runs,
			Slave_SQL_Running: runs,
			Last_Errno: "0",
			Exec_Master_Log_Pos: String(position),
			Until_Condition: "None",
			Master_SSL_Allowed: "No",
			Seconds_Behind_Master: "0",
			Last_IO_Errno: "0",
			Last_SQL_Errno: "0",
			Master_Server_Id: String(source.origin().serverId),
			SQL_Delay: "0",
			SQL_Remaining_Delay: null,
		};
		return {
			columns: STATUS_COLUMNS,
			rows: [
				STATUS_COLUMNS.map((name) => {
					const value = told[name];
					return value === undefined ? "" : value;
				}),
			],
		};
	};
	const masterStatus = async (): Promise<Result> => {
		const { file, position } = await reached();
		return {
			columns: [
				...["File", "Position", "Binlog_Do_DB"],
				...["Binlog_Ignore_DB", "Execute_Gtid_Set"],
			],
			rows: [[file, String(position), "", "", ""]],
		};
	};
	const hosts = (): Result => ({
		columns: ["Server_id", "Host", "Port", "Master_id", "Slave_UUID"],
		rows: ports
			.replicas()
			.map(({ serverId, host, port }) => [
				String(serverId),
				host,
				String(port),
				String(source.origin().serverId),
				"",
			]),
	});
	/** That of its primary, unless it is configured: nothing tells one binlog server from another. */
	const uuid = async (): Promise<string> => {
		const origin = source.origin();
		if (origin.flavor !== "mysql") return "";
		const [row] = await origin.query("SELECT @@global.server_uuid AS uuid");
		return String(row?.uuid);
	};

	const select = async (what: string, sql: string): Promise<Buffer> => {
		switch (what.toLowerCase()) {
			case "1":
				return one("1", "1");
			case "unix_timestamp()":
				return one(what, String(Math.round(Date.now() / 1000)));
			case "@@server_id":
			case "@@global.server_id":
				return one(what, String(source.origin().serverId));
			case "@@server_uuid":
			case "@@global.server_uuid":
				return one(what, await uuid());
			case "@@maxscale_version":
				return one("MAXSCALE_VERSION", VERSION);
			case "@@version": {
				const [row] = await source.origin().query("SELECT @@version AS v");
				return one(what, String(row?.v));
			}
			default:
				return refuse(sql);
		}
	};
	const variables = async (like: string): Promise<Buffer> => {
		switch (like.toLowerCase()) {
			case "'maxscale%'":
				return variable("MAXSCALE_VERSION", VERSION);
			case "'server_id'":
				return variable("server_id", String(source.origin().serverId));
			case "'server_uuid'":
				return variable("server_uuid", await uuid());
			default:
				// No rows, and no result set either.
				return okPacket();
		}
	};
	const show = async (
		[what = "", ...rest]: readonly string[],
		sql: string,
	): Promise<Buffer> => {
		const [next = "", after = ""] = rest;
		switch (what.toUpperCase()) {
			case "GLOBAL":
				return show(rest, sql);
			case "WARNINGS":
				return okPacket();
			case "VARIABLES":
				return next.toUpperCase() === "LIKE" ? variables(after) : refuse(sql);
			case "MASTER":
				return next.toUpperCase() === "STATUS"
					? resultPackets(await masterStatus())
					: refuse(sql);
			case "SLAVE":
				if (next.toUpperCase() === "STATUS")
					return resultPackets(await status());
				return next.toUpperCase() === "HOSTS"
					? resultPackets(hosts())
					: refuse(sql);
			default:
				return refuse(sql);
		}
	};

	const stop = async (): Promise<Buffer> => {
		if (!isRunning) return okPacket(1);
		isRunning = false;
		stoppedAt = undefined;
		stoppedAt = await source.reached();
		ports.onReached();
		return okPacket();
	};
	const start = (): Buffer => {
		if (isRunning) return okPacket(1);
		isRunning = true;
		ports.onReached();
		return okPacket();
	};
	const change = async (sql: string): Promise<Buffer> => {
		if (isRunning)
			return error(
				1198,
				"HY000",
				"Cannot change master with a running slave; run STOP SLAVE first",
			);
		const given = (name: string): string | undefined =>
			new RegExp(`MASTER_${name}\\s*=\\s*'?([^',\\s]+)`, "i").exec(sql)?.[1];
		const at = await reached();
		const file = given("LOG_FILE") ?? at.file;
		const position = Number(given("LOG_POS") ?? at.position);
		if (file !== at.file || position !== at.position)
			return error(
				1234,
				"42000",
				`Can not set MASTER_LOG_POS to ${position}: Permitted binlog pos is ${at.position}. Current master_log_file=${at.file}, master_log_pos=${at.position}`,
			);
		const name = instanceName(
			given("HOST") ?? source.host,
			Number(given("PORT") ?? source.port),
		);
		const found = find(name);
		if (found === undefined)
			throw new Error(`the stand-in has no server ${name} to hand on from`);
		source = found;
		ports.onMoved();
		return okPacket();
	};

	return {
		refused,
		reached,
		source: () => source,
		isRunning: () => isRunning,
		/** Whether that place is behind what it has. */
		isBeyond: (place: Coordinates): boolean =>
			!isRunning &&
			(stoppedAt === undefined || compareCoordinates(place, stoppedAt) > 0),
		/** By the first words, whatever follows them. */
		answer: async (sql: string): Promise<Buffer> => {
			const [verb = "", ...rest] = sql.split(/[ \t,=]+/);
			const [what = ""] = rest;
			const isOf = (word: string) => what.toUpperCase() === word;
			switch (verb.toUpperCase()) {
				case "SELECT":
					return select(what, sql);
				case "SHOW":
					return show(rest, sql);
				case "SET":
					return isOf("NAMES") || isOf("AUTOCOMMIT") ? okPacket() : refuse(sql);
				case "STOP":
					return isOf("SLAVE") ? stop() : refuse(sql);
				case "START":
					return isOf("SLAVE") ? start() : refuse(sql);
				case "CHANGE":
					return isOf("MASTER") ? change(sql) : refuse(sql);
				default:
					return refuse(sql);
			}
		},
	};
}

async function startOne(
	first: Source,
	serverId: number,
	find: (name: InstanceName) => Source | undefined,
): Promise<{ readonly server: BinlogServer; readonly as: Source }> {
	const links = new Set<Link>();
	const router = createRouter(first, find, {
		replicas: () => [...links].flatMap(({ registered }) => registered ?? []),
		onMoved: () => {
			for (const link of links) if (link.registered !== undefined) end(link);
		},
		onReached: () => {
			for (const link of links) {
				const held = link.held.splice(0);
				for (const each of held) handOn(link, each);
			}
		},
	});

	const end = (link: Link): void => {
		links.delete(link);
		link.client.destroy();
		link.upstream.destroy();
	};

	/** An event of the source's logs; an artificial one has no place. */
	const handOn = (link: Link, event: Packet): void => {
		const { payload } = event;
		const { file } = link;
		if (file !== undefined && payload[0] === 0 && payload.length > 20) {
			const position = payload.readUInt32LE(14);
			const isNewer = position > 0 && router.isBeyond({ file, position });
			if (isNewer || link.held.length > 0) {
				link.held.push(event);
				return;
			}
			if (payload[5] === ROTATE)
				link.file =
					/^.*?\.\d{6}/.exec(payload.toString("latin1", 28))?.[0] ?? file;
		}
		link.client.write(event.raw);
	};

	/** What a replica says goes through, but who it is: the source has one replica here. */
	const ofReplica = (link: Link, { payload, raw }: Packet): void => {
		if (payload[0] === COMMAND.dump) link.file = payload.toString("latin1", 11);
		if (payload[0] !== COMMAND.register) {
			link.upstream.write(raw);
			return;
		}
		link.registered = registeredIn(payload);
		if ([...links].some((each) => each.isRegisteredAbove === true)) {
			link.client.write(okPacket());
			return;
		}
		link.isRegisteredAbove = true;
		link.upstream.write(registration(serverId, port));
	};

	const ofOther = async (link: Link, { payload }: Packet): Promise<void> => {
		switch (payload[0]) {
			case COMMAND.quit:
				return end(link);
			case COMMAND.ping:
				link.client.write(okPacket());
				return;
			case COMMAND.query:
				link.client.write(await router.answer(payload.toString("utf8", 1)));
				return;
			default:
				link.client.write(await router.answer(`command ${payload[0]}`));
		}
	};

	const accept = (client: Socket): void => {
		const { host, port } = router.source();
		const upstream = connect({ host, port });
		const link: Link = { client, upstream, user: "", held: [] };
		links.add(link);
		const [said, answered] = [packets(), packets()];
		let isGreeted = false;
		client.on("data", (chunk: Buffer) => {
			for (const each of said(chunk)) {
				if (each.sequence === 1) {
					link.user = userIn(each.payload);
					upstream.write(plainLogin(each));
				} else if (each.sequence > 1) upstream.write(each.raw);
				else if (link.user === ACCOUNTS.repl.user) ofReplica(link, each);
				// What it cannot answer it does not leave open.
				else ofOther(link, each).catch(() => end(link));
			}
		});
		upstream.on("data", (chunk: Buffer) => {
			for (const each of answered(chunk)) {
				if (isGreeted) handOn(link, each);
				else client.write(plainGreeting(each));
				isGreeted = true;
			}
		});
		for (const socket of [client, upstream]) {
			socket.setNoDelay();
			socket.on("error", () => {
				// The other side is told by the end of its own connection.
			});
			socket.on("close", () => end(link));
		}
	};

	const listen = async (at: number): Promise<Server> => {
		const listening = createServer(accept).listen(at, first.host);
		await once(listening, "listening");
		return listening;
	};
	let listener: Server | undefined = await listen(0);
	const { port } = listener.address() as AddressInfo;
	const { host } = first;
	const name = instanceName(host, port);
	return {
		server: {
			...{ name, host, port },
			refused: router.refused,
			source: () => router.source().name,
			isRunning: router.isRunning,
			reached: router.reached,
			die: async () => {
				const closing = listener;
				listener = undefined;
				if (closing === undefined) return;
				closing.close();
				for (const link of links) end(link);
				await once(closing, "close");
			},
			revive: async () => {
				listener ??= await listen(port);
			},
		},
		as: {
			...{ name, host, port },
			reached: router.reached,
			origin: () => router.source().origin(),
		},
	};
}

/**
 * Binlog servers of one source, which know each other and the servers of the lab.
 * @param among what they may be pointed to besides each other
 */
export async function startBinlogServers(
	source: LabServer,
	count: number,
	among: readonly LabServer[] = [source],
): Promise<BinlogServers> {
	const known = new Map(among.map((each) => [each.name, sourceOn(each)]));
	const all: BinlogServer[] = [];
	for (let nth = 1; nth <= count; nth++) {
		const { server, as } = await startOne(
			sourceOn(source),
			// Above those of a lab.
			9_000 + nth,
			(name) => known.get(name),
		);
		all.push(server);
		known.set(as.name, as);
	}
	return {
		all,
		stop: async () => {
			for (const each of all) await each.die();
		},
	};
}
