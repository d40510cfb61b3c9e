import type { RowFor } from "../operations/kinds/row.ts";
import { KINDS } from "../operations/kinds.ts";
import type { OperationKind } from "../planning/operation.ts";
import { recoveryOfCode } from "../policy/recovery-table.ts";

/** Of an outcome what the audit's word may go by. */
interface Told {
	readonly kind: OperationKind;
	/** Of a recovery. */
	readonly analysis?: string;
	/** Of a change of one server. */
	readonly change?: string;
	/** Of a kind with several ways. */
	readonly way?: string;
}

/**
 * What the audit calls an operation: the reference's word for it. Of a takeover and a rejoin the reference
 * has none; they go by their kind. A change of one server goes by its command.
 */
export const operationType = ({
	kind,
	analysis = "",
	change,
	way = "",
}: Told): string => {
	const { rules }: Pick<RowFor<never>, "rules"> = KINDS[kind];
	if (rules === "by analysis") return recoveryOfCode(analysis).audit;
	return rules.audits?.[way] ?? rules.audit ?? change ?? kind;
};
