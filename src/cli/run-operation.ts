import { BatonError } from "../errors.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../planning/operation.ts";
import type { CommandContext } from "./command.ts";

/**
 * Asks for an operation and waits for its end.
 * @returns undefined when it was not waited for: the workflow id has been printed.
 * @throws BatonError OperationFailed when it was attempted and did not succeed
 */
export const runOperation = async (
	context: CommandContext,
	request: OperationRequest,
): Promise<OperationOutcome | undefined> => {
	if (context.flags.noop)
		throw new BatonError(
			"Refused",
			`noop: aborting ${request.kind}; nothing went wrong and nothing was changed`,
		);
	const operator = await context.operator();
	if (context.flags.noWait) {
		context.print((await operator.start(request)).workflowId);
		return undefined;
	}
	const outcome = await operator.run(request);
	for (const text of outcome.errors) context.log.error(text);
	if (outcome.attempted && !outcome.successful)
		throw new BatonError("OperationFailed", outcome.says);
	return outcome;
};
