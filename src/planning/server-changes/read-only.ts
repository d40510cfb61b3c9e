import { channelsOf } from "../../topology/channels.ts";
import type { Instance } from "../../topology/instance.ts";
import { takesWrites } from "../../topology/role-disputes.ts";
import { isStranger } from "../../topology/snapshot.ts";
import { primaryOnRecord } from "../members.ts";
import { type Phase, type PlannedStep, phase } from "../plan.ts";
import type { ChangePlanner, Scene } from "./scene.ts";

const ASKED = "as it was asked for";

/** Where it is so already, but for super_read_only, there is nothing to go back to: a replica would be opened by that. */
const readOnlyStep = (
	{ name: on, readOnly: was }: Instance,
	readOnly: boolean,
): PlannedStep => ({
	do: "setReadOnly",
	on,
	readOnly,
	because: ASKED,
	...(was === readOnly
		? {}
		: { undo: { do: "setReadOnly", on, readOnly: was } }),
});

/** Of a server that has a semi-sync priority the source side goes with its writes, as in orchestrator. */
const semiSync = (
	{ name: on, semiSync: { priority, sourceEnabled } }: Instance,
	enabled: boolean,
): readonly Phase[] => {
	if (priority === 0 || sourceEnabled === enabled) return [];
	const set = { do: "setSemiSync", on, side: "source" } as const;
	return [
		phase(
			"semi-sync",
			[
				{
					...set,
					enabled,
					because: "its semi-sync priority says so",
					undo: { ...set, enabled: !enabled },
				},
			],
			"undo",
		),
	];
};

const handsOn = ({ name }: Instance): string =>
	`${name} is a binlog server: it hands on the logs of its source, and takes no writes`;

export const planReadOnly: ChangePlanner = ({ instance, snapshot }) => {
	const { name } = instance;
	if (instance.isBinlogServer) return handsOn(instance);
	const isPrimary = primaryOnRecord(snapshot) === name;
	return {
		phases: [
			phase("read-only", [readOnlyStep(instance, true)], "undo"),
			...semiSync(instance, false),
		],
		notes: [
			...(isPrimary
				? [
						`${name} is the primary on record: nobody takes writes until set-writeable -i ${name}, or a change of primary`,
					]
				: []),
			...(instance.flavor === "MariaDB"
				? [
						`accounts with READ ONLY ADMIN write on: MariaDB does not hold them up`,
					]
				: []),
		],
		says: `${name} is read-only`,
	};
};

const named = (servers: readonly { readonly name: string }[]): string =>
	servers.map(({ name }) => name).join(", ");

/** Why a second server would take writes, or one that must not. */
const notToOpen = ({ instance, snapshot }: Scene): string | undefined => {
	const { name } = instance;
	if (instance.isBinlogServer) return handsOn(instance);
	const primary = primaryOnRecord(snapshot);
	if (snapshot.fenced?.includes(name) === true)
		return `${name} was replaced by ${primary} and is held back: it may have what ${primary} lacks, and would take writes beside it; let it rejoin, or when it is the primary all the same say so with adopt -i ${name}`;
	if (isStranger(snapshot, instance))
		return `another server answers at ${name} than the one that is on record as the primary: when it is the primary all the same say so with adopt -i ${name}`;
	if (primary !== name)
		return `${primary} is the primary on record: with ${name} two servers would take writes, and diverge; make ${name} the primary with graceful-master-takeover -d ${name}, or when it is the primary already say so with adopt -i ${name}`;
	const writers = snapshot.instances.filter(
		(each) => each.name !== name && takesWrites(each),
	);
	if (writers.length > 0)
		return `${named(writers)} takes writes already: with ${name} there would be two; make that one read-only first, with set-read-only`;
	const receives = channelsOf(instance).find(({ receiver }) => receiver > 0);
	return receives !== undefined && !instance.isCoMaster
		? `${name} replicates from ${receives.sourceHost}:${receives.sourcePort}: end that first, with reset-replica -i ${name}, or make that one the primary with adopt`
		: undefined;
};

export const planWriteable: ChangePlanner = (scene) => {
	const { instance } = scene;
	const why = notToOpen(scene);
	if (why !== undefined) return why;
	return {
		phases: [
			// Its first write waits already.
			...semiSync(instance, true),
			phase("writable", [readOnlyStep(instance, false)], "undo"),
		],
		says: `${instance.name} takes writes`,
	};
};
