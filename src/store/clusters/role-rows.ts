/** How the record of a primary stands in the store. */
import type { Role, RoleWord } from "../../topology/role.ts";
import { NO_MARK, type ServerMark } from "../../topology/server-mark.ts";
import type { Queries } from "../driver.ts";
import type { StoredRow } from "../inventory/row-instance.ts";
import { numberCell, objectCell, textCell } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";

export const markFromText = (text: unknown): ServerMark => {
	const { uuid, serverId, gtid } = objectCell(textCell(text));
	return {
		uuid: textCell(uuid),
		serverId: numberCell(serverId),
		gtid: textCell(gtid),
	};
};

export const markToText = (mark: ServerMark): string =>
	mark === NO_MARK ? "" : JSON.stringify(mark);

const isWord = (word: unknown): word is RoleWord =>
	word === "met" ||
	word === "operation" ||
	word === "person" ||
	word === "servers";

/** Nobody is the primary without a name. */
const roleOf = (row: StoredRow): Role | undefined => {
	const primary = nameOf(row.hostname, row.port);
	return (
		primary && {
			primary,
			server: markFromText(row.server),
			epoch: numberCell(row.epoch),
			// An unreadable word is the least one.
			word: isWord(row.word) ? row.word : "met",
			sinceMs: numberCell(row.since_ms),
		}
	);
};

/** The identity's record, if there is one. */
export const roleIn = async (
	queries: Queries,
	identity: string,
): Promise<Role | undefined> => {
	const row = await queries
		.selectFrom("baton_role")
		.selectAll()
		.where("identity", "=", identity)
		.executeTakeFirst();
	return row && roleOf(row);
};

/** All, by identity. */
export const rolesIn = async (
	queries: Queries,
): Promise<ReadonlyMap<string, Role>> => {
	const rows = await queries.selectFrom("baton_role").selectAll().execute();
	return new Map(
		rows.flatMap((row) => {
			const role = roleOf(row);
			return role === undefined ? [] : [[textCell(row.identity), role]];
		}),
	);
};
