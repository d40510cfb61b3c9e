import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { type Phase, phase } from "./plan.ts";
import type { SemiSyncPolicy } from "./step.ts";

export interface SemiSyncChoice {
	/** Undefined: the new primary's own settings stay as they are. */
	readonly policy: SemiSyncPolicy | undefined;
	readonly notes: readonly string[];
	/** Why it would not do; empty otherwise. */
	readonly refusal: string;
}

export const policyOf = ({ semiSync }: Instance): SemiSyncPolicy => ({
	sourceEnabled: semiSync.sourceEnabled,
	sourceTimeoutMs: semiSync.sourceTimeoutMs,
	waitForReplicaCount: semiSync.waitForReplicaCount,
	waitPoint: semiSync.waitPoint,
});

/** The phase in which a new primary's acknowledgements are counted. */
const FITTING = "acknowledgements";

export const LEFT_AS_IT_IS: SemiSyncChoice = {
	policy: undefined,
	notes: [],
	refusal: "",
};

/** The old primary's policy; where that one waited for nobody, or was never seen, what the new one has switched on itself. */
const wantedBy = (
	old: Instance,
	next: Instance,
): SemiSyncPolicy | undefined => {
	const model = [old, next].find((each) => each.semiSync.sourceEnabled);
	return model === undefined ? undefined : policyOf(model);
};

/** The note says that a new primary promises less than the old one: it is told wherever the end of the operation is. */
export const isLowering = (note: string): boolean => note.startsWith("LOWERED");

const servers = (count: number): string =>
	count === 0
		? "no server that acknowledges"
		: `only ${count} ${count === 1 ? "server that acknowledges" : "servers that acknowledge"}`;

export const acknowledgements = (count: number): string =>
	count === 1 ? "1 acknowledgement" : `${count} acknowledgements`;

/** The policy with which that many acknowledgements are enough. */
export const loweredTo = (
	policy: SemiSyncPolicy,
	acks: number,
): SemiSyncPolicy => ({
	...policy,
	sourceEnabled: acks > 0,
	waitForReplicaCount: acks > 0 ? acks : policy.waitForReplicaCount,
});

/** @param waited what its commits waited for, or would have */
export const loweredNote = (
	name: InstanceName,
	waited: number,
	acks: number,
): string =>
	acks > 0
		? `LOWERED: semi-sync of ${name} waits for ${acks} instead of ${acknowledgements(waited)}, since ${servers(acks)} is left below it; set the count back when there are more`
		: `LOWERED: semi-sync is switched off on ${name}, which would wait for ${acknowledgements(waited)} while ${servers(acks)} is left below it; switch it on when there is one`;

const lowered = (
	policy: SemiSyncPolicy,
	next: Instance,
	acks: number,
): SemiSyncChoice => ({
	policy: loweredTo(policy, acks),
	notes: [loweredNote(next.name, policy.waitForReplicaCount, acks)],
	refusal: "",
});

/** What was counted on beforehand may have failed to follow: looked at again when all has followed that would (never in lossless mode lowered). */
export const fitPhase = (
	next: Instance,
	policy: SemiSyncPolicy | undefined,
	mode: "available" | "lossless",
): readonly Phase[] =>
	policy?.sourceEnabled === true
		? [
				phase(
					FITTING,
					[
						{
							do: "fitSemiSync",
							on: next.name,
							lowers: mode === "available",
							because: "its commits would hang without them",
						},
					],
					"goOn",
				),
			]
		: [];

/**
 * How a new primary shall wait for acknowledgements: as the old one did, as far as those that are left can acknowledge. Its
 * commits would hang otherwise. In lossless mode that is a refusal.
 * @param below servers that will replicate from it
 */
export const semiSyncFor = (
	old: Instance,
	next: Instance,
	below: readonly Instance[],
	mode: "available" | "lossless",
): SemiSyncChoice => {
	const wanted = wantedBy(old, next);
	if (wanted === undefined) return LEFT_AS_IT_IS;
	if (!next.semiSync.available)
		return {
			...LEFT_AS_IT_IS,
			notes: [
				`LOWERED: ${next.name} will not wait for semi-sync acknowledgements as ${old.name} did: its semi-sync source plugin is not loaded; install it`,
			],
		};
	const acks = below.filter(
		(each) => isLastCheckValid(each) && each.semiSync.replicaEnabled,
	).length;
	if (acks >= wanted.waitForReplicaCount)
		return { policy: wanted, notes: [], refusal: "" };
	if (mode === "available") return lowered(wanted, next, acks);
	return {
		...LEFT_AS_IT_IS,
		refusal: `BatonMode is lossless, and semi-sync waits for ${acknowledgements(wanted.waitForReplicaCount)}, but would have ${servers(acks)} below ${next.name}: its commits would hang; enable semi-sync on more replicas, lower the wait count, or set BatonMode to available; force-master-failover accepts it`,
	};
};
