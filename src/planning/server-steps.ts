import type { Coordinates } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

// The steps of the changes of one server.

interface OfChannel {
	/** Its name, empty for the default one. */
	readonly channel: string;
}

/** What each needs beside the server that it acts on. GTID sets are given in pieces, `uuid:1-7` each: a plan is small. */
export interface ServerStepKinds {
	/** Stops both threads of the channel. */
	readonly stopReplication: OfChannel;
	/** Starts what of the channel does not run, and waits until both threads run. */
	readonly runReplication: OfChannel & {
		/** Refused where the server has not applied all of these: it would receive again what its tables hold. */
		readonly holds?: readonly string[];
	};
	/** Starts the applier where it does not run, and waits until it has applied all that the channel received. */
	readonly drainReceived: OfChannel;
	/** Gives the channel's source another name, at the place that the channel has reached. The receiver stays stopped; the applier runs on. */
	readonly renameSource: OfChannel & {
		/** May be `//host`, which stands for the host of a source that was detached. */
		readonly host: string;
		readonly port: number;
	};
	/** Positions the channel by GTID, or by file and position. Both threads stay stopped. */
	readonly setPositioning: OfChannel & { readonly byGtid: boolean };
	/** Skips the transaction that the applier failed on. */
	readonly skipTransaction: OfChannel & {
		/** The place at which it stands: nothing is skipped elsewhere. */
		readonly at: Coordinates;
	};
	/** Makes the server read-only, whatever its clients do, or writable. */
	readonly setReadOnly: { readonly readOnly: boolean };
	/** Switches one side of semi-sync. A receiver that runs is restarted, since it asks for it when it connects. */
	readonly setSemiSync: {
		readonly side: "source" | "replica";
		readonly enabled: boolean;
	};
	readonly flushLogs: {
		/** The log that was written when it was planned: done when another is. */
		readonly from: string;
		/** Flush until this one is written; without it once. */
		readonly upTo?: string;
	};
	/** Deletes the binary logs before that one. */
	readonly purgeLogs: { readonly upTo: string };
	/** Ends what a client's connection is running; the connection stays. */
	readonly killQuery: { readonly process: number };
	/** Deletes the binary logs, and makes the server forget the errant transactions. Their changes stay. */
	readonly resetBinaryLogs: {
		readonly keeps: readonly string[];
		readonly errant: readonly string[];
	};
	/** Commits an empty transaction for each. */
	readonly injectEmpty: { readonly gtids: readonly string[] };
}

type ServerStepKind = keyof ServerStepKinds;

export type ServerStep = {
	readonly [Kind in ServerStepKind]: {
		readonly do: Kind;
		readonly on: InstanceName;
	} & ServerStepKinds[Kind];
}[ServerStepKind];

export type ServerStepOf<Kind extends ServerStepKind> = Extract<
	ServerStep,
	{ do: Kind }
>;

type Texts = {
	readonly [Kind in ServerStepKind]: (step: ServerStepOf<Kind>) => string;
};

const through = ({ channel }: OfChannel): string =>
	channel === "" ? "" : ` (channel ${channel})`;

const TEXTS: Texts = {
	stopReplication: (step) => `stop replication of ${step.on}${through(step)}`,
	runReplication: (step) =>
		`start replication of ${step.on} and see that it runs${through(step)}`,
	drainReceived: (step) =>
		`let ${step.on} apply all that it received${through(step)}`,
	renameSource: (step) =>
		`call the source of ${step.on} ${step.host}:${step.port}${through(step)}`,
	setPositioning: (step) =>
		`let ${step.on} replicate by ${step.byGtid ? "GTID" : "file and position"}${through(step)}`,
	skipTransaction: (step) =>
		`let ${step.on} skip the transaction that its applier failed on${through(step)}`,
	setReadOnly: ({ on, readOnly }) =>
		`make ${on} ${readOnly ? "read-only" : "writable"}`,
	setSemiSync: ({ on, side, enabled }) =>
		`switch the ${side} side of semi-sync ${enabled ? "on" : "off"} on ${on}`,
	flushLogs: ({ on, upTo }) =>
		`flush the binary logs of ${on}${upTo === undefined ? "" : ` up to ${upTo}`}`,
	purgeLogs: ({ on, upTo }) => `delete the binary logs of ${on} before ${upTo}`,
	killQuery: ({ on, process }) =>
		`end what connection ${process} of ${on} is running`,
	resetBinaryLogs: ({ on }) =>
		`delete the binary logs of ${on}, and let it forget its errant transactions`,
	injectEmpty: ({ on, gtids }) =>
		`commit empty transactions on ${on} for ${gtids.length === 1 ? gtids[0] : `${gtids.length} intervals of GTIDs`}`,
};

export const isServerStep = (step: {
	readonly do: string;
}): step is ServerStep => Object.hasOwn(TEXTS, step.do);

/** The step in a few words. */
export const serverStepText = <Kind extends ServerStepKind>(
	step: ServerStepOf<Kind> & { readonly do: Kind },
): string => TEXTS[step.do](step);
