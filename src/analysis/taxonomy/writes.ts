import {
	hasTooFewAcknowledgers,
	hasTooManyAcknowledgers,
	isInNoGroup,
	isPrimary,
	isReadOnly,
	isSeen,
	mustBeExact,
	mustBeWritable,
	someReplicate,
	standsStill,
	waitsForAcknowledgements,
} from "../conditions.ts";
import type { Facts } from "../facts.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";

const acknowledgers = ({ instance: { name, semiSync } }: Facts): string =>
	`primary ${name} waits for ${semiSync.waitForReplicaCount} acknowledging ${semiSync.waitForReplicaCount === 1 ? "replica" : "replicas"} and has ${semiSync.clients}`;

/** Primaries that may not be able to write: waiting for acknowledgements, or read-only. */
export const HINDERED_PRIMARY: readonly TaxonomyRow[] = [
	{
		code: "LockedSemiSyncMaster",
		when: [
			isPrimary,
			isInNoGroup,
			waitsForAcknowledgements,
			hasTooFewAcknowledgers,
			standsStill,
		],
		recovery: "semi-sync",
		says: (f) =>
			`${acknowledgers(f)}: its commits hang; its binary log has stood at ${f.instance.selfCoordinates.file}:${f.instance.selfCoordinates.position} for ${Math.floor(f.stoodStillMs / 1000)} s`,
	},
	{
		code: "LockedSemiSyncMasterHypothesis",
		when: [
			isPrimary,
			isInNoGroup,
			waitsForAcknowledgements,
			hasTooFewAcknowledgers,
		],
		recovery: "none",
		says: (f) => `${acknowledgers(f)}: its commits may hang`,
	},
	{
		code: "MasterWithTooManySemiSyncReplicas",
		when: [
			mustBeExact,
			isPrimary,
			isInNoGroup,
			waitsForAcknowledgements,
			hasTooManyAcknowledgers,
		],
		recovery: "semi-sync",
		says: (f) => `${acknowledgers(f)}, more than it needs`,
	},
	{
		code: "NoWriteableMasterStructureWarning",
		when: [
			mustBeWritable,
			isPrimary,
			isInNoGroup,
			isSeen,
			isReadOnly,
			someReplicate,
		],
		recovery: "make-writable",
		says: (f) => `primary ${f.instance.name} is read-only: nobody can write`,
	},
];
