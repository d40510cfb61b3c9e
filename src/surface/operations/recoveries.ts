import { AnswerError } from "../../compat/answer-error.ts";
import { nameJson } from "../../compat/json/values.ts";
import { onlyPrimary, onlyWritablePrimary } from "../../naming/primaries.ts";
import type { PrimaryChanged } from "../../planning/operation.ts";
import { CLUSTER } from "../arguments/clusters.ts";
import { CANDIDATE, INSTANCE, SUCCESSOR } from "../arguments/instances.ts";
import { SKIP_HOOKS } from "../arguments/words.ts";
import { operation } from "../operation.ts";
import { noteAnalysis, recordJson } from "./changed-primary.ts";
import { checkDirectReplica } from "./successor.ts";

const promoted = ({ successor }: PrimaryChanged): readonly string[] =>
	successor === "" ? [] : [successor];

const notAttempted = (says: string): string =>
	`Recovery not attempted: ${says}`;

const recovery = (
	command: "recover" | "recover-lite",
	says: string,
	help: string,
) =>
	operation(command, {
		kind: "recovery",
		category: "Recovery",
		says,
		help,
		takes: {
			candidate: CANDIDATE,
			instance: INSTANCE,
			withoutHooks: SKIP_HOOKS,
		},
		routes: [
			`${command}/:host/:port`,
			`${command}/:host/:port/:candidateHost/:candidatePort`,
		],
		request: async ({ candidate, instance, withoutHooks }, context) => {
			const known = await context.store.inventory.get(instance);
			const entry = (await context.analyse(known?.clusterName ?? "")).find(
				(each) => each.instance === instance,
			);
			if (entry === undefined)
				throw new AnswerError(
					"UnknownInstance",
					notAttempted(
						`${instance} is not known; 'all-instances' lists those that are`,
					),
					nameJson(instance),
				);
			if (entry.recovery !== "primary")
				throw new AnswerError(
					"Refused",
					notAttempted(entry.says),
					nameJson(instance),
				);
			return {
				cluster: entry.identity,
				instance,
				analysis: entry.code,
				command,
				skipHooks: command === "recover-lite" || withoutHooks,
				...(candidate === undefined ? {} : { candidate }),
			};
		},
		tells: {
			lines: promoted,
			message: (_, { instance }) => `Recovery executed on ${instance}`,
			refusal: notAttempted,
			json: ({ outcome }) => nameJson(outcome.successor),
			failed: ({ args }) => nameJson(args.instance),
		},
		isQuietWhenRefused: true,
	});

/** What a person asks for after a failure, or in spite of none. */
export const RECOVERIES = [
	recovery(
		"recover",
		"Recover from the failure of an instance",
		"Runs the recovery that the present finding about the instance in -i calls for, and prints the promoted server. Prints nothing when no failure stands. -d is the preferred successor.",
	),
	recovery(
		"recover-lite",
		"Recover from the failure of an instance, without hooks",
		"As recover, but no hook is run.",
	),
	operation("force-master-failover", {
		kind: "recovery",
		category: "Recovery",
		says: "Fail over a cluster's primary, dead or not",
		help: "Treats the primary of the selected cluster as dead and promotes a replica. Prints the promoted server. Transactions may be lost: prefer graceful-master-takeover for a living primary. Refused for a co-primary pair.",
		takes: { cluster: CLUSTER },
		routes: [
			"force-master-failover/:host/:port",
			"force-master-failover/:clusterHint",
		],
		request: async ({ cluster }, { store }) => ({
			cluster: cluster.identity,
			instance: (await onlyPrimary(store, cluster)).name,
			analysis: "DeadMaster",
			command: "force-master-failover",
		}),
		before: noteAnalysis,
		tells: {
			lines: promoted,
			message: ({ says }) => `force-master-failover: ${says}`,
			...recordJson("force-master-failover"),
		},
	}),
	operation("force-master-takeover", {
		kind: "recovery",
		category: "Recovery",
		says: "Fail over a cluster's primary to a given replica, dead or not",
		help: "Treats the primary of the selected cluster as dead and promotes the direct replica of it that -d names. Prints the promoted server. Transactions may be lost: prefer graceful-master-takeover for a living primary.",
		takes: { cluster: CLUSTER, candidate: SUCCESSOR },
		routes: [
			"force-master-takeover/:host/:port/:designatedHost/:designatedPort",
			"force-master-takeover/:clusterHint/:designatedHost/:designatedPort",
		],
		request: async ({ cluster, candidate }, context) => {
			const primary = await onlyWritablePrimary(context.store, cluster);
			await checkDirectReplica(context, primary, candidate);
			return {
				cluster: cluster.identity,
				instance: primary.name,
				analysis: "DeadMaster",
				command: "force-master-takeover",
				candidate,
			};
		},
		before: noteAnalysis,
		tells: {
			lines: promoted,
			message: ({ says }) => `force-master-takeover: ${says}`,
			...recordJson("force-master-takeover"),
		},
	}),
];
