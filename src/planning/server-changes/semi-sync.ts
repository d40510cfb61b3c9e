import type { Instance } from "../../topology/instance.ts";
import { findInstance } from "../../topology/snapshot.ts";
import { primaryOnRecord, replicasIn } from "../members.ts";
import { phase } from "../plan.ts";
import { acknowledgements } from "../semi-sync-for.ts";
import type { ServerStepKinds } from "../server-steps.ts";
import type { ChangePlanner, Proposed, Scene } from "./scene.ts";

type Side = ServerStepKinds["setSemiSync"]["side"];

const set = (
	{ name: on, semiSync: { sourceEnabled, replicaEnabled } }: Instance,
	side: Side,
	enabled: boolean,
	notes: readonly string[],
): Proposed => {
	const step = { do: "setSemiSync", on, side } as const;
	const was = side === "source" ? sourceEnabled : replicaEnabled;
	return {
		phases: [
			phase(
				"semi-sync",
				[
					{
						...step,
						enabled,
						because: "as it was asked for",
						...(was === enabled ? {} : { undo: { ...step, enabled: was } }),
					},
				],
				"undo",
			),
		],
		notes,
		says: `the ${side} side of semi-sync is ${enabled ? "on" : "off"} on ${on}`,
	};
};

/** Who acknowledges, as far as is known. */
const acknowledging = ({ snapshot, instance }: Scene): readonly Instance[] =>
	replicasIn(snapshot, instance.name).filter(
		({ semiSync }) => semiSync.replicaEnabled,
	);

export const planSourceOn: ChangePlanner = (scene) => {
	const { instance } = scene;
	const { waitForReplicaCount, sourceTimeoutMs } = instance.semiSync;
	const has = acknowledging(scene).length;
	return set(
		instance,
		"source",
		true,
		has < waitForReplicaCount
			? [
					// What a replica applies is committed there, too: it falls behind.
					`each commit on ${instance.name}${instance.readOnly ? ", of what it applies too," : ""} waits for ${acknowledgements(waitForReplicaCount)}, up to ${Math.round(sourceTimeoutMs / 1000)} s, and ${has} of its replicas acknowledge: enable-semi-sync-replica on them first`,
				]
			: [],
	);
};

export const planSourceOff: ChangePlanner = (scene) => {
	const { instance, snapshot, settings } = scene;
	const isPrimary =
		primaryOnRecord(snapshot) === instance.name && !instance.readOnly;
	if (
		isPrimary &&
		settings.mode === "lossless" &&
		instance.semiSync.sourceEnabled
	)
		return `BatonMode is lossless, and ${instance.name} is the primary: without semi-sync a failover could lose what it acknowledged; set BatonMode to available first if that is meant`;
	return set(
		instance,
		"source",
		false,
		isPrimary
			? [
					`what ${instance.name} acknowledges from then on may be lost with it; commits that wait for an acknowledgement are told a success`,
				]
			: [],
	);
};

export const planReplicaOn: ChangePlanner = ({ instance }) =>
	set(instance, "replica", true, []);

export const planReplicaOff: ChangePlanner = (scene) => {
	const { instance, snapshot, settings } = scene;
	const { sourceHost, sourcePort } = instance.replication;
	const source = findInstance(snapshot, `${sourceHost}:${sourcePort}`);
	const left =
		source === undefined
			? 0
			: acknowledging({ ...scene, instance: source }).filter(
					({ name }) => name !== instance.name,
				).length;
	const isMissed =
		source?.semiSync.sourceEnabled === true &&
		instance.semiSync.replicaEnabled &&
		left < source.semiSync.waitForReplicaCount;
	const says =
		source === undefined
			? ""
			: `commits on ${source.name} wait for ${acknowledgements(source.semiSync.waitForReplicaCount)}, and ${left} of its other replicas acknowledge`;
	if (isMissed && settings.mode === "lossless")
		return `BatonMode is lossless, and ${says}: they would wait for ever; let another replica acknowledge first, with enable-semi-sync-replica`;
	return set(instance, "replica", false, isMissed ? [says] : []);
};
