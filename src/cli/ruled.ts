import type { Instance } from "../topology/instance.ts";
import type { CommandContext } from "./command.ts";

/** With the promotion rules that were registered and still hold. */
export const ruled = async (
	context: Pick<CommandContext, "store" | "configuration" | "nowMs">,
	instances: readonly Instance[],
): Promise<Instance[]> => {
	const { candidates } = await context.store();
	const heldMs =
		context.configuration.CandidateInstanceExpireMinutes * 60 * 1000;
	const rules = new Map(
		(await candidates.since(context.nowMs - heldMs)).map((each) => [
			each.instance,
			each.rule,
		]),
	);
	return instances.map((each) => ({
		...each,
		promotionRule: rules.get(each.name) ?? each.promotionRule,
	}));
};
