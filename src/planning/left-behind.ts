import {
	canReplicateFrom,
	isGtidCompatible,
} from "../topology/can-replicate.ts";
import {
	channelsFrom,
	channelsText,
	isMultiSource,
} from "../topology/channels.ts";
import {
	contains,
	familyOf,
	missing,
	received,
} from "../topology/gtid/gtid.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { FailoverScene } from "./failover-scene.ts";
import { asSource } from "./givers.ts";
import { holdings } from "./holdings.ts";
import type { LeftBehind } from "./plan.ts";

/** What the server has purged and the replica would ask it for. What is in the relay log need not be asked for. */
const purgedFor = (replica: Instance, source: Instance): string =>
	familyOf(source) === "mariadb" || source.purgedGtid === ""
		? ""
		: missing("mysql", received(replica), source.purgedGtid);

type Left = Omit<LeftBehind, "name">;

const relocated = ({ name }: Instance, chosen: Instance): string =>
	`relocate -i ${name} -d ${chosen.name}`;

/** Its relay log and its transactions are not worth more than what everybody else has: it starts from there. */
const builtAnew = (chosen: Instance): string =>
	`build it anew from a copy of ${chosen.name}`;

const byChannel = (replica: Instance, chosen: Instance, failed: InstanceName) =>
	`point its channel ${channelsFrom(replica, failed)
		.map(({ channel }) => `'${channel}'`)
		.join(" and ")} to ${chosen.name} by hand, and start it`;

/** Why a replica that could be moved below the new primary does not get on there. */
const unfit = (
	replica: Instance,
	chosen: Instance,
	willHave: string,
	scene: FailoverScene,
): Left | undefined => {
	const family = familyOf(replica);
	const has = holdings(replica, scene.failed.name);
	if (has !== "" && has !== willHave && !contains(family, willHave, has))
		return {
			reason: `it has transactions that ${chosen.name} lacks: ${missing(family, willHave, has).slice(0, 200)}`,
			remedy: `save what only it has, then ${builtAnew(chosen)}`,
		};
	const verdict = canReplicateFrom(replica, asSource(chosen), scene.settings);
	if (!verdict.ok)
		return {
			reason: verdict.reason,
			remedy: `when that is mended, bring it along with ${relocated(replica, chosen)}`,
		};
	if (!isGtidCompatible(replica, chosen))
		return {
			reason: `it does not replicate by a GTID that ${chosen.name} supports`,
			remedy: `point it to ${chosen.name} by hand, or ${builtAnew(chosen)}`,
		};
	const purged = purgedFor(replica, chosen);
	return purged === ""
		? undefined
		: {
				reason: `${chosen.name} has purged transactions that it needs: ${purged.slice(0, 200)}`,
				remedy: builtAnew(chosen),
			};
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
): Left | undefined => {
	const { unstopped, fallen } = scene.progress;
	const { outcome, error } = replica.check;
	if (unstopped.has(replica.name)) return { reason: error };
	if (!isLastCheckValid(replica))
		return {
			reason: `cannot be reached: ${error}`,
			// That one is alive.
			...(outcome === "refused-by-server" ? {} : { isExpected: true }),
		};
	const fell = fallen.get(replica.name);
	if (fell !== undefined)
		return {
			reason: `it failed on the way to a promotion, and its receiver is stopped: ${fell}`,
		};
	if (isMultiSource(replica))
		return {
			reason: `it replicates by several channels, which are not moved yet: ${channelsText(replica)}; the one from ${scene.failed.name} is stopped, the others are left as they are`,
			remedy: byChannel(replica, chosen, scene.failed.name),
		};
	return unfit(replica, chosen, willHave, scene);
};
