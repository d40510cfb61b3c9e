import { nameJson, timestamp } from "../../compat/json/values.ts";
import { splitName } from "../../topology/instance-name.ts";
import type { ReadingDeps } from "../deps.ts";
import { NOTHING } from "../fields.ts";
import { bareRoutes, type Route } from "../route.ts";

/** Changes nothing, and needs write authorisation as in the reference. */
const PRIVILEGED_READ = { access: "write", changes: false } as const;

/** Lists that other programs read whole; empty lists where the reference has null. */
export const bulkRoutes = (deps: ReadingDeps): Route[] => [
	...bareRoutes(
		{
			...PRIVILEGED_READ,
			paths: ["bulk-instances"],
			says: "The keys of all instances",
			input: NOTHING,
		},
		async () => (await deps.store.inventory.names()).map(nameJson),
	),
	...bareRoutes(
		{
			...PRIVILEGED_READ,
			paths: ["bulk-promotion-rules"],
			says: "Every promotion rule in force, with the end of its time",
			input: NOTHING,
		},
		async () => {
			const keptMs = deps.config().CandidateInstanceExpireMinutes * 60_000;
			const rules = await deps.store.candidates.since(deps.nowMs() - keptMs);
			return rules.map(({ instance, rule, registeredAtMs }) => {
				const { host, port } = splitName(instance);
				return {
					Hostname: host,
					Port: port,
					PromotionRule: rule,
					LastSuggestedString: timestamp(registeredAtMs),
					PromotionRuleExpiry: timestamp(registeredAtMs + keptMs),
				};
			});
		},
	),
];
