import type { Answer, Effect } from "../../planning/step.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { LogPlace } from "../../topology/log-place.ts";
import type { MarkerRules } from "../../topology/pseudo-gtid/markers.ts";
import type { Credential } from "../credential.ts";
import type { Reader, StepSession } from "../step-session.ts";

/** What a step is run with. */
export interface StepContext {
	/** Does the work in a guarded session of its own (see {@link StepSession}), which ends with it. @throws ServerFault; BatonError Superseded */
	session<T>(
		server: InstanceName,
		work: (session: StepSession) => Promise<T>,
	): Promise<T>;
	/** Does the work in a session that only looks: several steps may look at one server at once. @throws ServerFault */
	reader<T>(
		server: InstanceName,
		work: (reader: Reader) => Promise<T>,
	): Promise<T>;
	/** The server as the operation's picture has it, with what its steps saw since; one of which nothing is known otherwise. */
	known(server: InstanceName): Instance;
	/** The replication account that the operation found; it never leaves the process. */
	readonly credential: {
		get(): Credential | undefined;
		keep(credential: Credential): void;
	};
	/** What the server says when it does not let that account in; empty when it does, and where that cannot be found out. */
	refusesLogin(server: InstanceName, login: Credential): Promise<string>;
	/** ReplicationCredentialsQuery. */
	readonly credentialsQuery: string;
	/** What Pseudo-GTID markers look like. @throws BatonError BadConfiguration where the configuration does not say it */
	readonly markers: () => MarkerRules;
	/** The most rows of one query for log events (BinlogEventsChunkSize). */
	readonly logChunkRows: number;
	/** Which places in the logs of servers were seen to be one. */
	readonly equivalences: {
		of(place: LogPlace): Promise<readonly LogPlace[]>;
		record(one: LogPlace, other: LogPlace): Promise<void>;
	};
	/** How long the applier's position may stand still before a wait for it is given up. Milliseconds. */
	readonly stallMs: number;
	/** How long a receiver may take to connect to its new source. Milliseconds. */
	readonly connectWithinMs: number;
	/** Tells that it goes on; about once a second while it waits. */
	beat(says: string): void;
	nowMs(): number;
}

/** A step's answer, and the servers that it looked at as they were then: none that it changed after it had looked. */
export interface StepAnswer extends Answer {
	readonly seen: readonly Instance[];
	/** The servers that a fault came from. */
	readonly faulty: readonly InstanceName[];
	/** A session of it was ended under its hands. */
	readonly wasCutOff: boolean;
}

/** What an executor works with: the context, with what its sessions do written down. */
export interface StepRun extends StepContext {
	/** Looked again and knows better what the step did to that server, all in all. */
	settle(server: InstanceName, effect: Effect): void;
}

/** What an executor says of its work; effect, part and looks are written down while it works. */
export type Finding = Pick<Answer, "outcome" | "says" | "inTheWay" | "tells">;

export const finding = (outcome: Answer["outcome"], says: string): Finding => ({
	outcome,
	says,
});
