/** Which server a name was, by what the store holds of it. */
import { isLastCheckValid } from "../../topology/instance.ts";
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import {
	areOfOne,
	areOfTwo,
	isAnotherNow,
	isKnown,
	markOf,
	type ServerMark,
} from "../../topology/server-mark.ts";
import { markFromText } from "../clusters/role-rows.ts";
import type { Queries } from "../driver.ts";
import { storedInstance } from "../inventory/stored-rows.ts";

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
	const seen = await storedInstance(queries, name);
	return seen === undefined ? marks : [...marks, markOf(seen)];
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
	const seen = await storedInstance(queries, name);
	return seen === undefined || isAnotherNow(server, seen);
};

/** That server answered there when it was looked at last, or a copy of it. */
export const answersAs = async (
	queries: Queries,
	name: InstanceName,
	server: ServerMark,
): Promise<boolean> => {
	const seen = await storedInstance(queries, name);
	return (
		seen !== undefined &&
		isLastCheckValid(seen) &&
		areOfOne(server, markOf(seen))
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
