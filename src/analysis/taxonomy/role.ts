import type { DisputeCode } from "../../topology/role-disputes.ts";
import { condition } from "../conditions.ts";
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
];
