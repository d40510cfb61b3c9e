import type { Context } from "@temporalio/activity";

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
