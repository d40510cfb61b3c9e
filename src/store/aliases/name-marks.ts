/** Which server a name was, by what the store holds of it. */
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import {
	areOfTwo,
	isKnown,
	type ServerMark,
} from "../../topology/server-mark.ts";
import { markFromText } from "../clusters/role-rows.ts";
import type { Queries } from "../driver.ts";
import { numberCell, textCell, timeCell } from "../rows/cell.ts";

/** What answered there last; undefined where nobody is known by that name. */
const seenAt = async (
	queries: Queries,
	name: InstanceName,
): Promise<{ mark: ServerMark; isAnswering: boolean } | undefined> => {
	const { host, port } = splitName(name);
	const row = await queries
		.selectFrom("database_instance")
		.select(["server_uuid", "server_id", "last_seen", "last_checked"])
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	if (row === undefined) return undefined;
	const seenMs = timeCell(row.last_seen);
	return {
		// Two positions of one MariaDB server are alike anyway.
		mark: {
			uuid: textCell(row.server_uuid),
			serverId: numberCell(row.server_id),
			gtid: "",
		},
		isAnswering: seenMs > 0 && seenMs >= timeCell(row.last_checked),
	};
};

/** By its fence, a record of a primary, and what was seen there, in this order: the address may have moved since the first ones. */
const marksAt = async (
	queries: Queries,
	name: InstanceName,
): Promise<ServerMark[]> => {
	const { host, port } = splitName(name);
	const marks: ServerMark[] = [];
	for (const table of ["baton_fence", "baton_role"] as const) {
		const rows = await queries
			.selectFrom(table)
			.select("server")
			.where("hostname", "=", host)
			.where("port", "=", port)
			.execute();
		marks.push(...rows.map((row) => markFromText(row.server)));
	}
	const seen = await seenAt(queries, name);
	return seen === undefined ? marks : [...marks, seen.mark];
};

/** What was said of the name was said of another server than that one, by any of its marks. */
export const wasAnother = async (
	queries: Queries,
	name: InstanceName,
	server: ServerMark,
): Promise<boolean> =>
	(await marksAt(queries, name)).some((mark) => areOfTwo(mark, server));

/** What was said of the name may have been said of that server: by its first mark, or since it has none. */
export const mayHaveBeen = async (
	queries: Queries,
	name: InstanceName,
	server: ServerMark,
): Promise<boolean> => {
	const first = (await marksAt(queries, name)).find(isKnown);
	return first === undefined || !areOfTwo(first, server);
};

/** Nobody can come back by that name as that server: it is nobody's own any more, or another server answers there. */
export const isLeftBy = async (
	queries: Queries,
	name: InstanceName,
	server: ServerMark,
): Promise<boolean> => {
	const seen = await seenAt(queries, name);
	return (
		seen === undefined || (seen.isAnswering && areOfTwo(server, seen.mark))
	);
};

/** Somebody has the name on record as a primary. */
export const isRecordedPrimary = async (
	queries: Queries,
	name: InstanceName,
): Promise<boolean> => {
	const { host, port } = splitName(name);
	const row = await queries
		.selectFrom("baton_role")
		.select("identity")
		.where("hostname", "=", host)
		.where("port", "=", port)
		.executeTakeFirst();
	return row !== undefined;
};
