import { globally } from "../../audit/changes.ts";
import { errors } from "../../errors.ts";
import type { RollingPlan } from "../../rolling/next-server.ts";
import {
	hasEnded,
	ROLLING_ORDERS,
	type RollingOrder,
	type RollingStatus,
	type RollingWord,
} from "../../rolling/status.ts";
import {
	rollingJson,
	rollingPlanLines,
	statusLines,
} from "../../rolling/text.ts";
import { whyNotTold } from "../../rolling/word.ts";
import type { ClusterRecord, Store } from "../../store/contract.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { action } from "../action.ts";
import { CLUSTER } from "../arguments/clusters.ts";
import { INSTANCE } from "../arguments/instances.ts";
import { DRY_RUN, MAYBE_REASON, SIGNER } from "../arguments/words.ts";
import type { RowContext } from "../context.ts";
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

/** It would be over within seconds, with nothing done but that the primary has moved. */
const NO_HOOK =
	"BatonRollingMaintenanceProcesses names no hook: nothing is done to a server in its turn, and the primary moves all the same; cancel-rolling-maintenance ends it";

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
	isLook: true,
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
		hints: async (_, { configuration }) =>
			configuration.BatonRollingMaintenanceProcesses.length > 0
				? []
				: [NO_HOOK],
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
		help: "Goes on with a rolling maintenance that was paused, or that has paused itself: what did not come about is tried again, a hook that failed is run again. To go on without a server, see skip-rolling-maintenance.",
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

/** The one that would be told. @throws BatonError Refused where none runs, or where it would be refused */
const standing = async (
	store: Store,
	{ identity, clusterName }: ClusterRecord,
	word: RollingWord,
): Promise<RollingStatus> => {
	const status = await store.rollings.of(identity);
	if (status === undefined || hasEnded(status))
		throw errors.noRolling({ cluster: clusterName });
	const why = whyNotTold(status, word);
	if (why !== "") throw errors.rollingNotTold({ why });
	return status;
};

/** Tells one that runs, or only sees how it stands. */
const tell = async (
	{ rolling, store }: RowContext,
	cluster: ClusterRecord,
	word: RollingWord,
	isDryRun: boolean,
): Promise<Told> => ({
	cluster,
	owner: word.by,
	isDone: !isDryRun,
	status: isDryRun
		? await standing(store, cluster, word)
		: await (await rolling()).tell(cluster, word),
});

const called = ({ clusterAlias, clusterName, phase }: RollingStatus): string =>
	`the rolling maintenance of ${clusterAlias || clusterName}, which is ${phase}`;

/** How it is told that it was told. */
const TELLS = {
	lines: ({ status }: Told) => statusLines(status),
	json: ({ status }: Told) => rollingJson(status),
	message: ({ status }: Told) => `Rolling maintenance ${status.phase}`,
};

const telling = (order: RollingOrder) => {
	const { says, help, told } = TELLING[order];
	const name = `${order}-rolling-maintenance`;
	return action(name, {
		category: "Instance management",
		says,
		help: `${help} ${CLUSTER_HELP}`,
		takes: { cluster: CLUSTER, owner: SIGNER, isDryRun: DRY_RUN },
		isLook: true,
		routes: [`${name}/:clusterHint`],
		run: (context, { cluster, owner, isDryRun }) =>
			tell(context, cluster, { order, by: owner }, isDryRun),
		audited: ({ cluster: { clusterName }, owner, isDone }) =>
			isDone ? [globally(name, `${told} by ${owner}`, clusterName)] : [],
		tells: {
			...TELLS,
			would: ({ status, isDone }) =>
				isDone ? undefined : `${order} ${called(status)}`,
		},
	});
};

/** @throws BatonError Refused where it is of no cluster */
const clusterWith = async (
	{ clusters }: Store,
	instance: InstanceName,
): Promise<ClusterRecord> => {
	const identity = await clusters.identityOf(instance);
	const cluster = identity && (await clusters.byIdentity(identity));
	if (!cluster) throw errors.noRolling({ cluster: instance });
	return cluster;
};

const skip = action("skip-rolling-maintenance", {
	category: "Instance management",
	says: "Leave a server out of the rolling maintenance of its cluster",
	help: "The instance in -i has no turn in the rolling maintenance that runs, which goes on with the others. One whose hook has failed, or that does not come back, is brought in if it is in order by now: its replicas come back and its downtime ends. Else it is left as it is, out and downtimed, and named. It holds up nobody from then on, and is not made the primary. To have it tried again instead, see resume-rolling-maintenance. A hook that runs is waited for first.",
	takes: { instance: INSTANCE, owner: SIGNER, isDryRun: DRY_RUN },
	isLook: true,
	routes: ["skip-rolling-maintenance/:host/:port"],
	run: async (context, { instance, owner, isDryRun }) => ({
		instance,
		...(await tell(
			context,
			await clusterWith(context.store, instance),
			{ order: "skip", server: instance, by: owner },
			isDryRun,
		)),
	}),
	audited: ({ instance, cluster: { clusterName }, owner, isDone }) =>
		isDone
			? [
					{
						type: "skip-rolling-maintenance",
						instance,
						clusterName,
						message: `skipped by ${owner}`,
					},
				]
			: [],
	tells: {
		...TELLS,
		would: ({ instance, status, isDone }) =>
			isDone ? undefined : `leave ${instance} out of ${called(status)}`,
	},
});

/** Servers of a cluster taken out in turn. */
export const ROLLING = [begin, ...ROLLING_ORDERS.map(telling), skip];
