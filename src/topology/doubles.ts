import type { Instance } from "./instance.ts";
import { compareNames, type InstanceName } from "./instance-name.ts";
import { flavorOf } from "./version.ts";

/** Two pictures taken within seconds are of servers that were started at the same moment, as far as their uptimes tell. */
const STARTED_TOGETHER_S = 5;

/** What tells one server from another, as it was seen last. */
export interface SeenServer {
	readonly name: InstanceName;
	readonly serverUuid: string;
	readonly serverId: number;
	readonly version: string;
	/** Seconds since the epoch. */
	readonly startedAtS: number;
}

/** Of a picture of it. */
export const seenServer = (instance: Instance): SeenServer => ({
	name: instance.name,
	serverUuid: instance.serverUuid,
	serverId: instance.serverId,
	version: instance.version,
	startedAtS: instance.check.seenAtMs / 1000 - instance.uptimeSeconds,
});

/** Binlog servers of one primary all tell its id, and nothing of their own. */
const isUnmarked = ({ version }: SeenServer): boolean =>
	flavorOf(version, "") === "MaxScale";

/** Whether both may be one server: by its UUID, or, where it has none (MariaDB), by its id, its version and its start. */
const mayBeOne = (one: SeenServer, other: SeenServer): boolean =>
	one.serverUuid !== "" || other.serverUuid !== ""
		? one.serverUuid === other.serverUuid
		: !isUnmarked(one) &&
			one.serverId === other.serverId &&
			one.version === other.version &&
			Math.abs(one.startedAtS - other.startedAtS) < STARTED_TOGETHER_S;

/** {@link mayBeOne}, of two pictures. A server that was copied with its UUID looks the same. */
export const isSameServer = (one: Instance, other: Instance): boolean =>
	mayBeOne(seenServer(one), seenServer(other));

const keyOf = ({ serverUuid, serverId, version }: SeenServer): string =>
	serverUuid === "" ? `${serverId} ${version}` : serverUuid;

/** Pairs of names that may be one server. A server that was never seen is nobody's double. */
export const suspectsAmong = (
	servers: readonly SeenServer[],
): (readonly [SeenServer, SeenServer])[] => {
	const alike = new Map<string, SeenServer[]>();
	const pairs: (readonly [SeenServer, SeenServer])[] = [];
	for (const each of servers) {
		if (each.version === "") continue;
		const key = keyOf(each);
		const others = alike.get(key);
		if (others === undefined) {
			alike.set(key, [each]);
			continue;
		}
		for (const other of others)
			if (mayBeOne(each, other)) pairs.push([other, each]);
		others.push(each);
	}
	return pairs;
};

/** How much speaks for a name as the one that stays. */
export interface NameClaim {
	readonly name: InstanceName;
	/** How many replicas name it as their source. */
	readonly followers: number;
	/** How far it is what the server calls itself: by its port, and by its host. */
	readonly isOwnPort: boolean;
	readonly isOwnHost: boolean;
	/** A primary on record goes by it, or there is a fence on it. */
	readonly isOnRecord: boolean;
	/** It was known before the other one. */
	readonly isOlder: boolean;
}

/** Names by which replicas know their source may move to another server, as a virtual address does: they come after what does not. */
const weight = (claim: NameClaim): readonly number[] => [
	Number(claim.isOwnPort && claim.isOwnHost),
	Number(claim.isOnRecord),
	Number(claim.isOwnPort),
	claim.followers,
	Number(claim.isOwnHost),
	Number(claim.isOlder),
];

/**
 * Which of two names of one server stays: what it calls itself, else the one that is on record, else the one with its port, else the one
 * by which its replicas name it, else the one that was known first, else the first by name.
 */
export const nameThatStays = (
	one: NameClaim,
	other: NameClaim,
): InstanceName => {
	const [mine, theirs] = [weight(one), weight(other)];
	const at = mine.findIndex((value, index) => value !== theirs[index]);
	const isFirst =
		at < 0
			? compareNames(one.name, other.name) < 0
			: (mine[at] ?? 0) > (theirs[at] ?? 0);
	return isFirst ? one.name : other.name;
};
