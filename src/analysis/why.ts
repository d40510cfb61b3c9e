import type { Facts } from "./facts.ts";
import { TAXONOMY } from "./taxonomy.ts";
import type { AnalysisCode } from "./taxonomy-row.ts";

/** One row of the taxonomy, held against the facts of an instance. */
export interface Considered {
	readonly code: AnalysisCode;
	/** All its conditions hold. The first such row is the finding; later ones are passed over. */
	readonly holds: boolean;
	/** What is the case instead of the first condition that does not hold, in plain words; empty when the row holds. */
	readonly failed: string;
}

/** Every row in priority order, and why it does or does not hold. */
export const consider = (facts: Facts): readonly Considered[] =>
	TAXONOMY.map((row) => {
		const failed = row.when.find((each) => !each.test(facts));
		return {
			code: row.code,
			holds: failed === undefined,
			failed: failed?.otherwise(facts) ?? "",
		};
	});
