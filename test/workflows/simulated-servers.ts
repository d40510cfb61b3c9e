import type { Step } from "../../src/planning/step.ts";
import { received } from "../../src/topology/gtid/gtid.ts";
import {
	type Instance,
	NO_REPLICATION,
	type Replication,
} from "../../src/topology/instance.ts";
import { splitName } from "../../src/topology/instance-name.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";

// What steps that succeed do to made-up servers.

const channelOf = (
	instance: Instance,
	replication: Partial<Replication>,
): Instance => ({
	...instance,
	replication: { ...instance.replication, ...replication },
});

const readOnly = (instance: Instance, isOn: boolean): Instance => ({
	...instance,
	readOnly: isOn,
	superReadOnly: isOn,
});

const changed = (instance: Instance, step: Step): Instance => {
	switch (step.do) {
		case "stopReceiver":
			return channelOf(instance, { receiver: 0 });
		case "startReceiver":
			return channelOf(instance, { receiver: 1 });
		case "startReplication":
			return channelOf(instance, { receiver: 1, applier: 1 });
		case "setDelay":
			return channelOf(instance, { sqlDelaySeconds: step.seconds });
		case "applyReceived":
			return { ...instance, executedGtid: received(instance) };
		case "moveBelow": {
			const { host, port } = splitName(step.source);
			const runs = step.leaveStopped === true ? 0 : 1;
			return channelOf(instance, {
				sourceHost: host,
				sourcePort: port,
				receiver: runs,
				applier: runs,
			});
		}
		case "open":
		case "handOver":
			return readOnly(instance, false);
		case "close":
			return readOnly(instance, true);
		case "forgetSource":
			return { ...instance, replication: NO_REPLICATION };
		default:
			return instance;
	}
};

/** The snapshot after a step that succeeded. */
export const afterStep = (snapshot: Snapshot, step: Step): Snapshot => ({
	...snapshot,
	instances: snapshot.instances.map((each) => {
		if (step.do === "handOver" && each.name === step.from)
			return readOnly(each, true);
		return each.name === step.on ? changed(each, step) : each;
	}),
});
