import { setFlagsFromString } from "node:v8";
import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { Logger } from "pino";
import { errorText } from "../src/errors.ts";
import { isOperation } from "../temporal/names.ts";

let installed = false;

/**
 * How far the heap may grow beyond what was in use at the last collection. A watcher makes garbage all the time, and of what has grown
 * old nearly all is dead: left alone, the heap of a node is two or three times as large as what is in use. A smaller space for what is
 * young would save another tenth, but cost half as much processor time again, and slow down the start of many watches.
 */
const HEAP_GROWTH_PERCENT = 30;

/**
 * That an operation did not reach its goal is told where its end is recorded, with more words, and that it broke off where its cluster is
 * let go of.
 */
const isToldElsewhere = (
	message: string,
	{ workflowId }: { readonly workflowId?: unknown },
): boolean =>
	message === "Workflow failed" &&
	typeof workflowId === "string" &&
	isOperation(workflowId);

/** Of what the native part says of a failure, which has a trace and more of its source: characters. */
const LONGEST = 500;

const reasonIn = ({
	error,
	failure,
}: {
	readonly error?: unknown;
	readonly failure?: unknown;
}): string => {
	if (error !== undefined) return errorText(error);
	return typeof failure === "string" ? failure.slice(0, LONGEST) : "";
};

/**
 * The SDK's runtime is one per process and can be set up once: the node's logger, and no signal handling of its own, since the
 * node decides when it stops. The same holds for how far its heap grows.
 */
export const installRuntime = (log: Logger): void => {
	if (installed) return;
	installed = true;
	setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
	Runtime.install({
		logger: new DefaultLogger("WARN", ({ level, message, meta }) => {
			if (isToldElsewhere(message, meta ?? {})) return;
			const write = level === "ERROR" ? log.error : log.warn;
			const why = reasonIn(meta ?? {});
			const reason = why === "" ? {} : { sdk: why };
			const of =
				typeof meta?.activityType === "string"
					? { activity: meta.activityType }
					: {};
			write.call(log, { ...of, ...reason }, message);
		}),
		shutdownSignals: [],
		// Left alone, its native part writes to the standard output, where a command's answer goes.
		telemetryOptions: { logging: { forward: {} } },
	});
};
