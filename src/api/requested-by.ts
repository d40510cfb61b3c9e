import type { ApiDeps } from "./deps.ts";
import type { Call } from "./route.ts";

/** Who asked, for the record. */
export const requestedBy = (
	deps: ApiDeps,
	{ caller }: Pick<Call<unknown>, "caller">,
): string => caller.user || deps.node.hostname;
