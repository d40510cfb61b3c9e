/**
 * What the audit says of a change that an operator made, by the command line or the API. Types are those of the reference; what it does not audit goes by the name of its command.
 */

import type { PromotionRule } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { AuditTrail } from "./audit-trail.ts";

/** One entry, before it is known when and by whom. */
export interface AuditedChange {
	readonly type: string;
	/** Empty for what is about no instance. */
	readonly instance: InstanceName | "";
	/** Without it, that of the instance. */
	readonly clusterName?: string;
	readonly message: string;
}

const about =
	(type: string) =>
	(instance: InstanceName, message = ""): AuditedChange => ({
		type,
		instance,
		message,
	});

interface OwnedHold {
	readonly instance: InstanceName;
	readonly owner: string;
	readonly reason: string;
}

export const downtimeBegun = ({
	instance,
	owner,
	reason,
}: OwnedHold): AuditedChange =>
	about("begin-downtime")(instance, `owner: ${owner}, reason: ${reason}`);

export const downtimeEnded = about("end-downtime");

export const maintenanceBegun = ({
	id,
	instance,
	owner,
	reason,
}: OwnedHold & { readonly id: number }): AuditedChange =>
	about("begin-maintenance")(
		instance,
		`maintenanceToken: ${id}, owner: ${owner}, reason: ${reason}`,
	);

export const maintenanceEnded = about("end-maintenance");

export const candidateRegistered = (
	instance: InstanceName,
	rule: PromotionRule,
): AuditedChange => about("register-candidate")(instance, rule);

/** One entry for each that was forgotten. */
export const forgotten = (
	instances: readonly InstanceName[],
	clusterName: string,
): AuditedChange[] =>
	instances.map((instance) => ({
		...about("forget")(instance),
		clusterName,
	}));

/** One entry for each that had it. */
export const tagRemoved = (
	instances: readonly InstanceName[],
	tag: string,
): AuditedChange[] =>
	instances.map((instance) => about("delete-instance-tag")(instance, tag));

export const tagPut = about("put-instance-tag");

export const poolSubmitted = (
	pool: string,
	members: readonly InstanceName[],
): AuditedChange => ({
	type: "submit-pool-instances",
	instance: "",
	message: `pool: ${pool}, instances: ${members.join(",")}`,
});

export const unresolveRegistered = (
	instance: InstanceName,
	virtual: string,
): AuditedChange =>
	about("register-hostname-unresolve")(instance, `virtual name: ${virtual}`);

export const unresolveDeregistered = about("deregister-hostname-unresolve");

export const discovered = about("discover");

/** Of one failed instance, of a cluster, or of all. */
export const recoveriesAcknowledged = (
	of: { readonly instance?: InstanceName; readonly clusterName?: string },
	count: number,
	owner: string,
	comment: string,
): AuditedChange => ({
	type: "ack-recovery",
	instance: of.instance ?? "",
	clusterName: of.clusterName ?? "",
	message: `${count} recoveries acknowledged; owner: ${owner}, comment: ${comment}`,
});

/** A change that is about no one instance. */
export const globally = (
	type: string,
	message: string,
	clusterName = "",
): AuditedChange => ({ type, instance: "", clusterName, message });

/** The message, and who asked for the change. */
export const askedForBy = (message: string, who: string): string =>
	`${message === "" ? "" : `${message}; `}asked for by ${who}`;

/** Writes an entry for each, in their order. @throws as the trail does */
export const recordChanges = async (
	trail: AuditTrail,
	changes: readonly AuditedChange[],
	atMs: number,
): Promise<void> => {
	for (const change of changes)
		await trail({ clusterName: "", ...change, atMs });
};

/** By a watcher, in the moment in which the server answered again; the rejoin that follows has an entry of its own. */
export const replacedPrimaryClosed = (instance: InstanceName): AuditedChange =>
	about("close-replaced-primary")(
		instance,
		"it was replaced, and came back with its writes open: it was made read-only",
	);

/** Two names that turned out to be one server's. */
export const addressMerged = (
	instance: InstanceName,
	alias: InstanceName,
): AuditedChange =>
	about("merge-aliases")(
		instance,
		`${alias} is another address of this server; what was said of it was taken over`,
	);

export const addressGone = (
	instance: InstanceName,
	alias: InstanceName,
): AuditedChange =>
	about("drop-alias")(
		instance,
		`${alias} is no address of this server any more`,
	);

export const uuidShared = (
	instance: InstanceName,
	other: InstanceName,
): AuditedChange =>
	about("shared-server-uuid")(
		instance,
		`${other} has the same server UUID and is another server`,
	);

/** The server at the address of a member is another one. */
export const strangerLeft = (
	instance: InstanceName,
	clusterName: string,
): AuditedChange => ({
	...about("leave-cluster")(
		instance,
		"another server answers at this address than the member of the cluster that was there",
	),
	clusterName,
});
