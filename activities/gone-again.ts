import type {
	OperationOutcome,
	PrimaryChanged,
} from "../src/planning/operation.ts";
import { blocksForMs } from "../src/policy/recovery-table.ts";
import type { ProbeOutcome } from "../src/topology/check.ts";
import { isLastCheckValid } from "../src/topology/instance.ts";
import { findInstance } from "../src/topology/snapshot.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** Deadline of the look at a server that did not answer a step, milliseconds. */
const LOOK_MS = 500;

const SILENT: ReadonlySet<ProbeOutcome> = new Set([
	"connection-refused",
	"lost",
	"timeout",
]);

const goneSays = (successor: string): string =>
	`${successor} was made the primary and cannot be reached any more: nobody takes writes until it is replaced in its turn; where that does not begin by itself, start it again, or use force-master-failover on it`;

/**
 * A new primary may die before its failover is through: that is no success, and the failover of the new one is part of the same
 * trouble. It goes on by itself, once: a second one that dies so is left to a person (the block period).
 */
export const createGoneAgain = (
	deps: Pick<
		ActivityDeps,
		"store" | "servers" | "pictures" | "config" | "nowMs"
	>,
) => {
	const { store } = deps;

	/** What a step had to say against it is looked into: it may just have lacked a privilege. */
	const isGone = async (outcome: PrimaryChanged): Promise<boolean> => {
		if (outcome.successor === "") return false;
		const picture = await deps.pictures.find(outcome.uid);
		const known = picture && findInstance(picture, outcome.successor);
		if (known === undefined || isLastCheckValid(known)) return false;
		const now = await deps.servers.look(outcome.successor, known, LOOK_MS);
		return !isLastCheckValid(now) && SILENT.has(now.check.outcome);
	};

	/** What has failed was not itself opened by a failover that ended like this. */
	const isFirst = async ({
		identity,
		uid,
		clusterAlias,
		failed,
	}: PrimaryChanged): Promise<boolean> => {
		const nowMs = deps.nowMs();
		const config = deps.config();
		const all = await store.recoveries.list({
			ofCluster: { identity, clusterAlias },
		});
		return !all.some(
			(each) =>
				each.uid !== uid &&
				each.startedAtMs > nowMs - blocksForMs(each.analysis, config) &&
				each.endedAtMs > 0 &&
				each.successor === failed &&
				!each.isSuccessful,
		);
	};

	/** Nobody was made the primary, and the one that was to be replaced takes writes: what failed is over. */
	const isAsBefore = async (outcome: PrimaryChanged): Promise<boolean> => {
		if (outcome.successor !== "" || outcome.failed === "") return false;
		const picture = await deps.pictures.find(outcome.uid);
		const failed = picture && findInstance(picture, outcome.failed);
		return failed !== undefined && isLastCheckValid(failed) && !failed.readOnly;
	};

	return async (
		outcome: OperationOutcome,
	): Promise<{
		readonly outcome: OperationOutcome;
		/** Its new primary is gone. */
		readonly isGone: boolean;
		/** It blocks no other recovery. */
		readonly isIdle: boolean;
	}> => {
		if (outcome.kind !== "recovery" || !(await isGone(outcome)))
			return {
				outcome,
				isGone: false,
				isIdle:
					!outcome.changed ||
					(outcome.kind === "recovery" && (await isAsBefore(outcome))),
			};
		const says = `${outcome.says}; ${goneSays(outcome.successor)}`;
		return {
			outcome: { ...outcome, successful: false, says },
			isGone: true,
			isIdle: await isFirst(outcome),
		};
	};
};
