import type { AnalysisEntry } from "../analysis/analysis.ts";
import { runInUid } from "../operations/uid.ts";
import { snapshotsOfStore } from "../reading/snapshots-of-store.ts";
import type { OperationClaim, RecoveryRecord } from "../store/contract.ts";
import type { ApiDeps } from "./deps.ts";
import { isOpenListener, openListenerWarning } from "./open-listener.ts";
import {
	CLUSTER_PREFIX,
	OPERATIONS,
	type OperationPicture,
	type Picture,
	RECOVERIES,
	type RecoveryPicture,
	ROLLINGS,
	type RollingPicture,
	STATUS,
	type StatusPicture,
} from "./picture.ts";
import { pictureOfCluster } from "./picture-of-cluster.ts";
import { pictureOfRolling } from "./picture-of-rolling.ts";
import type { Reading } from "./reading.ts";

const recoveryPicture = (record: RecoveryRecord): RecoveryPicture => ({
	uid: record.uid,
	cluster: record.clusterAlias || record.clusterName,
	analysis: record.analysis,
	failed: record.instance,
	successor: record.successor,
	startedAtMs: record.startedAtMs,
	endedAtMs: record.endedAtMs,
	isSuccessful: record.isSuccessful,
	lost: record.lostReplicas,
	errors: record.errors.filter((each) => each !== ""),
	isAcknowledged: record.acknowledged,
});

const BLIND =
	"Temporal cannot be reached: Baton watches nothing and will not act; what you see is the last that was known";

/** The drawing of the picture that pages show: from the store, so that it needs no Temporal. */
export const createPainter = (deps: ApiDeps, reading: Reading) => {
	const { store } = deps;

	const status = async (): Promise<StatusPicture> => {
		const settings = deps.config();
		const [isReachable, isDisabled] = await Promise.all([
			deps.temporal.reachable(),
			store.recoveries.isGloballyDisabled(),
		]);
		return {
			node: deps.node.hostname,
			version: deps.node.version,
			temporal: { isReachable, uiAddress: deps.temporal.uiAddress },
			globalRecoveries: !isDisabled,
			warnings: [
				...(isReachable ? [] : [BLIND]),
				...(isOpenListener(settings) ? [openListenerWarning(settings)] : []),
			],
			notice: settings.WebMessage,
		};
	};

	/** Empty before it has looked: what an operation before it has left is not its own. */
	const uidOf = async (claim: OperationClaim): Promise<string> => {
		const uid = await store.operations.pictureUid(claim.identity);
		return uid?.includes(runInUid(claim.runId)) ? uid : "";
	};

	const stepsOf = async (uid: string) => {
		if (uid === "") return [];
		const steps = await store.recoveries.steps(uid);
		return steps.map((each) => ({ atMs: each.atMs, says: each.message }));
	};

	const operation = async (
		claim: OperationClaim,
	): Promise<OperationPicture> => {
		const [cluster, uid] = await Promise.all([
			store.clusters.byIdentity(claim.identity),
			uidOf(claim),
		]);
		return {
			identity: claim.identity,
			clusterName: cluster?.clusterName ?? claim.identity,
			kind: claim.kind,
			workflowId: claim.workflowId,
			runId: claim.runId,
			uid,
			page: deps.operator.pageOf(claim.workflowId, claim.runId),
			startedAtMs: claim.startedAtMs,
			steps: await stepsOf(uid),
		};
	};

	const operations = async (): Promise<OperationPicture[]> =>
		Promise.all((await store.operations.running()).map(operation));

	const rollings = async (): Promise<RollingPicture[]> =>
		(await store.rollings.running()).map((each) =>
			pictureOfRolling(each, deps.operator.pageOf(each.workflowId)),
		);

	const clusters = async (): Promise<Picture> => {
		const [snapshots, entries, context] = await Promise.all([
			snapshotsOfStore(store, deps.nowMs()),
			deps.analyse(),
			reading.instanceContext(),
		]);
		const byCluster = new Map<string, AnalysisEntry[]>();
		for (const entry of entries) {
			const group = byCluster.get(entry.clusterName);
			if (group) group.push(entry);
			else byCluster.set(entry.clusterName, [entry]);
		}
		const filters = deps.config().RecoverMasterClusterFilters;
		return Object.fromEntries(
			snapshots.map((snapshot) => [
				`${CLUSTER_PREFIX}${snapshot.clusterName}`,
				pictureOfCluster(
					snapshot,
					byCluster.get(snapshot.clusterName) ?? [],
					context,
					filters,
				),
			]),
		);
	};

	return {
		operations,
		/** Everything that the pages show. @throws BatonError when the store cannot be read */
		picture: async (): Promise<Picture> => {
			const recoveries = await store.recoveries.list({ page: 0 });
			return {
				[STATUS]: await status(),
				[OPERATIONS]: await operations(),
				[ROLLINGS]: await rollings(),
				[RECOVERIES]: recoveries.map(recoveryPicture),
				...(await clusters()),
			};
		},
	};
};

export type Painter = ReturnType<typeof createPainter>;
