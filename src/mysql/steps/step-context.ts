import type { Answer } from "../../planning/step.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Credential } from "../credential.ts";
import type { StepSession } from "../step-session.ts";

/** What a step is run with. */
export interface StepContext {
	/** Does the work in a guarded session of its own (see {@link StepSession}), which ends with it. @throws ServerFault; BatonError Superseded */
	session<T>(
		server: InstanceName,
		work: (session: StepSession) => Promise<T>,
	): Promise<T>;
	/** The server as the operation's picture has it, with what its steps saw since; one of which nothing is known otherwise. */
	known(server: InstanceName): Instance;
	/** The replication account that the operation found; it never leaves the process. */
	readonly credential: {
		get(): Credential | undefined;
		keep(credential: Credential): void;
	};
	/** ReplicationCredentialsQuery. */
	readonly credentialsQuery: string;
	/** How long the applier's position may stand still before a wait for it is given up. Milliseconds. */
	readonly stallMs: number;
	/** How long a receiver may take to connect to its new source. Milliseconds. */
	readonly connectWithinMs: number;
	/** Tells that it goes on; about once a second while it waits. */
	beat(says: string): void;
	nowMs(): number;
}

/** A step's answer, and the servers that it looked at as they were then. */
export interface StepAnswer extends Answer {
	readonly seen: readonly Instance[];
}
