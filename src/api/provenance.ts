import type { IncomingHttpHeaders } from "node:http";

/** Where a request comes from, as far as its headers tell. */
export type Provenance = "program" | "own-page" | "elsewhere";

const hostOf = (address: string): string | undefined =>
	URL.canParse(address) ? new URL(address).host : undefined;

/**
 * Tells programs and Baton's own pages from a browser that another site sends here. Browsers state `Sec-Fetch-Site`, but only
 * to secure or loopback addresses; elsewhere `Origin` or `Referer` must be ours. A browser that states none of them (a typed
 * address, a page that hides its referrer) cannot be told from an attack, and counts as such.
 */
export const provenanceOf = (headers: IncomingHttpHeaders): Provenance => {
	const site = headers["sec-fetch-site"];
	if (site !== undefined)
		return site === "same-origin" ? "own-page" : "elsewhere";
	const from = headers.origin ?? headers.referer;
	if (from !== undefined)
		return hostOf(from) === headers.host ? "own-page" : "elsewhere";
	return /^Mozilla\//.test(headers["user-agent"] ?? "")
		? "elsewhere"
		: "program";
};
