import type { RequestHandler } from "express";
import type { Logger } from "pino";

/** One line per finished request. The query stays out: it may hold a comment or a token. */
export const requestLog =
	(log: Logger, nowMs: () => number): RequestHandler =>
	(request, response, next) => {
		const startedAtMs = nowMs();
		const { method, path } = request;
		response.once("close", () => {
			log.info(
				{
					method,
					path,
					status: response.statusCode,
					durationMs: nowMs() - startedAtMs,
					from: request.socket.remoteAddress,
				},
				"request",
			);
		});
		next();
	};
