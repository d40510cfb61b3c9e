/** Further channels of a multi-source replica, and the findings of its probe, as Baton's JSON holds them: the reference has no columns for them. */

import type { ProbeFinding } from "../../topology/check.ts";
import { foldHost } from "../../topology/host.ts";
import {
	NO_REPLICATION,
	type Replication,
	type ThreadState,
} from "../../topology/instance.ts";
import {
	flagCell,
	nullableNumberCell,
	numberCell,
	textCell,
} from "../rows/cell.ts";

type Json = Readonly<Record<string, unknown>>;

/** The signs of life of a channel: they change with every probe, so they are no part of the fingerprint. */
export type ChannelSigns = readonly [
	silentForMs: number | null,
	heartbeats: number | null,
];

export const threadState = (value: unknown): ThreadState => {
	const state = numberCell(value);
	return state === -1 || state === 1 || state === 2 ? state : 0;
};

const objects = (value: unknown): Json[] =>
	Array.isArray(value)
		? value.map((item) =>
				typeof item === "object" && item !== null ? (item as Json) : {},
			)
		: [];

/** What of the channels goes into the fingerprint. */
export const lastingChannels = (channels: readonly Replication[]) =>
	channels.map((channel) => ({
		...channel,
		silentForMs: null,
		heartbeats: null,
	}));

export const channelSigns = (
	channels: readonly Replication[],
): ChannelSigns[] =>
	channels.map((channel) => [channel.silentForMs, channel.heartbeats]);

/** Signs as a probe's JSON holds them. */
export const storedSigns = (value: unknown): ChannelSigns[] =>
	Array.isArray(value)
		? value.map((item: unknown) => {
				const [silentForMs, heartbeats] = Array.isArray(item) ? item : [];
				return [
					nullableNumberCell(silentForMs),
					nullableNumberCell(heartbeats),
				];
			})
		: [];

const coordinates = (value: unknown) => {
	const [json = {}] = objects([value]);
	return { file: textCell(json.file), position: numberCell(json.position) };
};

const channelOf = (
	json: Json,
	signs: ChannelSigns | undefined,
): Replication => ({
	channel: textCell(json.channel),
	sourceHost: foldHost(textCell(json.sourceHost)),
	sourcePort: numberCell(json.sourcePort),
	sourceUuid: textCell(json.sourceUuid),
	user: textCell(json.user),
	receiver: threadState(json.receiver),
	applier: threadState(json.applier),
	readCoordinates: coordinates(json.readCoordinates),
	execCoordinates: coordinates(json.execCoordinates),
	relayCoordinates: coordinates(json.relayCoordinates),
	retrievedGtid: textCell(json.retrievedGtid),
	lastReceiverError: textCell(json.lastReceiverError),
	lastReceiverErrno: numberCell(json.lastReceiverErrno),
	lastApplierError: textCell(json.lastApplierError),
	secondsBehind: nullableNumberCell(json.secondsBehind),
	sqlDelaySeconds: numberCell(json.sqlDelaySeconds),
	usingOracleGtid: flagCell(json.usingOracleGtid),
	usingMariadbGtid: flagCell(json.usingMariadbGtid),
	hasFilters: flagCell(json.hasFilters),
	allowTls: flagCell(json.allowTls),
	heartbeatPeriodSeconds: numberCell(json.heartbeatPeriodSeconds),
	silentForMs: signs?.[0] ?? NO_REPLICATION.silentForMs,
	heartbeats: signs?.[1] ?? NO_REPLICATION.heartbeats,
});

export const channelsOf = (value: unknown, signs: unknown): Replication[] => {
	const stored = storedSigns(signs);
	return objects(value).map((json, index) => channelOf(json, stored[index]));
};

export const findingsOf = (value: unknown): ProbeFinding[] =>
	objects(value).map((json) => ({
		about: textCell(json.about),
		privilege: textCell(json.privilege),
		says: textCell(json.says),
		...(json.isWarning === true && { isWarning: true }),
	}));
