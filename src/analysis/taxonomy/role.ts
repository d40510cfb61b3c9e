import { isReplica, sourceOf } from "../../topology/instance.ts";
import { readOnlyStatement } from "../../topology/read-only.ts";
import type { DisputeCode } from "../../topology/role-disputes.ts";
import { condition, isSeen } from "../conditions.ts";
import type { TaxonomyRow } from "../taxonomy-row.ts";

const row = (code: DisputeCode, says: string): TaxonomyRow => ({
	code,
	when: [
		condition(
			says,
			(f) => f.dispute?.code === code,
			"what is seen of it goes with the record of the primary",
		),
	],
	recovery: "none",
	says: (f) => f.dispute?.says ?? "",
});

/** What is seen on the servers and does not go with the record of the cluster's primary. */
export const ROLE: readonly TaxonomyRow[] = [
	row(
		"RecordedPrimaryReplicates",
		"it is the recorded primary, and replicates from another server or is not its group's primary",
	),
	row(
		"WriterBesideRecordedPrimary",
		"it takes writes and replicates from nobody, and another server is the recorded primary",
	),
	row(
		"RecordedPrimaryIsAnotherServer",
		"it answers at the address of the recorded primary, and is another server",
	),
	{
		code: "ReplacedPrimaryTakesWrites",
		when: [
			condition(
				"the recorded primary has replaced it",
				(f) => f.isReplaced,
				"it was not the primary before the recorded one",
			),
			isSeen,
			condition(
				"it replicates, and is no co-primary",
				(f) => isReplica(f.instance) && !f.isCoPrimary,
				"it replicates from nobody, or is a co-primary",
			),
			condition(
				"it is writable",
				(f) => !f.instance.readOnly,
				"it is read-only",
			),
		],
		recovery: "none",
		says: ({ instance }) =>
			`${instance.name} was replaced, replicates from ${sourceOf(instance) ?? "another server"} and takes writes all the same: what clients write there is nowhere else, and no takeover to it begins; make it read-only: ${readOnlyStatement(instance)} on ${instance.name}`,
	},
];
