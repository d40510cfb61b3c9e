import { createAuditTrail } from "../src/audit/audit-trail.ts";
import { operationType } from "../src/audit/operations.ts";
import type { Afterwards, Claim } from "../src/engine/contract.ts";
import type { OperationHookContext } from "../src/engine/hook-context.ts";
import type { Ending } from "../src/engine/outcome.ts";
import { takesLonger } from "../src/mysql/deadline.ts";
import { hookPlanOf } from "../src/operations/rules.ts";
import { isChoiceNote } from "../src/planning/choice-notes.ts";
import { leftStopped, leftUnrestored } from "../src/planning/cut-off.ts";
import { stoppedSays } from "../src/planning/cut-off-remedies.ts";
import {
	type OperationOutcome,
	type OperationRequest,
	type PrimaryChanged,
	subjectOf,
} from "../src/planning/operation.ts";
import type { OperationEnd } from "../src/store/contract.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import type { Snapshot } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

// What is told of an operation that has ended, and to whom.

const endOf = ({ successful, attempted }: OperationOutcome): OperationEnd =>
	successful ? "succeeded" : attempted ? "failed" : "refused";

/**
 * With whom the operation may have left without replication, and who starts that again. Of a source that it has replaced nobody receives
 * any more: the way to bring those along is told with them.
 */
export const withLeftStopped = (
	outcome: OperationOutcome,
	{ unsettled = [] }: Pick<Ending, "unsettled">,
	picture: Snapshot | undefined,
): OperationOutcome => {
	if (picture === undefined) return outcome;
	const replaced =
		"successor" in outcome && outcome.successor !== "" ? outcome.failed : "";
	const stopped = leftStopped(picture, unsettled).filter(
		({ source }) => replaced === "" || source !== replaced,
	);
	const servers = [...new Set(stopped.map(({ on }) => on))];
	return {
		...outcome,
		says: [outcome.says, ...servers.map(stoppedSays)].join("; "),
	};
};

/** Its last line stands for that all has been told: what was cut off before is told by the next try, and nothing else twice. */
export const record = async (
	{ store, nowMs }: Pick<ActivityDeps, "store" | "nowMs">,
	outcome: OperationOutcome,
	notes: readonly string[],
	telling: () => Promise<void>,
): Promise<void> => {
	const { uid, says } = outcome;
	const known = new Set(
		(await store.recoveries.steps(uid)).map(({ message }) => message),
	);
	if (known.has(says)) return;
	for (const note of notes)
		if (!known.has(note)) await store.recoveries.addStep(uid, note, nowMs());
	await telling();
	await store.recoveries.addStep(uid, says, nowMs(), endOf(outcome));
};

/** What nobody asked for has nobody to answer to: its end is told here, above all that nothing could be done. */
export const tell = async (
	{ log, store, config, nowMs }: ActivityDeps,
	outcome: OperationOutcome,
	notes: readonly string[],
): Promise<void> => {
	const { uid, kind, successful, says } = outcome;
	for (const note of notes)
		log[isChoiceNote(note) ? "info" : "warn"]({ uid }, note);
	log[successful ? "info" : "warn"](
		{ uid, kind, instance: subjectOf(outcome), ended: endOf(outcome) },
		says,
	);
	await createAuditTrail(
		store,
		config,
	)({
		atMs: nowMs(),
		type: operationType(outcome),
		instance: subjectOf(outcome),
		clusterName: outcome.clusterName,
		message: says,
	});
};

/** A recovery that was declined leaves no row: its detection says why, in place of that nothing spoke against it. */
export const tellDetection = async (
	{ store }: Pick<ActivityDeps, "store">,
	request: OperationRequest,
	{ attempted, says }: OperationOutcome,
): Promise<void> => {
	if (request.kind !== "recovery" || attempted) return;
	if (request.detectionId !== undefined)
		await store.detections.setVerdict(
			request.detectionId,
			`its recovery was begun, and declined: ${says}`,
		);
};

/** Servers that answer are looked at in less. */
const REFUSED_MS = 200;

export const letGo = async (
	{ store, pictures, credentials, watched }: ActivityDeps,
	claim: Claim,
	{ attempted }: Pick<OperationOutcome, "attempted">,
	{ unsettled = [] }: Pick<Ending, "unsettled">,
): Promise<void> => {
	// What the watcher saw while the operation ran is no finding: it looks again before anybody considers one. And who asks for
	// the topology next shall not be told that of before.
	const settling = watched?.settle(claim.identity) ?? Promise.resolve();
	if (attempted) await settling;
	// It has changed nothing, and somebody waits for the reason.
	else await takesLonger(REFUSED_MS, settling);
	const { identity, runId, uid } = claim;
	const picture = await pictures.find(uid);
	const unrestored =
		picture === undefined ? [] : leftUnrestored(picture, unsettled);
	const hidden = picture?.hidden ?? [];
	if (picture === undefined || unrestored.length + hidden.length === 0) {
		// At once: whoever takes the cluster next would take a picture that is left for one of an operation that was cut off.
		await store.operations.release(identity, runId, uid);
		await pictures.drop(uid);
	} else {
		// What could not be started again, or seen, is for the next operation; who is the primary is settled.
		const cluster = await store.clusters.byIdentity(identity);
		await pictures.keep(uid, {
			...picture,
			clusterName: cluster?.clusterName ?? picture.clusterName,
			receiving: unrestored,
			closed: hidden,
		});
		await store.operations.release(identity, runId);
	}
	credentials.drop(uid);
};

/** The post lists of what changed no primary, and succeeded: the server that it was about has its new place. */
export const afterChangeOfPlace = (
	deps: Pick<ActivityDeps, "config">,
	request: OperationRequest,
	outcome: OperationOutcome,
	context: OperationHookContext,
): Afterwards | undefined => {
	const config = deps.config();
	const lists = hookPlanOf(request).promoted.filter(
		(list) => config[list].length > 0,
	);
	return lists.length === 0 || !outcome.successful
		? undefined
		: {
				uid: outcome.uid,
				lists,
				context: {
					...context,
					command: operationType(outcome),
					successor: context.failed,
				},
			};
};

/** The post lists that hold a command, with what came of the operation. */
export const afterwardsOf = (
	deps: ActivityDeps,
	request: OperationRequest,
	outcome: PrimaryChanged,
	{
		context,
		hasPromoted,
	}: {
		readonly context: OperationHookContext;
		readonly hasPromoted: boolean;
	},
): Afterwards | undefined => {
	const plan = hookPlanOf(request);
	const config = deps.config();
	const lists = (hasPromoted ? plan.promoted : plan.unsuccessful).filter(
		(list) => config[list].length > 0,
	);
	return lists.length === 0
		? undefined
		: {
				uid: outcome.uid,
				lists,
				context: {
					...context,
					successor: outcome.successor,
					successorAlias: outcome.successorAlias,
					successorCoordinates:
						outcome.successor === "" ? null : outcome.successorCoordinates,
					lostReplicas: outcome.left.map((each): InstanceName => each.name),
				},
			};
};
