import { DefaultLogger, Runtime } from "@temporalio/worker";
import type { Logger } from "pino";

let installed = false;

/**
 * The SDK's runtime is one per process and can be set up once: the node's logger, and no signal handling of its own, since the
 * node decides when it stops.
 */
export const installRuntime = (log: Logger): void => {
	if (installed) return;
	installed = true;
	Runtime.install({
		logger: new DefaultLogger("WARN", ({ level, message, meta }) => {
			const write = level === "ERROR" ? log.error : log.warn;
			write.call(
				log,
				{ sdk: meta?.error instanceof Error ? meta.error.message : undefined },
				message,
			);
		}),
		shutdownSignals: [],
	});
};
