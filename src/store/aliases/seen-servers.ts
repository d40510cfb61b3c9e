/** What tells known servers from one another, as they were seen last. */
import type { SeenServer } from "../../topology/doubles.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries } from "../driver.ts";
import { numberCell, textCell, timeCell } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";

const marks = (queries: Queries) =>
	queries
		.selectFrom("database_instance")
		.select([
			"hostname",
			"port",
			"server_uuid",
			"server_id",
			"version",
			"uptime",
			"last_seen",
		]);

const seenIn = (
	rows: Awaited<ReturnType<ReturnType<typeof marks>["execute"]>>,
): SeenServer[] =>
	rows.flatMap((row) => {
		const name = nameOf(row.hostname, row.port);
		const seenAtMs = timeCell(row.last_seen);
		return name === undefined || seenAtMs === 0
			? []
			: {
					name,
					serverUuid: textCell(row.server_uuid),
					serverId: numberCell(row.server_id),
					version: textCell(row.version),
					startedAtS: seenAtMs / 1000 - numberCell(row.uptime),
				};
	});

/** Known servers that were seen; only those that look like the given one, where there is one. */
export const seenServers = async (
	queries: Queries,
	like: Pick<SeenServer, "serverUuid" | "serverId">,
): Promise<SeenServer[]> => {
	const all = marks(queries);
	return seenIn(
		await (like.serverUuid === ""
			? all.where("server_id", "=", like.serverId)
			: all.where("server_uuid", "=", like.serverUuid)
		).execute(),
	);
};

/** Seen servers that share their UUID, or their id where they have none. */
export const alikeServers = async (queries: Queries): Promise<SeenServer[]> => {
	const uuids = queries
		.selectFrom("database_instance")
		.select("server_uuid")
		.where("server_uuid", "!=", "")
		.groupBy("server_uuid")
		.having((eb) => eb(eb.fn.countAll(), ">", 1));
	const ids = queries
		.selectFrom("database_instance")
		.select("server_id")
		.where("server_uuid", "=", "")
		.groupBy("server_id")
		.having((eb) => eb(eb.fn.countAll(), ">", 1));
	return seenIn(
		await marks(queries)
			.where((eb) =>
				eb.or([
					eb("server_uuid", "in", uuids),
					eb.and([eb("server_uuid", "=", ""), eb("server_id", "in", ids)]),
				]),
			)
			.orderBy("hostname")
			.orderBy("port")
			.execute(),
	);
};

/** How many name it as their source. */
export const followersOf = async (
	queries: Queries,
	name: InstanceName,
): Promise<number> => {
	const { host, port } = splitName(name);
	const rows = await queries
		.selectFrom("database_instance")
		.select("hostname")
		.where("master_host", "=", host)
		.where("master_port", "=", port)
		.execute();
	return rows.length;
};
