import type { InstanceName } from "../topology/instance-name.ts";
import {
	isServerStep,
	type ServerStepKinds,
	serverStepText,
} from "./server-steps.ts";

/** How the new primary shall wait for semi-sync acknowledgements. */
export interface SemiSyncPolicy {
	readonly sourceEnabled: boolean;
	/** Milliseconds before it falls back to asynchronous. */
	readonly sourceTimeoutMs: number;
	readonly waitForReplicaCount: number;
	/** AFTER_SYNC or AFTER_COMMIT; empty to leave it as it is. */
	readonly waitPoint: string;
}

/** Takes back a step of which nobody knows what it did: threads that it was to stop may run and be stopping. */
interface Unsettled {
	readonly unsettled?: true;
}

/** How the place of a replica in the logs of its new source is found. */
export type PlaceBy =
	/** By the Pseudo-GTID markers in the logs of both. */
	| { readonly way: "markers" }
	/**
	 * By one server at rest: what it has executed of its source's logs, and where its own log stands then, are one place. It is the new
	 * source, whose sibling the replica is, or the present one, through which the replica goes up. Its applier stops for a moment.
	 */
	| {
			readonly way: "pair";
			readonly of: InstanceName;
			/** The channel that it is at rest by. */
			readonly ofChannel: string;
			/** Its applier ran when it was planned: a try that was cut off may have left it stopped. */
			readonly applies: boolean;
	  }
	/** The logs of both are the same ones: its place in those of `in`, the source that it has, is its place there. */
	| { readonly way: "same"; readonly in: InstanceName }
	/** The new source is its own replica and writes nothing: what it logs behind the end of its log comes from here, and is passed over. */
	| { readonly way: "back" }
	/** A place in the logs of the new source is recorded as the one that the replica has reached. */
	| { readonly way: "recorded" };

/** What a step needs beside the server that it acts on. `channel` is the channel's name, empty for the default one. */
interface StepKinds extends ServerStepKinds {
	/** Reads the replication account from the first of `from` that has it, and keeps it for the operation's moves. Changes nothing. */
	readonly findCredential: {
		readonly from: readonly InstanceName[];
		/** Refused where this server does not let it in with the password that was told. */
		readonly logsInOn?: InstanceName;
	};
	/** Stops the receiver of the channel and sees that it stopped; the applier goes on. */
	readonly stopReceiver: { readonly channel: string };
	/** Starts the receiver of the channel towards the source that it has. Undoes {@link stopReceiver}. */
	readonly startReceiver: Unsettled & { readonly channel: string };
	/** Starts what of the channel does not run, towards the source that it has. */
	readonly startReplication: Unsettled & { readonly channel: string };
	/** Sets the delay of the channel's applier, in seconds. Refused where received events would be thrown away by it. */
	readonly setDelay: Unsettled & {
		readonly channel: string;
		readonly seconds: number;
	};
	/**
	 * Starts the applier where it does not run, and waits until all that the server itself and those of `of` have received (as the
	 * operation's picture has it) is applied here. Gives up on silence of the applier's position.
	 */
	readonly applyReceived: {
		readonly channel: string;
		readonly of: readonly InstanceName[];
		/** Refused as soon as this server, whose place somebody is to take, takes writes again. */
		readonly inPlaceOf?: InstanceName;
	};
	/** The one way in which a channel's source is changed. */
	readonly moveBelow: Unsettled & {
		readonly channel: string;
		readonly source: InstanceName;
		/** `server_uuid` of the source that is meant; empty when it is not known (MariaDB: see `sourceId`). */
		readonly sourceUuid: string;
		/** `server_id` of the source that is meant; 0 when it is not known. */
		readonly sourceId: number;
		/** Lay the channel and leave it stopped (graceful-master-takeover without -auto). */
		readonly leaveStopped?: true;
		/** With it: the receiver alone is left stopped. */
		readonly leaveApplying?: true;
		/** Lay the channel although it points to that source already: what it has received and not applied is fetched again. */
		readonly anew?: true;
		/** Received and not applied events may be thrown away: these reachable servers have them all. */
		readonly unappliedAreOn?: readonly InstanceName[];
		/** The source is gone, and cannot be asked who it is: only to put a channel back to what it was. */
		readonly unseen?: true;
	};
	/**
	 * Changes a channel's source by file and position. They are found, see {@link PlaceBy}, when all that was received is applied.
	 * When it does not replicate there, and has applied nothing from there, the step lays it back to where it was.
	 */
	readonly matchBelow: Unsettled & {
		readonly channel: string;
		readonly source: InstanceName;
		/** As of {@link moveBelow}. */
		readonly sourceUuid: string;
		readonly sourceId: number;
		readonly by: PlaceBy;
		/** As of {@link moveBelow}; it is seen to replicate from there first. */
		readonly leaveStopped?: true;
		readonly leaveApplying?: true;
		/** Also where it points to that source already. */
		readonly anew?: true;
	};
	/** Makes the server writable, with semi-sync like `semiSync` first. Its channels stay as they are. */
	readonly open: {
		readonly semiSync?: SemiSyncPolicy;
		/** Refused when this server, whose place it takes, takes writes again. */
		readonly inPlaceOf?: InstanceName;
		/** Refused when one of these has what it lacks: they may have followed somebody who took writes meanwhile. */
		readonly unlessBehind?: readonly InstanceName[];
	};
	/** Ends client sessions, makes the server read-only and switches its source side of semi-sync off. */
	readonly close: Record<never, never>;
	/** Blocks writes on `from`, lets this server apply the last of them, and opens it. Undoes itself until it has opened it. */
	readonly handOver: {
		readonly from: InstanceName;
		readonly semiSync?: SemiSyncPolicy;
		/** How long it may take to catch up while writes go on, milliseconds. */
		readonly catchUpMs: number;
		/** How long transactions that are open may take to end, while writes go on, milliseconds. */
		readonly transactionsMs: number;
		/** How long nobody may take writes: until this server is open, or `from` takes them again. Milliseconds. */
		readonly gapMs: number;
		/**
		 * What is waited for is a place in the log of `from`, which the applier of this channel comes to; by GTID without it. Where that is in
		 * its own log is recorded, so that `from` can go on there.
		 */
		readonly placedBy?: { readonly channel: string };
	};
	/** Lets a primary forget the source that the channel still names, or `_`, which stands for none. */
	readonly forgetSource: {
		readonly channel: string;
		/** Unless that server follows by then the channel stays, and names `_`: no other could tell it what to log in with. */
		readonly keepsLoginFor?: InstanceName;
	};
	/** Compares what the server's commits wait for with the replicas that acknowledge, and lowers it to them where it `lowers`. */
	readonly fitSemiSync: { readonly lowers: boolean };
	/** Switches the source side of semi-sync off on a read-only server. */
	readonly endSemiSync: Record<never, never>;
}

export type StepKind = keyof StepKinds;

/** One small act on one server, as data. */
export type Step = {
	readonly [Kind in StepKind]: {
		readonly do: Kind;
		readonly on: InstanceName;
	} & StepKinds[Kind];
}[StepKind];

export type StepOf<Kind extends StepKind> = Extract<Step, { do: Kind }>;

/** What a step did to the server: `unknown` when its session was lost after its first writing statement. */
export type Effect = "unchanged" | "changed" | "unknown";

/** What a step answers. */
export interface Answer {
	readonly outcome: "done" | "already" | "refused" | "failed";
	readonly effect: Effect;
	/** The last part that it reached, in one or two words; empty when it reached none. */
	readonly reached: string;
	/** One sentence: the audit row. */
	readonly says: string;
	/** What a person should know although it went well, a sentence each. */
	readonly tells?: readonly string[];
	/** Nothing speaks against the server that the step acts on: this one is in the way. */
	readonly inTheWay?: InstanceName;
}

export const isGood = ({ outcome }: Pick<Answer, "outcome">): boolean =>
	outcome === "done" || outcome === "already";

/** The names of the steps that put a server below another one. */
export const MOVES = ["moveBelow", "matchBelow"] as const;

type Move = StepOf<(typeof MOVES)[number]>;

export const isMove = (step: Step): step is Move =>
	MOVES.some((each) => each === step.do);

/** The undo of a step of which nobody knows what it did. */
export const unsettled = (undo: Step): Step =>
	undo.do === "startReceiver" ||
	undo.do === "startReplication" ||
	isMove(undo) ||
	undo.do === "setDelay"
		? { ...undo, unsettled: true }
		: undo;

/** There is nothing to be taken back: it only reads, or starts an applier that has something to apply. */
export const isHarmless = (step: Step): boolean =>
	step.do === "findCredential" ||
	step.do === "applyReceived" ||
	step.do === "drainReceived";

const TIDYING: ReadonlySet<StepKind> = new Set<StepKind>([
	"forgetSource",
	"fitSemiSync",
	"endSemiSync",
	"startReceiver",
	"startReplication",
]);

/** The server stands where it should, and is put in order. */
export const isTidying = (step: Step): boolean => TIDYING.has(step.do);

/** The step can make a server writable. */
export const mayOpen = (step: Step): boolean =>
	step.do === "open" || step.do === "handOver";

const matchText = ({ on, source, by }: StepOf<"matchBelow">): string => {
	switch (by.way) {
		case "markers":
			return `match ${on} below ${source} by Pseudo-GTID`;
		case "pair":
			return by.of === source
				? `move ${on} below its sibling ${source} by file and position`
				: `move ${on} up through ${by.of}, below ${source}, by file and position`;
		case "back":
			return `let ${on} replicate back from ${source} by file and position`;
		case "recorded":
			return `move ${on} below ${source} to the place that is recorded as its own`;
		case "same":
			return `point ${on} to ${source} at the same place`;
	}
};

/** The step in a few words, for check-lists and summaries: `move db2:3306 below db3:3306`. */
export const stepText = (step: Step): string => {
	if (isServerStep(step)) return serverStepText(step);
	const { on } = step;
	const through =
		"channel" in step && step.channel !== ""
			? ` (channel ${step.channel})`
			: "";
	switch (step.do) {
		case "findCredential":
			return `find the replication account on ${step.from.join(" or ")}`;
		case "stopReceiver":
			return `stop the receiver of ${on}${through}`;
		case "startReceiver":
			return `start the receiver of ${on}${through}`;
		case "startReplication":
			return `start replication of ${on}${through}`;
		case "setDelay":
			return step.seconds === 0
				? `take the delay off ${on}${through}`
				: `delay ${on} by ${step.seconds} s${through}`;
		case "applyReceived":
			return `let ${on} apply all that ${[...new Set([on, ...step.of])].join(", ")} received${through}`;
		case "moveBelow":
			return `${step.anew ? `lay the channel of ${on} to ${step.source} anew` : `move ${on} below ${step.source}`}${through}${step.leaveStopped ? ", left stopped" : ""}`;
		case "matchBelow":
			return `${matchText(step)}${through}${step.leaveStopped ? ", left stopped" : ""}`;
		case "open":
			return `make ${on} writable`;
		case "close":
			return `end the clients of ${on} and make it read-only`;
		case "handOver":
			return `wait for open transactions of ${step.from}, block writes on it, let ${on} apply the last of them, make ${on} writable`;
		case "forgetSource":
			return `let ${on} forget its source${through}${step.keepsLoginFor === undefined ? "" : `, and keep the account while ${step.keepsLoginFor} does not follow`}`;
		case "fitSemiSync":
			return `see that enough replicas of ${on} acknowledge${step.lowers ? ", or lower the count" : ""}`;
		case "endSemiSync":
			return `end the source side of semi-sync on ${on}`;
	}
};
