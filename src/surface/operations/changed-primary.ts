import { analysisJson } from "../../compat/json/analysis.ts";
import { withDomains } from "../../compat/json/analysis-context.ts";
import type { Json } from "../../compat/json/go-json.ts";
import { outcomeJson } from "../../compat/json/recovery.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { RowContext } from "../context.ts";
import type { Ended } from "../operation.ts";

/** The analysis of each primary. */
type Noted = readonly {
	readonly instance: InstanceName;
	readonly json: ReturnType<typeof analysisJson>;
}[];

/** Of either kind. */
type EndedChange = Pick<
	Ended<"takeover" | "recovery", unknown, Noted>,
	"outcome" | "before" | "context"
>;

const plainOf = ({ configuration, nowMs, node }: RowContext) => ({
	nowMs,
	filters: configuration,
	node,
});

/** What the record of a change of primary says of the time before. */
export const noteAnalysis = async (
	{ cluster }: { readonly cluster: { readonly clusterName: string } },
	context: RowContext,
): Promise<Noted> => {
	const entries = await context.analyse(cluster.clusterName);
	const told = await withDomains(plainOf(context), context.store);
	return entries
		.filter(
			({ facts, instance }) =>
				facts.isPrimary || instance === cluster.clusterName,
		)
		.map((entry) => ({
			instance: entry.instance,
			json: analysisJson(entry, told),
		}));
};

/** The TopologyRecovery of a change of primary that was run. */
const recordOf = async (
	{ outcome, before, context }: EndedChange,
	commandHint: string,
): Promise<Json> => {
	const { store } = context;
	const [record] =
		outcome.uid === "" ? [] : await store.recoveries.list({ uid: outcome.uid });
	const entry = before?.find((each) => each.instance === outcome.failed);
	return outcomeJson(outcome, {
		...plainOf(context),
		commandHint,
		recoveryId: record?.id ?? 0,
		byGtid: true,
		...(entry === undefined ? {} : { entry: entry.json }),
	});
};

/** How the answers tell the record: of a failure too, when it was begun. */
export const recordJson = (commandHint: string) => ({
	json: (ended: EndedChange) => recordOf(ended, commandHint),
	failed: (ended: EndedChange) =>
		ended.outcome.attempted ? recordOf(ended, commandHint) : null,
});
