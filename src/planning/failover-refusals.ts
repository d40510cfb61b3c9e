import { isLastCheckValid } from "../topology/instance.ts";
import type { FailoverScene } from "./failover-scene.ts";
import { otherPrimary } from "./members.ts";
import { cannot } from "./privileges.ts";

/** A candidate that dies under way is replaced by the next one; after so many something else is wrong. */
const MOST_CANDIDATES = 4;

const whyNotBegin = (scene: FailoverScene): string | undefined => {
	const { request, snapshot, failed, replicas, isAlive } = scene;
	if (!replicas.some(isLastCheckValid))
		return `no replica of ${failed.name} can be reached${replicas.length === 0 ? ": it has none" : ""}`;
	if (!request.stands && !request.byCommand)
		return `the failure no longer stands: ${request.standsSays}`;
	const other = otherPrimary(snapshot, failed);
	if (other !== undefined)
		return `${other.name} is the primary of the cluster and answers: to promote another server in place of ${failed.name} would make two`;
	const says = isAlive ? cannot(failed, "open") : undefined;
	return says === undefined
		? undefined
		: `${failed.name} answers and could not be made read-only: ${says}`;
};

/** What speaks against going on, whoever would be chosen; undefined when nothing does. */
export const whyNotFailOver = (scene: FailoverScene): string | undefined => {
	const { progress, request, failed, isAlive } = scene;
	if (!progress.hasBegun) return whyNotBegin(scene);
	const { fallen } = progress;
	if (fallen.size >= MOST_CANDIDATES)
		return `gave up after ${[...fallen.keys()].join(", ")}: none could be promoted`;
	const { candidate } = request;
	const fell = candidate === undefined ? undefined : fallen.get(candidate);
	return fell !== undefined && isAlive
		? `${candidate}, which was asked for, could not be promoted, and ${failed.name} lives: ${fell}`
		: undefined;
};
