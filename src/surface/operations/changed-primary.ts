import type { AnalysisEntry } from "../../analysis/analysis.ts";
import { analysisJson } from "../../compat/json/analysis.ts";
import { withDomains } from "../../compat/json/analysis-context.ts";
import type { Json } from "../../compat/json/go-json.ts";
import { outcomeJson } from "../../compat/json/recovery.ts";
import type { RowContext } from "../context.ts";
import type { Ended } from "../operation.ts";

type Noted = readonly AnalysisEntry[];

/** Of either kind. */
type EndedChange = Pick<
	Ended<"takeover" | "recovery", unknown, Noted>,
	"outcome" | "before" | "context"
>;

/** What the record of a change of primary says of the time before. */
export const noteAnalysis = (
	{ cluster }: { readonly cluster: { readonly clusterName: string } },
	context: RowContext,
): Promise<Noted> => context.analyse(cluster.clusterName);

/** The TopologyRecovery of a change of primary that was run. */
const recordOf = async (
	{ outcome, before, context }: EndedChange,
	commandHint: string,
): Promise<Json> => {
	const { store, nowMs, configuration, node } = context;
	const [record] =
		outcome.uid === "" ? [] : await store.recoveries.list({ uid: outcome.uid });
	const plain = { nowMs, filters: configuration, node };
	const entry = before?.find((each) => each.instance === outcome.failed);
	return outcomeJson(outcome, {
		...plain,
		commandHint,
		recoveryId: record?.id ?? 0,
		byGtid: true,
		...(entry === undefined
			? {}
			: { entry: analysisJson(entry, await withDomains(plain, store)) }),
	});
};

/** How the answers tell the record: of a failure too, when it was begun. */
export const recordJson = (commandHint: string) => ({
	json: (ended: EndedChange) => recordOf(ended, commandHint),
	failed: (ended: EndedChange) =>
		ended.outcome.attempted ? recordOf(ended, commandHint) : null,
});
