import { isLastCheckValid } from "../topology/instance.ts";
import { readOnlyStatement } from "../topology/read-only.ts";
import type { FailoverScene } from "./failover-scene.ts";
import { otherPrimary } from "./members.ts";
import { cannot } from "./privileges.ts";
import { heirsIn, silentIn } from "./unaccounted.ts";

/** A candidate that dies under way is replaced by the next one; after so many something else is wrong. */
const MOST_CANDIDATES = 4;

const whyNotBegin = (scene: FailoverScene): string | undefined => {
	const { request, snapshot, failed, replicas, isAlive, heir } = scene;
	if (!replicas.some(isLastCheckValid))
		return `no replica of ${failed.name} can be reached${replicas.length === 0 ? ": it has none" : ""}`;
	// Somebody takes writes in its place already: that is to be finished, whatever can be seen of it by now.
	if (!request.stands && !request.byCommand && heir === undefined)
		return `the failure no longer stands: ${request.standsSays}`;
	const other = otherPrimary(snapshot, failed);
	if (other !== undefined)
		return `${other.name} is the primary of the cluster and answers: to promote another server in place of ${failed.name} would make two`;
	const says = isAlive ? cannot(failed, "open") : undefined;
	return says === undefined
		? undefined
		: `${failed.name} answers and could not be made read-only: ${says}`;
};

/** Nobody else is opened beside one that takes writes, or may. */
const wouldBeTwo = ({
	request,
	snapshot,
	progress,
	heir,
}: FailoverScene): string | undefined => {
	const heirs = heirsIn(snapshot);
	if (heirs.length > 1)
		return `${heirs.map(({ name }) => name).join(" and ")} take writes, and an operation before this one may have opened each of them: compare them, make all but one read-only (${[...new Set(heirs.map(readOnlyStatement))].join(", ")} on it), then ask again`;
	if (heir !== undefined) {
		const { name } = heir;
		if (request.candidate !== undefined && request.candidate !== name)
			return `${name} takes writes, since an operation before this one has opened it: to promote ${request.candidate} would make two; name ${name}`;
		const fell = progress.fallen.get(name);
		return (
			fell &&
			`${name} takes writes, since an operation before this one has opened it, and that could not be finished: ${fell}`
		);
	}
	const silent = request.byCommand ? [] : silentIn(snapshot);
	return silent.length === 0
		? undefined
		: `${silent.join(", ")} may take writes, since an operation before this one may have opened it, and says nothing: promoting another server could make two primaries; see to it that it is down or read-only, then use force-master-failover`;
};

/** It has all that was acknowledged, and who was stopped below it can go on. A person who wants it replaced has it closed first. */
const isBack = ({
	request,
	progress,
	failed,
	isAlive,
	heir,
}: FailoverScene): string | undefined =>
	heir === undefined &&
	isAlive &&
	!failed.readOnly &&
	!progress.isClosed &&
	!request.byCommand
		? `${failed.name} answers again and takes writes: nobody is opened beside it`
		: undefined;

/** What speaks against going on, whoever would be chosen; undefined when nothing does. */
export const whyNotFailOver = (scene: FailoverScene): string | undefined => {
	const { progress, request, failed, isAlive } = scene;
	const two = wouldBeTwo(scene);
	if (two !== undefined) return two;
	if (!progress.hasBegun) return whyNotBegin(scene);
	const back = isBack(scene);
	if (back !== undefined) return back;
	const { fallen } = progress;
	if (fallen.size >= MOST_CANDIDATES)
		return `gave up after ${[...fallen.keys()].join(", ")}: none could be promoted`;
	const { candidate } = request;
	const fell = candidate === undefined ? undefined : fallen.get(candidate);
	return fell !== undefined && isAlive
		? `${candidate}, which was asked for, could not be promoted, and ${failed.name} lives: ${fell}`
		: undefined;
};
