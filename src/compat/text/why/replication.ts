import {
	type Instance,
	isDetached,
	type Replication,
	sourceOf,
	type ThreadState,
} from "../../../topology/instance.ts";
import { coordinatesText } from "../lines.ts";
import { duration, listOf, shortened } from "./layout.ts";

const THREADS: Readonly<Record<ThreadState, string>> = {
	"-1": "absent",
	0: "stopped",
	1: "running",
	2: "connecting",
};

const methodOf = (channel: Replication): string =>
	channel.usingOracleGtid || channel.usingMariadbGtid ? "GTID" : "file:pos";

const channelText = (channel: Replication, lag: number | null): string =>
	listOf([
		`${channel.channel === "" ? "" : `channel ${channel.channel} `}from ${channel.sourceHost}:${channel.sourcePort} by ${methodOf(channel)}`,
		`receiver ${THREADS[channel.receiver]}`,
		`applier ${THREADS[channel.applier]}`,
		lag === null ? "lag not known" : `lag ${lag} s`,
		channel.sqlDelaySeconds > 0 &&
			`delayed by ${channel.sqlDelaySeconds} s on purpose`,
		channel.hasFilters && "with filters",
		channel.silentForMs !== null &&
			channel.receiver === 1 &&
			`heard from it ${duration(channel.silentForMs)} before the check`,
		channel.readCoordinates.file !== "" &&
			`read ${coordinatesText(channel.readCoordinates)}`,
		channel.execCoordinates.file !== "" &&
			`applied ${coordinatesText(channel.execCoordinates)}`,
	]);

/** Each channel in a line, then the errors. */
export const replicationTexts = (instance: Instance): string[] => {
	const { replication } = instance;
	const channels = [
		...(sourceOf(instance) === undefined && !isDetached(instance)
			? []
			: [channelText(replication, instance.lagSeconds)]),
		...instance.otherChannels.map((each) =>
			channelText(each, each.secondsBehind),
		),
	];
	const errors = [replication, ...instance.otherChannels].flatMap((each) => [
		each.lastReceiverError === ""
			? ""
			: `receiver's error: ${shortened(each.lastReceiverError)}`,
		each.lastApplierError === ""
			? ""
			: `applier's error: ${shortened(each.lastApplierError)}`,
	]);
	return [...channels, ...errors.filter((each) => each !== "")];
};

/** Empty texts where there is nothing to say. */
export const gtidTexts = (instance: Instance): string[] => [
	instance.executedGtid === ""
		? ""
		: `executed ${shortened(instance.executedGtid)}`,
	instance.errantGtid === "" ? "" : `ERRANT ${shortened(instance.errantGtid)}`,
];

/** Empty texts where there is nothing to say. */
export const semiSyncTexts = ({ semiSync }: Instance): string[] => [
	semiSync.sourceEnabled
		? `as source ${semiSync.sourceActive ? "in force" : "enabled, but fallen back to asynchronous"}: ${semiSync.clients} ${semiSync.clients === 1 ? "acknowledges" : "acknowledge"}, it waits for ${semiSync.waitForReplicaCount} up to ${duration(semiSync.sourceTimeoutMs)}`
		: "",
	semiSync.replicaEnabled
		? `as replica ${semiSync.replicaActive ? "acknowledging" : "enabled, but not acknowledging"}`
		: "",
];
