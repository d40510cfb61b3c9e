import { channelsOf, channelsText } from "../../topology/channels.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import { acknowledgePhases } from "../acknowledging.ts";
import { primaryOnRecord } from "../members.ts";
import { stopReceiver } from "../moves.ts";
import { type Phase, type PlannedStep, phase } from "../plan.ts";
import {
	type ChangePlanner,
	notReplica,
	type Proposed,
	type Scene,
} from "./scene.ts";

// Replication threads. Of a server that replicates by several channels those of all of them, one channel after the other.

const ASKED = "as it was asked for";

const runsAtAll = ({ receiver, applier }: Replication): boolean =>
	receiver > 0 || applier > 0;

/** What puts the threads back that ran. */
const startsAgain = (
	{ name: on }: Instance,
	{ channel, receiver, applier }: Replication,
): Pick<PlannedStep, "undo"> => {
	if (receiver > 0)
		return {
			undo: {
				do: applier > 0 ? "startReplication" : "startReceiver",
				on,
				channel,
			},
		};
	// An applier that ran alone has nothing to be received by.
	return applier > 0 ? { undo: { do: "drainReceived", on, channel } } : {};
};

export const stopStep = (
	instance: Instance,
	channel: Replication,
	because = ASKED,
): PlannedStep => ({
	do: "stopReplication",
	on: instance.name,
	channel: channel.channel,
	because,
	...startsAgain(instance, channel),
});

export const runStep = (
	{ name: on }: Instance,
	{ channel }: Replication,
	because = ASKED,
): PlannedStep => ({ do: "runReplication", on, channel, because });

export const drainStep = (
	{ name: on }: Instance,
	{ channel }: Replication,
): PlannedStep => ({
	do: "drainReceived",
	on,
	channel,
	because: "nothing that it received shall be thrown away",
});

const forEach = (
	instance: Instance,
	plan: (channel: Replication) => readonly Phase[],
	says: string,
	notes: readonly string[] = [],
): Proposed => ({
	phases: channelsOf(instance).flatMap(plan),
	says,
	notes: [
		...notes,
		...(channelsOf(instance).length > 1
			? [
					`${instance.name} replicates by several channels, and it is done for each: ${channelsText(instance)}`,
				]
			: []),
	],
});

export const planStop: ChangePlanner = ({ instance }) =>
	channelsOf(instance).length === 0
		? notReplica(instance.name)
		: forEach(
				instance,
				(channel) => [phase("stop", [stopStep(instance, channel)], "undo")],
				`replication of ${instance.name} is stopped`,
			);

const stopsNicely = (
	instance: Instance,
	channel: Replication,
): readonly Phase[] => [
	phase(
		"stop receiving",
		[stopReceiver(instance, channel.channel, ASKED)],
		"undo",
	),
	...(channel.sqlDelaySeconds > 0
		? []
		: [phase("apply", [drainStep(instance, channel)], "undo")]),
	phase("stop", [stopStep(instance, channel)], "undo"),
];

export const planStopNicely: ChangePlanner = ({ instance }) => {
	const channels = channelsOf(instance);
	if (channels.length === 0) return notReplica(instance.name);
	return forEach(
		instance,
		(channel) => stopsNicely(instance, channel),
		`replication of ${instance.name} is stopped, and what it received is applied`,
		channels
			.filter(({ sqlDelaySeconds }) => sqlDelaySeconds > 0)
			.map(
				({ sqlDelaySeconds }) =>
					`${instance.name} is delayed by ${sqlDelaySeconds} s: it is not waited for what it has received`,
			),
	);
};

/** Why the server is not to be made to follow another one; undefined where nothing speaks against it. */
const notToFollow = ({ instance, snapshot }: Scene): string | undefined => {
	const channels = channelsOf(instance);
	if (channels.length === 0) return notReplica(instance.name);
	const detached = channels.find(({ sourceHost }) =>
		sourceHost.startsWith("//"),
	);
	if (detached !== undefined)
		return `${instance.name} was detached from its source on purpose (${detached.sourceHost}:${detached.sourcePort}): use reattach-replica-master-host -i ${instance.name}`;
	const isOpenPrimary =
		primaryOnRecord(snapshot) === instance.name &&
		!instance.readOnly &&
		!instance.isCoMaster;
	return isOpenPrimary && !channels.some(runsAtAll)
		? `${instance.name} is the primary on record and takes writes, and would follow ${channels.map(({ sourceHost, sourcePort }) => `${sourceHost}:${sourcePort}`).join(", ")} again: let it forget that with reset-replica -i ${instance.name}, or change the primary with graceful-master-takeover`
		: undefined;
};

/** The sides of semi-sync, as the site wants them on a server with a priority. */
const acknowledging = ({ instance, settings }: Scene): readonly Phase[] => {
	const { semiSync, readOnly, name: on } = instance;
	const because = "its semi-sync priority says so";
	return [
		...(semiSync.priority > 0 && semiSync.sourceEnabled && readOnly
			? [phase("semi-sync", [{ do: "endSemiSync", on, because }], "undo")]
			: []),
		...acknowledgePhases(instance, settings, "undo"),
	];
};

export const planStart: ChangePlanner = (scene) => {
	const { instance } = scene;
	const why = notToFollow(scene);
	if (why !== undefined) return why;
	const proposed = forEach(
		instance,
		(channel) => [phase("start", [runStep(instance, channel)], "undo")],
		`${instance.name} replicates`,
	);
	return {
		...proposed,
		phases: [...acknowledging(scene), ...proposed.phases],
	};
};

export const planRestart: ChangePlanner = (scene) => {
	const { instance } = scene;
	const why = notToFollow(scene);
	if (why !== undefined) return why;
	const proposed = forEach(
		instance,
		(channel) => [
			phase("stop", [stopStep(instance, channel)], "undo"),
			phase("start", [runStep(instance, channel)], "undo"),
		],
		`replication of ${instance.name} was restarted`,
	);
	return {
		...proposed,
		phases: [...acknowledging(scene), ...proposed.phases],
	};
};
