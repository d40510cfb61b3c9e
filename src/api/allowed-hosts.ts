import type { RequestHandler } from "express";
import { replyText } from "./reply.ts";

const hostName = (header: string): string =>
	header
		.replace(/:\d+$/, "")
		.replace(/^\[(.*)\]$/, "$1")
		.toLowerCase();

const ALWAYS = new Set(["localhost", "127.0.0.1", "::1"]);

/** Whether the `Host` header is one that we go by. No list allows every name (BatonHttpHosts). */
export const isAllowedHost = (
	header: string | undefined,
	allowed: readonly string[],
): boolean => {
	if (allowed.length === 0) return true;
	const name = hostName(header ?? "");
	return (
		ALWAYS.has(name) || allowed.some((each) => each.toLowerCase() === name)
	);
};

/** Refuses names that are not ours: a page elsewhere can point its own name at this address (DNS rebinding). */
export const allowedHosts =
	(allowed: () => readonly string[]): RequestHandler =>
	(request, response, next) => {
		if (isAllowedHost(request.headers.host, allowed())) next();
		else replyText(response, 421, "this host name is not in BatonHttpHosts\n");
	};
