import { lookup, resolveCname } from "node:dns/promises";
import type { Configuration } from "../config/keys.ts";
import { patternMatches } from "../config/pattern.ts";
import { BatonError, errorText } from "../errors.ts";

const canonicalName = async (host: string): Promise<string> => {
	const MAX_CHAIN = 8;
	let name = host;
	for (let step = 0; step < MAX_CHAIN; step++) {
		const next = await resolveCname(name).catch((error: unknown) => {
			// The name exists, and is the canonical one.
			if ((error as { code?: unknown }).code === "ENODATA") return [];
			throw error;
		});
		if (next[0] === undefined) return name.replace(/\.$/, "");
		name = next[0];
	}
	return name;
};

const resolvers: Readonly<Record<string, (host: string) => Promise<string>>> = {
	cname: canonicalName,
	ip: async (host) => (await lookup(host)).address,
};

/** An empty pattern rejects nothing, though it is found everywhere. */
const isRejected = (pattern: string, resolved: string): boolean =>
	pattern !== "" && patternMatches(pattern, resolved);

/**
 * HostnameResolveMethod applied to one host: `cname` and `ip` ask the name service, any other value keeps the name
 * (config.md, group host name resolution).
 * @throws BatonError BadInput when the name does not resolve
 */
export const resolveHostname = async (
	configuration: Pick<
		Configuration,
		"HostnameResolveMethod" | "RejectHostnameResolvePattern"
	>,
	host: string,
): Promise<string> => {
	const method = configuration.HostnameResolveMethod.toLowerCase();
	const resolve = Object.hasOwn(resolvers, method)
		? resolvers[method]
		: undefined;
	if (resolve === undefined) return host;
	try {
		const resolved = await resolve(host);
		return isRejected(configuration.RejectHostnameResolvePattern, resolved)
			? host
			: resolved;
	} catch (cause) {
		throw new BatonError(
			"BadInput",
			`cannot resolve host ${JSON.stringify(host)}: ${errorText(cause)}`,
			{ cause },
		);
	}
};
