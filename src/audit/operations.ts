import type { OperationKind } from "../planning/operation.ts";

const BY_CODE: readonly (readonly [part: string, type: string])[] = [
	[
		"ReplicationGroupMember",
		"recover-dead-replication-group-member-with-replicas",
	],
	["NoWriteableMaster", "recover-non-writeable-master"],
	["CoMaster", "recover-dead-co-master"],
	["IntermediateMaster", "recover-dead-intermediate-master"],
];

/**
 * What the audit calls an operation: the reference's word for it (web-ui.md §30). Of a takeover and a rejoin the reference
 * has none; they go by their kind.
 */
export const operationType = ({
	kind,
	analysis = "",
}: {
	readonly kind: OperationKind;
	/** Of a recovery. */
	readonly analysis?: string;
}): string => {
	if (kind === "relocation") return "relocate-below";
	if (kind !== "recovery") return kind;
	const [, type = "recover-dead-master"] =
		BY_CODE.find(([part]) => analysis.includes(part)) ?? [];
	return type;
};
