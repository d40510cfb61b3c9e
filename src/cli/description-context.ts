import type { DescriptionContext } from "../compat/text/description.ts";
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
