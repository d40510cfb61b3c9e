import type { Configuration } from "../../config/keys.ts";
import type { Store } from "../../store/contract.ts";
import type { InstanceContext } from "./instance.ts";

/** What the JSON of instances depends on, read once for a whole list. */
export const readInstanceContext = async (
	store: Pick<Store, "downtimes" | "candidates" | "hostnames">,
	configuration: Configuration,
	nowMs: number,
): Promise<InstanceContext> => {
	const expiryMs = configuration.CandidateInstanceExpireMinutes * 60_000;
	const [downtimes, rules, virtualNames] = await Promise.all([
		store.downtimes.active(nowMs),
		store.candidates.since(nowMs - expiryMs),
		store.hostnames.unresolves(),
	]);
	return {
		nowMs,
		pollSeconds: configuration.InstancePollSeconds,
		reasonableLagSeconds: configuration.ReasonableReplicationLagSeconds,
		maintenanceLagSeconds:
			configuration.ReasonableMaintenanceReplicationLagSeconds,
		downtimes: new Map(downtimes.map((each) => [each.instance, each])),
		rules: new Map(rules.map((each) => [each.instance, each.rule])),
		virtualNames: new Map(
			virtualNames.map((each) => [each.hostname, each.virtual]),
		),
	};
};
