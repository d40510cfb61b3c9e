import { KINDS } from "../operations/kinds.ts";
import type { OperationKind } from "../planning/operation.ts";
import { recoveryOfCode } from "../policy/recovery-table.ts";

/**
 * What the audit calls an operation: the reference's word for it. Of a takeover and a rejoin the reference
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
	const { rules } = KINDS[kind];
	return rules === "by analysis" ? recoveryOfCode(analysis).audit : rules.audit;
};
