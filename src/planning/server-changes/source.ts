import {
	isGtidCompatible,
	missingPurged,
} from "../../topology/can-replicate.ts";
import {
	type Instance,
	isDetached,
	isLastCheckValid,
	type Replication,
	usesGtid,
} from "../../topology/instance.ts";
import { instanceName } from "../../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../../topology/snapshot.ts";
import { replicasIn } from "../members.ts";
import { stopReceiver, wantsToReceive } from "../moves.ts";
import { type Phase, type PlannedStep, phase } from "../plan.ts";
import {
	type ChangePlanner,
	forItsChannel,
	type Proposed,
	severalChannels,
	shown,
} from "./scene.ts";
import { drainStep, runStep, stopStep } from "./threads.ts";

// The source of a server: forgotten, detached and attached again, and how the replica finds its place in the source's log.

const ASKED = "as it was asked for";
const DETACHED = "//";

export const planReset: ChangePlanner = ({ instance, snapshot }) => {
	const { name: on, replication, readOnly } = instance;
	const several = severalChannels(instance);
	if (several !== undefined) return several;
	const followers = replicasIn(snapshot, on).map(({ name }) => name);
	return {
		phases: [
			phase(
				"forget",
				[
					{
						do: "forgetSource",
						on,
						channel: replication.channel,
						because: ASKED,
					},
				],
				"undo",
			),
		],
		notes: [
			`${on} no longer knows its source, the replication account and how far it has come: there is no way back but to lay its replication anew`,
			`what it has received and not applied is thrown away`,
			...(readOnly
				? []
				: [
						`${on} takes writes: it is the primary of a cluster of its own then, and diverges from this one`,
					]),
			...(followers.length === 0
				? []
				: [`${followers.join(", ")} go with it: they replicate from it`]),
		],
		says: `${on} has forgotten its source`,
	};
};

const renameStep = (
	{ name: on }: Instance,
	{ channel, sourceHost, sourcePort: port }: Replication,
	host: string,
	because: string,
): PlannedStep => ({
	do: "renameSource",
	on,
	channel,
	host,
	port,
	because,
	undo: { do: "renameSource", on, channel, host: sourceHost, port },
});

/** MariaDB throws away what was received when the source is changed; MySQL keeps it while the applier runs. */
const applyFirst = (
	instance: Instance,
	channel: Replication,
): readonly Phase[] =>
	instance.flavor === "MariaDB"
		? [phase("apply", [drainStep(instance, channel)], "undo")]
		: [];

export const planDetach = forItsChannel(
	(channel, { instance }): Proposed | string => {
		const { name } = instance;
		if (isDetached(instance))
			return `${name} is detached already (${channel.sourceHost}:${channel.sourcePort})`;
		return {
			phases: [
				phase(
					"stop receiving",
					[stopReceiver(instance, channel.channel, ASKED)],
					"undo",
				),
				...applyFirst(instance, channel),
				phase(
					"detach",
					[
						renameStep(
							instance,
							channel,
							`${DETACHED}${channel.sourceHost}`,
							"no server goes by that name",
						),
					],
					"undo",
				),
			],
			notes: [
				`reattach-replica-master-host -i ${name} takes it back; until then ${name} receives nothing`,
			],
			says: `${name} is detached from ${channel.sourceHost}:${channel.sourcePort}`,
		};
	},
);

export const planReattach = forItsChannel(
	(channel, { instance }): Proposed | string => {
		const { name } = instance;
		const { sourcePort } = channel;
		if (!isDetached(instance))
			return `${name} is not detached: it replicates from ${channel.sourceHost}:${sourcePort}`;
		const host = channel.sourceHost.slice(DETACHED.length);
		return {
			phases: [
				phase("attach", [renameStep(instance, channel, host, ASKED)], "undo"),
				phase("start", [runStep(instance, channel)], "undo"),
			],
			says: `${name} replicates from ${host}:${sourcePort} again`,
		};
	},
);

const sourceIn = (
	snapshot: Snapshot,
	{ sourceHost, sourcePort }: Replication,
): Instance | undefined =>
	findInstance(snapshot, instanceName(sourceHost, sourcePort));

const positioned = (
	instance: Instance,
	channel: Replication,
	byGtid: boolean,
): Proposed => {
	const { name: on } = instance;
	const { channel: name, receiver, applier } = channel;
	const set = { do: "setPositioning", on, channel: name } as const;
	const runs = wantsToReceive(instance, name) || applier > 0;
	return {
		phases: [
			phase("stop receiving", [stopReceiver(instance, name, ASKED)], "undo"),
			phase("apply", [drainStep(instance, channel)], "undo"),
			phase("stop", [stopStep(instance, channel)], "undo"),
			phase(
				"position",
				[
					{
						...set,
						byGtid,
						because: ASKED,
						undo: { ...set, byGtid: !byGtid },
					},
				],
				"undo",
			),
			...(runs && receiver > 0
				? [
						phase(
							"start",
							[runStep(instance, channel, "it ran before")],
							"undo",
						),
					]
				: []),
		],
		says: `${on} replicates by ${byGtid ? "GTID" : "file and position"}`,
	};
};

/** Why its source cannot be followed by GTID. */
const gtidObjection = (
	instance: Instance,
	channel: Replication,
	source: Instance | undefined,
): string | undefined => {
	const { name } = instance;
	const from = `${channel.sourceHost}:${channel.sourcePort}`;
	if (source === undefined || !isLastCheckValid(source))
		return `${from}, from which ${name} replicates, cannot be reached: whether it supports GTID is not known`;
	const asWanted = {
		...instance,
		replication: {
			...channel,
			usingOracleGtid: instance.supportsOracleGtid,
			usingMariadbGtid: instance.flavor === "MariaDB",
		},
	};
	const without = [instance, source].find(
		(each) => each.flavor !== "MariaDB" && !each.supportsOracleGtid,
	);
	if (without !== undefined)
		return `${without.name} does not use GTIDs (gtid_mode is ${without.gtidMode || "OFF"}): switch gtid_mode on first`;
	if (!isGtidCompatible(asWanted, source))
		return `${name} cannot replicate from ${from} by GTID: their GTIDs are of two kinds`;
	const purged = missingPurged(instance, source);
	return purged === ""
		? undefined
		: `${from} has purged transactions that ${name} lacks: ${shown(purged)}; by GTID it could not go on`;
};

export const planEnableGtid = forItsChannel(
	(channel, { instance, snapshot }): Proposed | string => {
		if (usesGtid(instance))
			return `${instance.name} replicates by GTID already`;
		return (
			gtidObjection(instance, channel, sourceIn(snapshot, channel)) ??
			positioned(instance, channel, true)
		);
	},
);

export const planDisableGtid = forItsChannel(
	(channel, { instance }): Proposed | string => {
		const { name } = instance;
		if (!usesGtid(instance)) return `${name} does not replicate by GTID`;
		return {
			...positioned(instance, channel, false),
			notes: [
				`${name} is moved by no operation of Baton until it replicates by GTID again: enable-gtid -i ${name}`,
			],
		};
	},
);

export const planDelay = forItsChannel(
	(
		{ channel, sqlDelaySeconds },
		{ instance },
		{ seconds }: { readonly seconds: number },
	): Proposed => {
		const set = { do: "setDelay", on: instance.name, channel } as const;
		return {
			phases: [
				phase(
					"delay",
					[
						{
							...set,
							seconds,
							because: ASKED,
							undo: { ...set, seconds: sqlDelaySeconds },
						},
					],
					"undo",
				),
			],
			says: `the applier of ${instance.name} is delayed by ${seconds} s`,
		};
	},
);
