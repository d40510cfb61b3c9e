/** Resolved, virtual and numeric names of hosts. Times are kept to the second. */

import { foldHost } from "../../topology/host.ts";
import type { Queries, StoreDriver } from "../driver.ts";
import { textCell, timeCell, timeText } from "../rows/cell.ts";
import { removedRows } from "../rows/removed-rows.ts";
import type {
	Hostnames,
	ResolvedHostname,
	UnresolvedHostname,
} from "./contract.ts";

const resolves = async (queries: Queries): Promise<ResolvedHostname[]> => {
	const rows = await queries
		.selectFrom("hostname_resolve")
		.selectAll()
		.orderBy("hostname")
		.execute();
	return rows.map((row) => ({
		hostname: foldHost(textCell(row.hostname)),
		resolved: foldHost(textCell(row.resolved_hostname)),
		atMs: timeCell(row.resolved_timestamp),
	}));
};

const saveResolve = async (
	driver: StoreDriver,
	queries: Queries,
	resolve: ResolvedHostname,
): Promise<void> => {
	const hostname = foldHost(resolve.hostname);
	const resolved = foldHost(resolve.resolved);
	const row = {
		hostname,
		resolved_hostname: resolved,
		resolved_timestamp: timeText(resolve.atMs),
	};
	await driver.upsert(queries, "hostname_resolve", ["hostname"], row);
	await driver.upsert(
		queries,
		"hostname_resolve_history",
		["resolved_hostname"],
		row,
	);
	if (hostname !== resolved)
		await queries
			.deleteFrom("hostname_resolve")
			.where("hostname", "=", resolved)
			.where("resolved_hostname", "=", hostname)
			.execute();
};

const unresolves = async (queries: Queries): Promise<UnresolvedHostname[]> => {
	const rows = await queries
		.selectFrom("hostname_unresolve")
		.selectAll()
		.orderBy("hostname")
		.execute();
	return rows.map((row) => ({
		hostname: foldHost(textCell(row.hostname)),
		virtual: textCell(row.unresolved_hostname),
		atMs: timeCell(row.last_registered),
	}));
};

const registerUnresolve = async (
	driver: StoreDriver,
	queries: Queries,
	{ hostname, virtual, atMs }: UnresolvedHostname,
): Promise<void> => {
	const row = {
		hostname: foldHost(hostname),
		unresolved_hostname: virtual,
		last_registered: timeText(atMs),
	};
	await driver.upsert(queries, "hostname_unresolve", ["hostname"], row);
	await driver.upsert(
		queries,
		"hostname_unresolve_history",
		["unresolved_hostname"],
		row,
	);
};

const resolveRooms = (driver: StoreDriver) => ({
	resolves: () => resolves(driver.queries),
	saveResolve: (resolve: ResolvedHostname) =>
		driver.write((queries) => saveResolve(driver, queries, resolve)),
	clearResolves: async () => {
		await driver.write((queries) =>
			queries.deleteFrom("hostname_resolve").execute(),
		);
	},
	expireResolves: (resolvedBeforeMs: number) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("hostname_resolve")
					.where("resolved_timestamp", "<", timeText(resolvedBeforeMs)),
			),
		),
});

const unresolveRooms = (driver: StoreDriver) => ({
	unresolves: () => unresolves(driver.queries),
	registerUnresolve: (unresolve: UnresolvedHostname) =>
		driver.write((queries) => registerUnresolve(driver, queries, unresolve)),
	deregisterUnresolve: (hostname: string) =>
		driver.write(async (queries) => {
			const gone = await queries
				.deleteFrom("hostname_unresolve")
				.where("hostname", "=", hostname)
				.executeTakeFirst();
			return gone.numDeletedRows > 0n;
		}),
	expireUnresolves: (registeredBeforeMs: number) =>
		driver.write((queries) =>
			removedRows(
				queries
					.deleteFrom("hostname_unresolve")
					.where("last_registered", "<", timeText(registeredBeforeMs)),
			),
		),
});

export const createHostnames = (driver: StoreDriver): Hostnames => ({
	...resolveRooms(driver),
	...unresolveRooms(driver),
	addresses: async (hostname) => {
		const row = await driver.queries
			.selectFrom("hostname_ips")
			.select(["ipv4", "ipv6"])
			.where("hostname", "=", hostname)
			.executeTakeFirst();
		return row && { ipv4: textCell(row.ipv4), ipv6: textCell(row.ipv6) };
	},
	saveAddresses: (hostname, { ipv4, ipv6 }, nowMs) =>
		driver.write((queries) =>
			driver.upsert(queries, "hostname_ips", ["hostname"], {
				hostname,
				ipv4,
				ipv6,
				last_updated: timeText(nowMs),
			}),
		),
});
