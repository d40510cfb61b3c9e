import { globally } from "../../audit/changes.ts";
import { errors } from "../../errors.ts";
import type { RollingPlan } from "../../rolling/next-server.ts";
import {
	hasEnded,
	ROLLING_ORDERS,
	type RollingOrder,
	type RollingStatus,
} from "../../rolling/status.ts";
import {
	rollingJson,
	rollingPlanLines,
	statusLines,
} from "../../rolling/text.ts";
import type { ClusterRecord, Store } from "../../store/contract.ts";
import { action } from "../action.ts";
import { CLUSTER } from "../arguments/clusters.ts";
import { DRY_RUN, MAYBE_REASON, SIGNER } from "../arguments/words.ts";
import { CLUSTER_HELP } from "../flag-use.ts";

type Begun =
	| { readonly plan: RollingPlan }
	| {
			readonly status: RollingStatus;
			readonly owner: string;
			readonly clusterName: string;
	  };

const planJson = ({ turns, waits }: RollingPlan) => ({
	turns: turns.map((each) => ({ ...each })),
	waits,
});

/** Asking in advance fails for what asking in earnest does. */
const unrefused = (plan: RollingPlan): RollingPlan => {
	if (plan.refusals.length > 0)
		throw errors.rollingRefused({ why: plan.refusals.join("; ") });
	return plan;
};

const begin = action("rolling-maintenance", {
	category: "Instance management",
	says: "Take out one server of a cluster after another, the primary last",
	help: `Takes out one server after another, for a restart or an upgrade: its replicas are moved below its source, it is downtimed, BatonRollingMaintenanceProcesses are run for it on the node, it is waited for until it replicates and has caught up, and its replicas come back. The primary's turn is the last, when a server that was done has taken over from it. -reason says what it is for. Prints how it stands when it has begun, and goes on in the nodes, for days where need be; a failover comes first as always. See it with rolling-maintenance-status. -dry-run prints the order, or what would refuse it. ${CLUSTER_HELP}`,
	takes: {
		cluster: CLUSTER,
		reason: MAYBE_REASON,
		owner: SIGNER,
		isDryRun: DRY_RUN,
	},
	routes: ["rolling-maintenance/:clusterHint"],
	run: async (
		{ rolling },
		{ cluster: { identity, clusterName }, reason, owner, isDryRun },
	): Promise<Begun> => {
		const port = await rolling();
		if (isDryRun) return { plan: unrefused(await port.plan(identity)) };
		return {
			status: await port.begin({ identity, requestedBy: owner, reason }),
			owner,
			clusterName,
		};
	},
	audited: (begun) =>
		"plan" in begun
			? []
			: [
					globally(
						"rolling-maintenance",
						`begun; owner: ${begun.owner}, reason: ${begun.status.reason}`,
						begun.clusterName,
					),
				],
	tells: {
		would: (begun) =>
			"plan" in begun
				? [
						"take out, one after another:",
						...rollingPlanLines(begun.plan),
					].join("\n")
				: undefined,
		lines: (begun) => ("plan" in begun ? [] : statusLines(begun.status)),
		json: (begun) =>
			"plan" in begun ? planJson(begun.plan) : rollingJson(begun.status),
		message: (begun) =>
			"plan" in begun
				? "Nothing was done: this is what would be"
				: `Rolling maintenance begun: ${begun.status.workflowId}`,
	},
});

const TELLING: Readonly<
	Record<
		RollingOrder,
		{ readonly says: string; readonly help: string; readonly told: string }
	>
> = {
	pause: {
		says: "Pause the rolling maintenance of a cluster",
		help: "No further server is taken out until it is resumed. The server whose turn it is comes back first.",
		told: "paused",
	},
	resume: {
		says: "Resume the rolling maintenance of a cluster",
		help: "Goes on with a rolling maintenance that was paused, or that has paused itself: what did not come about is tried again, a hook that failed is run again.",
		told: "resumed",
	},
	cancel: {
		says: "Cancel the rolling maintenance of a cluster",
		help: "Ends the rolling maintenance. The server whose turn it is comes back first; one that does not is left as it is, and is named.",
		told: "cancelled",
	},
};

interface Told {
	readonly cluster: ClusterRecord;
	readonly owner: string;
	readonly status: RollingStatus;
	/** Else it is as it stands, and nothing was told. */
	readonly isDone: boolean;
}

/** @throws BatonError Refused where none runs */
const standing = async (
	store: Store,
	{ identity, clusterName }: ClusterRecord,
): Promise<RollingStatus> => {
	const status = await store.rollings.of(identity);
	if (status === undefined || hasEnded(status))
		throw errors.noRolling({ cluster: clusterName });
	return status;
};

const telling = (order: RollingOrder) => {
	const { says, help, told } = TELLING[order];
	return action(`${order}-rolling-maintenance`, {
		category: "Instance management",
		says,
		help: `${help} ${CLUSTER_HELP}`,
		takes: { cluster: CLUSTER, owner: SIGNER, isDryRun: DRY_RUN },
		routes: [`${order}-rolling-maintenance/:clusterHint`],
		run: async (
			{ rolling, store },
			{ cluster, owner, isDryRun },
		): Promise<Told> => ({
			cluster,
			owner,
			isDone: !isDryRun,
			status: isDryRun
				? await standing(store, cluster)
				: await (await rolling()).tell(cluster.identity, order, owner),
		}),
		audited: ({ cluster: { clusterName }, owner, isDone }) =>
			isDone
				? [
						globally(
							`${order}-rolling-maintenance`,
							`${told} by ${owner}`,
							clusterName,
						),
					]
				: [],
		tells: {
			would: ({ status, isDone }) =>
				isDone
					? undefined
					: `${order} the rolling maintenance of ${status.clusterAlias || status.clusterName}, which is ${status.phase}`,
			lines: ({ status }) => statusLines(status),
			json: ({ status }) => rollingJson(status),
			message: ({ status }) => `Rolling maintenance ${status.phase}`,
		},
	});
};

/** Servers of a cluster taken out in turn. */
export const ROLLING = [begin, ...ROLLING_ORDERS.map(telling)];
