import type { Silence } from "../planning/operation.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

/** What changes whenever the receiver hears anything: heartbeats and what was read. */
export const hearingMark = (instance: Instance): string =>
	[
		instance.replication.heartbeats ?? "",
		instance.replication.readCoordinates.file,
		instance.replication.readCoordinates.position,
		instance.replication.retrievedGtid,
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
