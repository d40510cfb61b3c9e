import type { Silence } from "../planning/operation.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** Characters. */
const LONGEST_MARK = 200;

/** Stands for a text of any length: it is only compared, and travels through histories. */
const digestOf = (text: string): string => {
	if (text.length <= LONGEST_MARK) return text;
	// FNV-1a, 32 bits, from two beginnings.
	let [one, two] = [0x811c9dc5, 0x050c5d1f];
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		one = Math.imul(one ^ code, 0x01000193);
		two = Math.imul(two ^ code, 0x01000193) ^ (two >>> 15);
	}
	return `${text.length}#${(one >>> 0).toString(16)}${(two >>> 0).toString(16)}`;
};

/** What changes whenever the receiver hears anything: heartbeats and what was read. */
export const hearingMark = (instance: Instance): string =>
	[
		instance.replication.heartbeats ?? "",
		instance.replication.readCoordinates.file,
		instance.replication.readCoordinates.position,
		digestOf(instance.replication.retrievedGtid),
	].join("/");

/** Dates the silence of receivers whose server cannot (MariaDB): unchanged mark, silent since then. */
export const withSilence = (
	instance: Instance,
	known: Readonly<Record<InstanceName, Silence>>,
	nowMs: number,
): Instance => {
	const silence = known[instance.name];
	if (
		silence === undefined ||
		instance.replication.silentForMs !== null ||
		silence.mark !== hearingMark(instance)
	)
		return instance;
	return {
		...instance,
		replication: {
			...instance.replication,
			silentForMs: nowMs - silence.sinceMs,
		},
	};
};
