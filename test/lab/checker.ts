// Compares what writers were told with what servers hold.

import type { LabServer } from "./server.ts";
import type { WriteRecord } from "./writes.ts";

export interface WriteCheck {
	/** "host:port" of the server that was looked at. */
	readonly server: string;
	/** Rows in app.writes. */
	readonly rows: number;
	/** Lost: acknowledged, and not there. */
	readonly missingAcknowledged: readonly number[];
	/** Refused by the server, and there all the same. */
	readonly presentFailed: readonly number[];
	/** Outcome unknown, and there. Harmless: the client knows that it does not know. */
	readonly presentUnknown: readonly number[];
	/** There more than once. */
	readonly duplicated: readonly number[];
	/** There, and tried by none of the writers. */
	readonly strangers: readonly number[];
}

/** Give the records of all writers together. */
export async function checkWrites(
	server: LabServer,
	records: readonly WriteRecord[],
): Promise<WriteCheck> {
	return {
		server: server.name,
		...compareWrites(await idsOn(server), records),
	};
}

/** The comparison alone; `ids` as they are in the table, with repetitions. */
export function compareWrites(
	ids: readonly number[],
	records: readonly WriteRecord[],
): Omit<WriteCheck, "server"> {
	const present = new Set(ids);
	const tried = new Map(records.map(({ id, outcome }) => [id, outcome]));
	const withOutcome = (outcome: string, there: boolean) =>
		records
			.filter((record) => record.outcome === outcome)
			.map(({ id }) => id)
			.filter((id) => present.has(id) === there);
	return {
		rows: ids.length,
		missingAcknowledged: withOutcome("acknowledged", false),
		presentFailed: withOutcome("failed", true),
		presentUnknown: withOutcome("unknown", true),
		duplicated: repeated(ids),
		strangers: [...present].filter((id) => !tried.has(id)),
	};
}

export interface Difference {
	readonly onlyOnFirst: readonly number[];
	readonly onlyOnSecond: readonly number[];
}

/** Rows of app.writes that one server has and the other lacks. */
export async function compareServers(
	first: LabServer,
	second: LabServer,
): Promise<Difference> {
	const [a, b] = await Promise.all([idsOn(first), idsOn(second)]);
	return { onlyOnFirst: without(a, b), onlyOnSecond: without(b, a) };
}

async function idsOn(server: LabServer): Promise<number[]> {
	const rows = await server.query("SELECT id FROM app.writes ORDER BY id");
	return rows.map((row) => Number(row.id));
}

function without(ids: readonly number[], others: readonly number[]): number[] {
	const there = new Set(others);
	return ids.filter((id) => !there.has(id));
}

function repeated(ids: readonly number[]): number[] {
	const seen = new Set<number>();
	const twice = new Set<number>();
	for (const id of ids) (seen.has(id) ? twice : seen).add(id);
	return [...twice];
}
