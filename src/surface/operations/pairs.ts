import { errors } from "../../errors.ts";
import { knownInstance } from "../../naming/instances.ts";
import { sourceOf } from "../../topology/instance.ts";
import { INSTANCE } from "../arguments/instances.ts";
import { operation } from "../operation.ts";
import { instanceAnew } from "./moved-instances.ts";

/** A replica and its source change places, or replicate from each other; or one takes the place of a dead one. */
export const PAIRS = [
	operation("take-master", {
		kind: "exchange",
		category: "Classic file:pos relocation",
		says: "Let a replica and its source change places",
		help: "Moves the replica in -i below the source of its source, and that below it, and prints the one in -i; the other replicas of that source stay below it. Runs PostTakeMasterProcesses. Refused where the source is the primary of the cluster: use graceful-master-takeover.",
		takes: { instance: INSTANCE },
		routes: ["enslave-master/:host/:port"],
		mustBeKnown: ({ instance }) => [instance],
		request: (asked) => asked,
		tells: {
			lines: ({ successful, instance }) => (successful ? [instance] : []),
			message: ({ instance }) => `${instance} took its master`,
			json: ({ outcome: { instance }, context }) =>
				instanceAnew(context, instance),
			failed: () => null,
		},
	}),
	operation("make-co-master", {
		kind: "coPrimary",
		category: "Classic file:pos relocation",
		says: "Let a primary replicate back from one of its replicas",
		help: "Lets the source of the replica in -i replicate from it, and prints the one in -i, which stays read-only. Refused where that takes writes, lags or has errant transactions, or its source is no primary or has a co-primary already that takes writes; without GTID where its source has any co-primary.",
		takes: { instance: INSTANCE },
		routes: ["make-co-master/:host/:port"],
		mustBeKnown: ({ instance }) => [instance],
		request: (asked) => asked,
		tells: {
			lines: ({ successful, instance }) => (successful ? [instance] : []),
			message: ({ instance }) => `Instance made co-master: ${instance}`,
			json: ({ outcome: { instance }, context }) =>
				instanceAnew(context, instance),
			failed: () => null,
		},
	}),
	operation("make-master", {
		kind: "recovery",
		category: "Recovery",
		says: "Promote a replica whose primary is dead",
		help: "Promotes the replica in place of its source, which must have failed. Transactions may be lost.",
		takes: { instance: INSTANCE },
		routes: ["make-master/:host/:port"],
		isApiOnly: true,
		request: async ({ instance }, { store, analyse }) => {
			const replica = await knownInstance(store, instance);
			const source = sourceOf(replica);
			if (source === undefined) throw errors.notBelowAnybody({ instance });
			const entry = (await analyse(replica.clusterName)).find(
				(each) => each.instance === source,
			);
			if (entry === undefined || entry.recovery !== "primary")
				throw errors.sourceNotDead({ instance, source });
			return {
				cluster: entry.identity,
				instance: source,
				analysis: entry.code,
				command: "force-master-takeover" as const,
				candidate: instance,
			};
		},
		tells: {
			lines: ({ successor }) => (successor === "" ? [] : [successor]),
			message: ({ successor }) => `Instance ${successor} now made master`,
			json: ({ outcome: { successor }, args: { instance }, context }) =>
				instanceAnew(context, successor === "" ? instance : successor),
			failed: () => null,
		},
	}),
];
