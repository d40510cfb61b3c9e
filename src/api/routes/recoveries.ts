import {
	blockedJson,
	detectionJson,
	recoveryJson,
	stepJson,
} from "../../compat/json/recovery.ts";
import type { RecoveryRecord } from "../../store/contract.ts";
import type { ReadingDeps } from "../deps.ts";
import {
	CLUSTER_NAME,
	DETECTIONS,
	INSTANCE,
	NOTHING,
	RECOVERIES,
	UID,
} from "../fields.ts";
import type { Reading } from "../reading.ts";
import {
	bareRoutes,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

/** A recovery counts as recent for this long after its end. */
const RECENT_MS = 5 * 60_000;

const detections = (deps: ReadingDeps, reading: Reading): Route[] =>
	bareRoutes(
		{
			...READ,
			paths: [
				"audit-failure-detection",
				"audit-failure-detection/:page",
				"audit-failure-detection/id/:id",
				"audit-failure-detection/alias/:clusterAlias",
				"audit-failure-detection/alias/:clusterAlias/:page",
			],
			says: "Detected failures, newest first, 20 a page",
			input: DETECTIONS,
		},
		async ({ input }) => {
			const rows = await deps.store.detections.page({
				page: input.page,
				...(input.id > 0 ? { id: input.id } : {}),
				...(input.clusterAlias === undefined
					? {}
					: { clusterAlias: input.clusterAlias }),
			});
			const context = reading.analysisContext();
			return rows.map((each) => detectionJson(each, context));
		},
	);

/** A name that a cluster goes by now: and its identity, for what was recorded when it was called by a primary of before. */
const cluster = async (
	{ store }: ReadingDeps,
	clusterName: string,
): Promise<{ readonly clusterName: string; readonly identity?: string }> => {
	const known = await store.clusters.all();
	const found = known.find((each) => each.clusterName === clusterName);
	return {
		clusterName,
		...(found === undefined ? {} : { identity: found.identity }),
	};
};

const audited = (deps: ReadingDeps, reading: Reading): Route[] =>
	bareRoutes(
		{
			...READ,
			paths: [
				"audit-recovery",
				"audit-recovery/:page",
				"audit-recovery/id/:id",
				"audit-recovery/uid/:uid",
				"audit-recovery/cluster/:clusterName",
				"audit-recovery/cluster/:clusterName/:page",
				"audit-recovery/alias/:clusterAlias",
				"audit-recovery/alias/:clusterAlias/:page",
			],
			says: "Recoveries, newest first, 20 a page",
			input: RECOVERIES,
			query: ["unacknowledged"],
		},
		async ({ input }) => {
			const { id, uid, clusterName, clusterAlias } = input;
			const rows = await deps.store.recoveries.list({
				page: input.page,
				unacknowledged: input.unacknowledged === "true",
				...(id > 0 ? { id } : {}),
				...(uid === undefined ? {} : { uid }),
				...(clusterName === undefined ? {} : await cluster(deps, clusterName)),
				...(clusterAlias === undefined ? {} : { clusterAlias }),
			});
			const context = reading.analysisContext();
			return rows.map((each) => recoveryJson(each, context));
		},
	);

const recent = (deps: ReadingDeps, reading: Reading): Route[] => {
	const show = (
		rows: readonly RecoveryRecord[],
		test: (row: RecoveryRecord) => boolean,
	) => {
		const context = reading.analysisContext();
		return rows.filter(test).map((each) => recoveryJson(each, context));
	};
	const endedLately = (row: RecoveryRecord): boolean =>
		row.endedAtMs > 0 && deps.nowMs() - row.endedAtMs <= RECENT_MS;
	const { recoveries } = deps.store;
	return [
		...bareRoutes(
			{
				...READ,
				paths: ["active-cluster-recovery/:clusterName"],
				says: "Recoveries of a cluster that are in progress",
				input: CLUSTER_NAME,
			},
			async ({ input }) =>
				show(
					await recoveries.active(await cluster(deps, input.clusterName)),
					(row) => row.endedAtMs === 0,
				),
		),
		...bareRoutes(
			{
				...READ,
				paths: ["recently-active-cluster-recovery/:clusterName"],
				says: "Recoveries of a cluster that ended in the last 5 minutes",
				input: CLUSTER_NAME,
			},
			async ({ input }) =>
				show(
					await recoveries.list(await cluster(deps, input.clusterName)),
					endedLately,
				),
		),
		...bareRoutes(
			{
				...READ,
				paths: ["recently-active-instance-recovery/:host/:port"],
				says: "Recoveries that made this instance the successor in the last 5 minutes",
				input: INSTANCE,
			},
			async ({ input }) => {
				const successor = await reading.nameOf(input);
				return show(await recoveries.active({ successor }), endedLately);
			},
		),
	];
};

const details = (deps: ReadingDeps): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["audit-recovery-steps/:uid"],
			says: "The steps of a recovery, oldest first",
			input: UID,
		},
		async ({ input }) =>
			(await deps.store.recoveries.steps(input.uid)).map(stepJson),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["blocked-recoveries", "blocked-recoveries/cluster/:clusterName"],
			says: "Recoveries that were held back by an earlier one",
			input: CLUSTER_NAME.partial(),
		},
		async ({ input }) =>
			(await deps.store.recoveries.blocked(input.clusterName)).map(blockedJson),
	),
];

const globalSwitch = (deps: ReadingDeps): Route[] => [
	...envelopeRoutes(
		{
			...READ,
			paths: ["check-global-recoveries"],
			says: "Whether automatic recoveries are enabled",
			input: NOTHING,
		},
		async () => {
			const disabled = await deps.store.recoveries.isGloballyDisabled();
			const word = disabled ? "disabled" : "enabled";
			return success(word, `Global recoveries ${word}`);
		},
	),
];

/** What was detected and done, and the global switch. */
export const recoveryRoutes = (
	deps: ReadingDeps,
	reading: Reading,
): Route[] => [
	...detections(deps, reading),
	...audited(deps, reading),
	...recent(deps, reading),
	...details(deps),
	...globalSwitch(deps),
];
