import type { OperationRequest, Silence } from "../planning/operation.ts";
import { shortened } from "../topology/gtid/shortened.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { type AnalysisEntry, isSkippable } from "./analysis.ts";
import type { Facts } from "./facts.ts";

/** What an instance is, in the words of the hooks' placeholders. */
type InstanceType =
	| "co-master"
	| "group-member"
	| "master"
	| "intermediate-master";

/** What a watcher tells the cluster's entity about an analysis: small, since it travels through a workflow's history. */
export interface Finding {
	readonly instance: InstanceName;
	readonly code: string;
	readonly says: string;
	readonly recovery: AnalysisEntry["recovery"];
	readonly isActionable: boolean;
	readonly notActionableBecause: string;
	readonly isDowntimed: boolean;
	/** Its server cannot be seen now. */
	readonly isSilent?: true;
	readonly replicas: readonly InstanceName[];
	/** Milliseconds since the epoch: when something was first amiss, and when it was called what it is. */
	readonly noticedAtMs: number;
	readonly declaredAtMs: number;
	/** When the last of the looks began that say what the instance is to others: what is older than a change of roles says nothing after it. */
	readonly lookedAtMs?: number;
	readonly silence: Readonly<Record<InstanceName, Silence>>;
	/** What the instance is. */
	readonly role: {
		readonly instanceType: InstanceType;
		readonly isPrimary: boolean;
		readonly isCoPrimary: boolean;
	};
}

/** An operation that the node which declared a failure has started by itself, before the entity heard of it. */
export interface Started {
	readonly runId: string;
	readonly request: OperationRequest;
	/** What was decided about the finding. */
	readonly says: string;
}

/** What a watcher signals. */
export interface AnalysisChange {
	readonly findings: readonly Finding[];
	readonly started?: Started;
}

const instanceTypeOf = (facts: Facts): InstanceType => {
	if (facts.isCoPrimary) return "co-master";
	if (facts.isGroupMember) return "group-member";
	return facts.isPrimary ? "master" : "intermediate-master";
};

export const findingOf = (
	entry: AnalysisEntry,
	{
		noticedAtMs,
		declaredAtMs,
		lookedAtMs,
		silence,
	}: Required<
		Pick<Finding, "noticedAtMs" | "declaredAtMs" | "lookedAtMs" | "silence">
	>,
): Finding => ({
	instance: entry.instance,
	code: entry.code,
	says: shortened(entry.says),
	recovery: entry.recovery,
	isActionable: entry.isActionable,
	notActionableBecause: shortened(entry.notActionableBecause),
	isDowntimed: isSkippable(entry),
	...(entry.facts.lastCheckValid ? {} : { isSilent: true }),
	replicas: entry.facts.replicas.map((each) => each.name),
	noticedAtMs,
	declaredAtMs,
	lookedAtMs,
	silence,
	role: {
		instanceType: instanceTypeOf(entry.facts),
		isPrimary: entry.facts.isPrimary,
		isCoPrimary: entry.facts.isCoPrimary,
	},
});
