import type { AnalysisSettings } from "../analysis/facts.ts";
import type { DescriptionContext } from "../compat/text/description.ts";
import type { Configuration } from "../config/keys.ts";
import type { CommandContext } from "./command.ts";

/** What the words about instances depend on, read once for a command. */
export const descriptionContext = async (
	context: Pick<CommandContext, "store" | "configuration" | "nowMs">,
): Promise<DescriptionContext> => {
	const { configuration, nowMs } = context;
	const store = await context.store();
	const downtimed = new Set(
		(await store.downtimes.active(nowMs)).map((each) => each.instance),
	);
	return {
		nowMs,
		pollSeconds: configuration.InstancePollSeconds,
		reasonableLagSeconds: configuration.ReasonableReplicationLagSeconds,
		maintenanceLagSeconds:
			configuration.ReasonableMaintenanceReplicationLagSeconds,
		isDowntimed: (instance) => downtimed.has(instance.name),
	};
};

/** Heartbeat periods without a sign of life after which a replica says that it has lost its source. */
const SILENT_PERIODS = 3;

export const analysisSettingsOf = (
	configuration: Configuration,
): AnalysisSettings => ({
	pollSeconds: configuration.InstancePollSeconds,
	checkGraceSeconds: configuration.ReasonableInstanceCheckSeconds,
	reasonableLagSeconds: configuration.ReasonableReplicationLagSeconds,
	silentPeriods: SILENT_PERIODS,
});
