import { isIPv6 } from "node:net";
import { isHost } from "../topology/host.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import type { Row } from "./answer.ts";
import { portOf, textOf } from "./cell.ts";

const REPLICA_LIMIT = 4_096;

/** `::ffff:10.0.0.1` is an IPv4 client of a server that listens on `::`. */
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/**
 * The host in a process list's `host:port`. An IPv6 address comes with or without brackets: `[::1]:53412`, `::1:53412`.
 * @returns undefined for what is no host, such as the empty host of a server's own threads
 */
export const clientHost = (text: string): string | undefined => {
	const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(text)?.[1];
	const host = bracketed ?? text.replace(/:\d{1,5}$/, "");
	if (!host.includes(":")) return isHost(host) ? host : undefined;
	// An address alone, whose last part was taken for a port.
	const address = isIPv6(host) ? host : text;
	return isIPv6(address) ? (MAPPED.exec(address)?.[1] ?? address) : undefined;
};

/** Replicas as SHOW REPLICAS lists them. A row without host or port is passed over, not the rest with it. */
export const listedReplicas = (rows: readonly Row[]): InstanceName[] => [
	...new Set(
		rows
			.slice(0, REPLICA_LIMIT)
			.filter((row) => isHost(textOf(row, "Host")) && portOf(row, "Port") > 0)
			.map((row) => instanceName(textOf(row, "Host"), portOf(row, "Port"))),
	),
];

const atPort = (
	hosts: readonly (string | undefined)[],
	port: number,
): InstanceName[] => [
	...new Set(
		hosts
			.filter((host) => host !== undefined)
			.map((host) => instanceName(host, port)),
	),
];

/**
 * Replicas by the clients that binary logs are sent to: where they listen is not told, so they are taken to listen on the
 * source's port.
 */
export const dumpingReplicas = (
	rows: readonly Row[],
	sourcePort: number,
): InstanceName[] =>
	atPort(
		rows.slice(0, REPLICA_LIMIT).map((row) => clientHost(textOf(row, "host"))),
		sourcePort,
	);

/** The mysqld processes of an NDB cluster, `mysql://host:port/?…`, on the same port. */
export const ndbServers = (
	rows: readonly Row[],
	ownPort: number,
): InstanceName[] =>
	atPort(
		rows.slice(0, REPLICA_LIMIT).map((row) => {
			const authority = /^\w+:\/\/([^/?]+)/.exec(textOf(row, "service"))?.[1];
			return authority === undefined ? undefined : clientHost(authority);
		}),
		ownPort,
	);
