import { globally, recoveriesAcknowledged } from "../../audit/changes.ts";
import type { Json } from "../../compat/json/go-json.ts";
import { nameJson } from "../../compat/json/values.ts";
import type { ClusterRecord, Recoveries } from "../../store/contract.ts";
import { action } from "../action.ts";
import { CLUSTER_IF_ANY, CLUSTER_OF_ALIAS } from "../arguments/clusters.ts";
import { INSTANCE } from "../arguments/instances.ts";
import { COMMENT, RECOVERY_ID, SIGNER, UID } from "../arguments/words.ts";
import type { RowContext } from "../context.ts";

type Selection = Omit<
	Parameters<Recoveries["acknowledge"]>[0],
	"owner" | "comment" | "nowMs"
>;

interface Signature {
	readonly owner: string;
	readonly comment: string;
}

/** How many recoveries of what were acknowledged, and by whom. */
interface Acknowledged extends Signature {
	/** Undefined when nothing was selected. */
	readonly selection: Selection | undefined;
	readonly count: number;
	/** `Details` of the answer. */
	readonly details: Json;
}

const acknowledge = async (
	{ store, nowMs }: RowContext,
	{ owner, comment }: Signature,
	selection: Selection | undefined,
	details: Json,
): Promise<Acknowledged> => ({
	owner,
	comment,
	selection,
	details,
	count:
		selection === undefined
			? 0
			: await store.recoveries.acknowledge({
					...selection,
					owner,
					comment,
					nowMs,
				}),
});

/** By its name and by its alias; and those that were recorded when it was called by a primary of before. */
const ofCluster = ({
	identity,
	clusterName,
	alias,
}: ClusterRecord): Selection => ({
	identity,
	clusterName,
	clusterAlias: alias || clusterName,
});

const messageOf = ({ count }: Acknowledged): string =>
	`${count} recoveries acknowledged`;

const TOLD = {
	category: "Recovery",
	audited: ({ selection, count, owner, comment }: Acknowledged) =>
		selection === undefined
			? []
			: [recoveriesAcknowledged(selection, count, owner, comment)],
	tells: {
		would: ({ count, owner, comment }: Acknowledged) =>
			count === 0
				? undefined
				: `acknowledge ${count} ${count === 1 ? "recovery" : "recoveries"} in the name of ${owner}: ${comment}`,
		lines: (done: Acknowledged) => [messageOf(done)],
		json: ({ details }: Acknowledged) => details,
		message: messageOf,
	},
} as const;

const SIGNED = { comment: COMMENT, owner: SIGNER };

/** Acknowledging recoveries, which ends their active period. */
export const ACKNOWLEDGEMENTS = [
	action("ack-all-recoveries", {
		...TOLD,
		says: "Acknowledge all recoveries",
		help: "Acknowledges every recovery, so that the clusters may be recovered again at once. -reason is kept as the comment.",
		takes: SIGNED,
		routes: ["ack-all-recoveries"],
		run: (context, signed) =>
			acknowledge(context, signed, { all: true }, signed.comment),
	}),
	action("ack-cluster-recoveries", {
		...TOLD,
		says: "Acknowledge the recoveries of a cluster",
		help: "Acknowledges the recoveries of the selected cluster, by its name and by its alias.",
		takes: { ...SIGNED, cluster: CLUSTER_IF_ANY },
		routes: ["ack-recovery/cluster/:clusterHint"],
		run: (context, { cluster, ...signed }) =>
			acknowledge(
				context,
				signed,
				cluster && ofCluster(cluster),
				cluster?.clusterName ?? "",
			),
	}),
	action("ack-cluster-recoveries-by-alias", {
		...TOLD,
		isApiOnly: true,
		says: "Acknowledge the recoveries of the cluster with an alias",
		help: "Acknowledges the recoveries of the cluster with that alias.",
		takes: { ...SIGNED, cluster: CLUSTER_OF_ALIAS },
		routes: ["ack-recovery/cluster/alias/:clusterAlias"],
		run: (context, { cluster, ...signed }) =>
			acknowledge(context, signed, ofCluster(cluster), cluster.clusterName),
	}),
	action("ack-instance-recoveries", {
		...TOLD,
		says: "Acknowledge the recoveries of a failed instance",
		help: "Acknowledges the recoveries from failures of the instance in -i.",
		takes: { ...SIGNED, instance: INSTANCE },
		routes: ["ack-recovery/instance/:host/:port"],
		run: (context, { instance, ...signed }) =>
			acknowledge(context, signed, { instance }, nameJson(instance)),
	}),
	action("ack-recovery-by-id", {
		...TOLD,
		isApiOnly: true,
		says: "Acknowledge one recovery, by id",
		help: "Acknowledges the recovery with that id.",
		takes: { ...SIGNED, id: RECOVERY_ID },
		routes: ["ack-recovery/:recoveryId"],
		run: (context, { id, ...signed }) =>
			acknowledge(context, signed, { id: Number(id) }, id),
	}),
	action("ack-recovery-by-uid", {
		...TOLD,
		isApiOnly: true,
		says: "Acknowledge one recovery, by uid",
		help: "Acknowledges the recovery with that uid.",
		takes: { ...SIGNED, uid: UID },
		routes: ["ack-recovery/uid/:uid"],
		run: (context, { uid, ...signed }) =>
			acknowledge(context, signed, { uid }, uid),
	}),
];

const globalSwitch = (
	verb: "disable" | "enable",
	says: string,
	help: string,
) => {
	const name = `${verb}-global-recoveries`;
	return action(name, {
		category: "Recovery",
		says,
		help,
		takes: {},
		routes: [name],
		run: ({ store }) =>
			store.recoveries.setGloballyDisabled(verb === "disable"),
		audited: () => [globally(name, "")],
		tells: {
			would: () =>
				`switch automatic recoveries ${verb === "disable" ? "off" : "on again"}, on all nodes`,
			lines: () => [
				`OK: Orchestrator recoveries ${verb.toUpperCase()}D globally`,
			],
			json: () => `${verb}d`,
			message: () => `Globally ${verb}d recoveries`,
		},
	});
};

export const GLOBAL_SWITCH = [
	globalSwitch(
		"disable",
		"Switch automatic recoveries off, everywhere",
		"Switches automatic recoveries off on all nodes, until they are switched on again. Detection goes on.",
	),
	globalSwitch(
		"enable",
		"Switch automatic recoveries on again",
		"Switches automatic recoveries on again on all nodes.",
	),
];
