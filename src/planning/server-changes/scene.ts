import type { AnalysisSettings } from "../../analysis/facts.ts";
import type { PlainChange } from "../../operations/kinds/server-changes.ts";
import {
	channelsOf,
	channelsText,
	isMultiSource,
} from "../../topology/channels.ts";
import type { Instance, Replication } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { Snapshot } from "../../topology/snapshot.ts";
import type { RequestOf } from "../operation.ts";
import type { Done, Plan, PlanSettings } from "../plan.ts";

type Change = RequestOf<"serverChange">["change"];
export type ChangeName = Change["name"];

/** What a change is given beside its name. */
export type ArgumentsOf<Name extends ChangeName> = Name extends PlainChange
	? object
	: Omit<Extract<Change, { name: Name }>, "name">;

/** What a change of one server is planned from. */
export interface Scene {
	readonly instance: Instance;
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	readonly analysis: AnalysisSettings;
	readonly done: readonly Done[];
}

export interface Proposed
	extends Pick<Plan, "phases" | "says">,
		Partial<Pick<Plan, "notes" | "continues">> {}

/** @returns a sentence where it is not to be done */
export type ChangePlanner<Arguments = object> = (
	scene: Scene,
	given: Arguments,
) => Proposed | string;

export const notReplica = (name: InstanceName): string =>
	`${name} is not a replica: it replicates from nobody`;

/** Why nothing is done to one of its channels; undefined for a server that has not several. */
export const severalChannels = (instance: Instance): string | undefined =>
	isMultiSource(instance)
		? `${instance.name} replicates by several channels, of which none can be named here: ${channelsText(instance)}; do it by hand for the one that is meant`
		: undefined;

/**
 * The plan for the one channel of the server.
 * @param plan is given a replica, and its only channel
 */
export const forItsChannel =
	<Arguments>(
		plan: (
			channel: Replication,
			scene: Scene,
			given: Arguments,
		) => Proposed | string,
	): ChangePlanner<Arguments> =>
	(scene, given) => {
		const { instance } = scene;
		const [channel] = channelsOf(instance);
		if (channel === undefined) return notReplica(instance.name);
		return severalChannels(instance) ?? plan(channel, scene, given);
	};

/** A GTID set for people. */
export const shown = (set: string): string => set.slice(0, 200);
