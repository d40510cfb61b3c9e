import { errors } from "../../errors.ts";
import {
	type Coordinates,
	type Instance,
	isReplica,
	type Replication,
} from "../instance.ts";
import type { OwnSide } from "./correlate.ts";
import type { EventLog, ServerLogs } from "./event-log.ts";
import { type Entry, lastMarker, type MarkerRules } from "./markers.ts";

/** Where a server's last marker is looked for. */
export interface OwnSearch {
	/** In binary logs. */
	readonly binary: boolean;
	/** In relay logs, when it is in no binary log. */
	readonly relay: boolean;
	/** Only before this place of the binary log. */
	readonly end?: Coordinates;
	/** So many of the newest files of each log are searched. */
	readonly files?: number;
	/** A replica's binary logs are searched only when they are written in this format; any when empty. */
	readonly format: string;
}

const channelsWithLogs = (instance: Instance): Replication[] =>
	[instance.replication, ...instance.otherChannels].filter(
		({ relayCoordinates }) => relayCoordinates.file !== "",
	);

/** Whether a server's binary logs hold what it has applied, in the format asked for. */
const isBinaryLogTelling = (instance: Instance, format: string): boolean =>
	instance.logBin &&
	(!isReplica(instance) ||
		(instance.logReplicaUpdates &&
			(format === "" || format === instance.binlogFormat)));

const inLog = async (
	log: EventLog,
	rules: MarkerRules,
	end: Coordinates | undefined,
	files: number | undefined,
): Promise<OwnSide | undefined> => {
	const marker = await lastMarker(log, rules, {
		end,
		...(files === undefined ? {} : { files }),
	});
	return marker === undefined ? undefined : { log, marker, end };
};

/**
 * The last marker that a server has applied: in its binary logs, or else in its relay logs up to where they are applied. By relay logs several channels are looked at in turn.
 * @throws BatonError BadInput when the end is no place of the binary log
 */
export const ownMarker = async (
	instance: Instance,
	logs: ServerLogs,
	rules: MarkerRules,
	search: OwnSearch,
): Promise<OwnSide | undefined> => {
	if (search.binary && isBinaryLogTelling(instance, search.format)) {
		const found = await inLog(logs.binary, rules, search.end, search.files);
		if (found !== undefined) return found;
	}
	if (!search.relay) return undefined;
	for (const { channel, relayCoordinates } of channelsWithLogs(instance)) {
		const log = logs.relay(channel);
		const found = await inLog(log, rules, relayCoordinates, search.files);
		if (found !== undefined) return found;
	}
	return undefined;
};

/** The newest log may have been opened a moment ago. */
const USUAL_FILES = 2;

/**
 * The last Pseudo-GTID entry that a server has applied; without `strict` in the newest logs alone.
 * @throws BatonError Refused when there is none
 */
export const lastPseudoGtid = async (
	instance: Instance,
	logs: ServerLogs,
	rules: MarkerRules,
	{ strict, relayOnly }: { strict: boolean; relayOnly: boolean },
): Promise<Entry> => {
	const found = await ownMarker(instance, logs, rules, {
		binary: !relayOnly,
		relay: true,
		format: "",
		...(strict ? {} : { files: USUAL_FILES }),
	});
	if (found !== undefined) return found.marker;
	const where = relayOnly ? "relay logs" : "binary and relay logs";
	throw (strict ? errors.noMarkerInLogs : errors.noMarkerInNewest)({
		logs: where,
		server: instance.name,
	});
};
