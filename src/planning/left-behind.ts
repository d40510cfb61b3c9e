import {
	canReplicateFrom,
	isGtidCompatible,
} from "../topology/can-replicate.ts";
import { channelsText, isMultiSource } from "../topology/channels.ts";
import {
	contains,
	familyOf,
	missing,
	received,
} from "../topology/gtid/gtid.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { FailoverScene } from "./failover-scene.ts";
import { asSource } from "./givers.ts";
import { holdings } from "./holdings.ts";

/** What the server has purged and the replica would ask it for. What is in the relay log need not be asked for. */
const purgedFor = (replica: Instance, source: Instance): string =>
	familyOf(source) === "mariadb" || source.purgedGtid === ""
		? ""
		: missing("mysql", received(replica), source.purgedGtid);

/** Why a replica that could be moved below the new primary does not get on there. */
const unfit = (
	replica: Instance,
	chosen: Instance,
	willHave: string,
	scene: FailoverScene,
): string | undefined => {
	const family = familyOf(replica);
	const has = holdings(replica, scene.failed.name);
	if (has !== willHave && !contains(family, willHave, has))
		return `it has transactions that ${chosen.name} lacks: ${missing(family, willHave, has).slice(0, 200)}`;
	const verdict = canReplicateFrom(replica, asSource(chosen), scene.settings);
	if (!verdict.ok) return verdict.reason;
	if (!isGtidCompatible(replica, chosen))
		return `it does not replicate by a GTID that ${chosen.name} supports`;
	const purged = purgedFor(replica, chosen);
	return purged === ""
		? undefined
		: `${chosen.name} has purged transactions that it needs: ${purged.slice(0, 200)}`;
};

/**
 * Why a replica of the failed primary is not brought along to the new one; undefined when it is.
 * @param willHave all that the new primary will have received: nobody who holds more may be moved below it
 */
export const whyLeft = (
	replica: Instance,
	chosen: Instance,
	willHave: string,
	scene: FailoverScene,
): string | undefined => {
	const { unstopped, fallen } = scene.progress;
	if (unstopped.has(replica.name)) return replica.check.error;
	if (!isLastCheckValid(replica))
		return `cannot be reached: ${replica.check.error}`;
	const fell = fallen.get(replica.name);
	if (fell !== undefined)
		return `it failed on the way to a promotion, and its receiver is stopped: ${fell}`;
	if (isMultiSource(replica))
		return `it replicates by several channels, which are not moved yet: ${channelsText(replica)}; the one from ${scene.failed.name} is stopped, the others are left as they are`;
	return unfit(replica, chosen, willHave, scene);
};
