import { parseGtidPosition } from "./gtid/mariadb-gtid-position.ts";
import { type Instance, isLastCheckValid } from "./instance.ts";

/** What tells a server from another one that answers at its address. Plain JSON. */
export interface ServerMark {
	/** MySQL's own; empty on MariaDB, which has none. */
	readonly uuid: string;
	readonly serverId: number;
	/** MariaDB: its GTID position when it was noted; empty on MySQL. */
	readonly gtid: string;
}

/** Of a server of which nothing is known: any server may be it. */
export const NO_MARK: ServerMark = { uuid: "", serverId: 0, gtid: "" };

export const markOf = ({
	serverUuid,
	serverId,
	executedGtid,
}: Pick<Instance, "serverUuid" | "serverId" | "executedGtid">): ServerMark => ({
	uuid: serverUuid,
	serverId,
	gtid: serverUuid === "" ? executedGtid : "",
});

/** Both have written, and in no common domain. */
const areStrangers = (one: string, other: string): boolean => {
	const mine = parseGtidPosition(one);
	const theirs = parseGtidPosition(other);
	return (
		mine.size > 0 &&
		theirs.size > 0 &&
		![...mine.keys()].some((domain) => theirs.has(domain))
	);
};

/** Something tells it from other servers. */
export const isKnown = ({ uuid, serverId }: ServerMark): boolean =>
	uuid !== "" || serverId !== 0;

/** Whether the marks are surely of two servers. */
export const areOfTwo = (mark: ServerMark, current: ServerMark): boolean => {
	if (!isKnown(mark) || !isKnown(current)) return false;
	if (mark.uuid !== "" || current.uuid !== "")
		return mark.uuid !== current.uuid;
	return (
		mark.serverId !== current.serverId || areStrangers(mark.gtid, current.gtid)
	);
};

/** Whether the marks are of one server, as far as marks tell: a server that was copied has that of the other one. */
export const areOfOne = (mark: ServerMark, current: ServerMark): boolean =>
	isKnown(mark) && isKnown(current) && !areOfTwo(mark, current);

/**
 * Whether it is surely another server than the one that was noted. MySQL tells by its UUID; a MariaDB server whose id is the same, and
 * which has transactions of the same domains, counts as the same.
 */
export const isAnother = (
	mark: ServerMark,
	now: Pick<Instance, "serverUuid" | "serverId" | "executedGtid">,
): boolean => areOfTwo(mark, markOf(now));

/** {@link isAnother}, of one that was seen when it was looked at last. */
export const isAnotherNow = (mark: ServerMark, now: Instance): boolean =>
	isLastCheckValid(now) && isAnother(mark, now);
