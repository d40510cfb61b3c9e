import type { InstanceName } from "../topology/instance-name.ts";
import type { ReceivingChannel } from "../topology/snapshot.ts";
import type { CutOff, ForgetfulChannel } from "./cut-off.ts";
import type { PlannedStep } from "./plan.ts";
import { type Step, unsettled } from "./step.ts";

// What is done about what an operation before has left, and what is said of it.

/** Nobody saw the end of the stop that it takes back. */
const startOf = ({ on, channel, applies }: ReceivingChannel): Step =>
	unsettled({
		do: applies ? "startReplication" : "startReceiver",
		on,
		channel,
	});

/** What starts the receivers that an operation before has left stopped, or may have told to stop. */
export const startsAgain = ({
	stopped,
	doubted,
}: Pick<CutOff, "stopped" | "doubted">): PlannedStep[] => [
	...stopped.map((each) => ({
		...startOf(each),
		because: "an operation before had stopped it",
	})),
	...doubted.map((each) => ({
		...startOf(each),
		because: "an operation before may have told it to stop",
	})),
];

/** Of a server that an operation may have left without replication. */
export const stoppedSays = (on: InstanceName): string =>
	`replication of ${on} may be stopped: the next operation of the cluster starts it again, if that begins within the hour, or start-replica -i ${on} does`;

export const strayedSays = (instance: InstanceName): string =>
	`${instance} follows nobody: the operation that replaced it was cut off; it is brought below the primary by a rejoin`;

export const orphanSays = ({ on }: ReceivingChannel): string =>
	`the receiver of ${on} stays stopped, as an operation before has left it: its source was replaced; relocate it`;

export const forgetfulSays = ({ on, forgotten }: ForgetfulChannel): string =>
	`the receiver of ${on} stays stopped, as an operation before has left it: ${on} does not know any more that it has applied ${forgotten.slice(0, 300)}, and would apply that again: add it to its gtid_purged, then start-replica -i ${on}`;

export const agedSays = ({ on }: ReceivingChannel): string =>
	`the receiver of ${on} may have been stopped by an operation more than an hour ago, and is left as it is: start it if that was not done on purpose`;
