import type { Store } from "../../store/contract.ts";
import type { AnalysisContext } from "./analysis.ts";

/** For analyses of now, which tell the domains of clusters; records do not. */
export const withDomains = async (
	context: AnalysisContext,
	{ clusters }: Pick<Store, "clusters">,
): Promise<AnalysisContext> => ({
	...context,
	domains: new Map(
		(await clusters.all()).map((each) => [each.clusterName, each.domain]),
	),
});
