import type { IncomingHttpHeaders } from "node:http";

/** Where a request comes from, as far as its headers tell. */
export type Provenance = "program" | "own-page" | "elsewhere";

const hostOf = (address: string): string | undefined =>
	URL.canParse(address) ? new URL(address).host : undefined;

/**
 * Whether a page of another site says that it has sent the browser here. It cannot read the answer, but what is asked for is done. A
 * person who types an address is let through.
 */
export const isSentFromElsewhere = (headers: IncomingHttpHeaders): boolean => {
	const site = headers["sec-fetch-site"];
	if (site !== undefined) return site !== "same-origin" && site !== "none";
	const from = headers.origin ?? headers.referer;
	return from !== undefined && hostOf(from) !== headers.host;
};

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
