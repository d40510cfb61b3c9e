import { contains, familyOf, union } from "../../topology/gtid/gtid.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { channelsIn } from "./channel.ts";

/** What the server has applied, and what that channel of it has received. */
export const receivedOn = (instance: Instance, channel: Replication): string =>
	union(familyOf(instance), instance.executedGtid, channel.retrievedGtid);

/** What the server has applied, and what all of its channels have received. */
export const receivedOnAll = (instance: Instance): string =>
	channelsIn(instance).reduce(
		(all, { retrievedGtid }) => union(familyOf(instance), all, retrievedGtid),
		instance.executedGtid,
	);

/** Whether received events of the channel wait to be applied. */
export const hasUnapplied = (
	instance: Instance,
	channel: Replication,
): boolean =>
	!contains(familyOf(instance), instance.executedGtid, channel.retrievedGtid);
