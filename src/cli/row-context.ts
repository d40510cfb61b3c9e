import type { RowContext } from "../surface/context.ts";
import type { CommandContext } from "./command.ts";

/** What a row of the tables may use, for one run of its command. */
export const rowContext = async (
	context: CommandContext,
): Promise<RowContext> => ({
	store: await context.store(),
	configuration: context.configuration,
	nowMs: context.nowMs,
	node: context.node,
	discovery: context.discovery,
	// The process ends with its answer.
	crawlOn: () => {},
	analyse: context.analyse,
	rolling: context.rolling,
	lookAt: context.lookAt,
});
