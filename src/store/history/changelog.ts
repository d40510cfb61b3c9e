/** Changes of analysis codes. */
import { type InstanceName, splitName } from "../../topology/instance-name.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { textCell, timeCell, timeText } from "../rows/cell.ts";
import { nameOf } from "../rows/name-list.ts";
import { removedRows } from "../rows/removed-rows.ts";
import type { AnalysisChange, Changelog } from "./contract.ts";

type Entry = Parameters<Changelog["note"]>[0][number];

/** A statement has a limit of parameters. */
const HOSTS_A_QUERY = 500;

const lastNoted = async (
	queries: Queries,
	entries: readonly Entry[],
): Promise<Map<InstanceName, string>> => {
	const hosts = [
		...new Set(entries.map((entry) => splitName(entry.instance).host)),
	];
	const noted = new Map<InstanceName, string>();
	for (let from = 0; from < hosts.length; from += HOSTS_A_QUERY) {
		const rows = await queries
			.selectFrom("database_instance_last_analysis")
			.select(["hostname", "port", "analysis"])
			.where("hostname", "in", hosts.slice(from, from + HOSTS_A_QUERY))
			.execute();
		for (const row of rows) {
			const name = nameOf(row.hostname, row.port);
			if (name !== undefined) noted.set(name, textCell(row.analysis));
		}
	}
	return noted;
};

const isNews = (noted: ReadonlyMap<InstanceName, string>, entry: Entry) =>
	noted.get(entry.instance) !== entry.analysis;

const noteOne = async (
	driver: StoreDriver,
	queries: Queries,
	entry: Entry,
	isFirst: boolean,
	nowMs: number,
): Promise<void> => {
	const { host, port } = splitName(entry.instance);
	const row = {
		hostname: host,
		port,
		analysis_timestamp: timeText(nowMs),
		analysis: entry.analysis,
	};
	await driver.upsert(
		queries,
		"database_instance_last_analysis",
		["hostname", "port"],
		row,
	);
	if (isFirst) return;
	await queries
		.insertInto("database_instance_analysis_changelog")
		.values(row)
		.execute();
};

const note = async (
	driver: StoreDriver,
	queries: Queries,
	entries: readonly Entry[],
	nowMs: number,
): Promise<number> => {
	const noted = await lastNoted(queries, entries);
	let changed = 0;
	for (const entry of entries) {
		if (!isNews(noted, entry)) continue;
		const isFirst = !noted.has(entry.instance);
		await noteOne(driver, queries, entry, isFirst, nowMs);
		noted.set(entry.instance, entry.analysis);
		if (!isFirst) changed++;
	}
	return changed;
};

const changes = async (
	queries: Queries,
	instance?: InstanceName,
): Promise<AnalysisChange[]> => {
	let rows = queries
		.selectFrom("database_instance_analysis_changelog")
		.selectAll()
		.orderBy("changelog_id");
	if (instance !== undefined) {
		const { host, port } = splitName(instance);
		rows = rows.where("hostname", "=", host).where("port", "=", port);
	}
	return (await rows.execute()).flatMap((row) => {
		const name = nameOf(row.hostname, row.port);
		if (name === undefined) return [];
		return {
			instance: name,
			atMs: timeCell(row.analysis_timestamp),
			analysis: textCell(row.analysis),
		};
	});
};

/** The last code of a known instance stays however old it is: without it the next change would pass for the first code. */
const forgetStrangers = async (
	queries: Queries,
	notedBeforeMs: number,
): Promise<void> => {
	await queries
		.deleteFrom("database_instance_last_analysis")
		.where("analysis_timestamp", "<", timeText(notedBeforeMs))
		.where(({ not, exists, selectFrom }) =>
			not(
				exists(
					selectFrom("database_instance as i")
						.select("i.hostname")
						.whereRef(
							"i.hostname",
							"=",
							"database_instance_last_analysis.hostname",
						)
						.whereRef("i.port", "=", "database_instance_last_analysis.port"),
				),
			),
		)
		.execute();
};

export const createChangelog = (driver: StoreDriver): Changelog => ({
	note: async (entries, nowMs) => {
		// Nearly always nothing has changed, and then nothing is locked.
		const noted = await lastNoted(driver.queries, entries);
		const news = entries.filter((entry) => isNews(noted, entry));
		if (news.length === 0) return 0;
		return driver.write((queries) => note(driver, queries, entries, nowMs));
	},
	changes: (instance) => changes(driver.queries, instance),
	expire: (changedBeforeMs) =>
		driver.write(async (queries) => {
			await forgetStrangers(queries, changedBeforeMs);
			return removedRows(
				queries
					.deleteFrom("database_instance_analysis_changelog")
					.where("analysis_timestamp", "<", timeText(changedBeforeMs)),
			);
		}),
});
