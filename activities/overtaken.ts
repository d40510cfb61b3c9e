import type { Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";
import { BatonError } from "../src/errors.ts";
import type { Store } from "../src/store/contract.ts";
import type { OperationRun } from "./operation-rows.ts";

type Ends = Pick<Context, "cancellationSignal" | "cancellationDetails">;

/**
 * Aborted when another try has, or will have, the place of this one. That its operation is ended does not abort it, since that is told
 * what the try did, nor that its node is stopped.
 */
export const overtakenSignal = (context: Ends): AbortSignal => {
	const { cancellationSignal } = context;
	const overtaken = new AbortController();
	const look = () => {
		const { timedOut, notFound, paused, reset } =
			context.cancellationDetails ?? {};
		if (timedOut || notFound || paused || reset)
			overtaken.abort(cancellationSignal.reason);
	};
	if (cancellationSignal.aborted) look();
	else cancellationSignal.addEventListener("abort", look, { once: true });
	return overtaken.signal;
};

/**
 * Two tries of one run may wait for a store at once, and the older one come through behind the beginning of the newer: that one is not
 * over, and is tried again. Nobody hears what becomes of the older one.
 * @returns what is to be thrown
 */
export const againWhereOwn = async (
	{ operations }: Pick<Store, "operations">,
	{ identity, runId }: OperationRun,
	error: unknown,
): Promise<unknown> => {
	if (!(error instanceof BatonError && error.code === "Superseded"))
		return error;
	const held = await operations.current(identity);
	return held?.runId === runId
		? ApplicationFailure.retryable(error.message, error.code)
		: error;
};
