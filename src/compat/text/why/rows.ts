import type { AnalysisEntry } from "../../../analysis/analysis.ts";
import { consider } from "../../../analysis/why.ts";
import { wrapped } from "./layout.ts";

/** The codes that fail for the same reason, under that reason. */
const byReason = (
	rows: ReturnType<typeof consider>,
): ReadonlyMap<string, string[]> => {
	const groups = new Map<string, string[]>();
	for (const { code, holds, failed } of rows) {
		if (holds) continue;
		const group = groups.get(failed);
		if (group) group.push(code);
		else groups.set(failed, [code]);
	}
	return groups;
};

/** Why each row of the taxonomy does or does not hold for an instance. */
const considered = (entry: AnalysisEntry): string => {
	const rows = consider(entry.facts);
	const [finding, ...passedOver] = rows
		.filter((row) => row.holds)
		.map((row) => row.code);
	const holding =
		finding === undefined
			? "no row holds"
			: `${finding} holds${passedOver.length === 0 ? "" : `; it comes before ${passedOver.join(", ")}, which hold as well`}`;
	return [
		...wrapped(holding, "  ", "    "),
		...[...byReason(rows)].flatMap(([reason, codes]) =>
			wrapped(`${reason}: not ${codes.join(", ")}`, "  - ", "    "),
		),
	].join("\n");
};

/** The rows that were considered; instances for which the same is to say share it. */
export const analysisRows = (entries: readonly AnalysisEntry[]): string[] => {
	const shared = new Map<string, string[]>();
	for (const entry of entries) {
		const text = considered(entry);
		const names = shared.get(text);
		if (names) names.push(entry.instance);
		else shared.set(text, [entry.instance]);
	}
	return [...shared].flatMap(([text, names]) => [
		...wrapped(`${names.join(", ")}:`, "", "  "),
		text,
	]);
};
