/** The form of `HTTPAdvertise`, with orchestrator's reading of what is no URL. */

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;
const AUTHORITY =
	/^\/\/(?:[^/?#@]*@)?(\[[^\]/?#]*\]|[^:/?#[\]]*)(?::([^/?#]*))?(?=[/?#]|$)/;

/** Why the value cannot be taken, or undefined. An empty value is fine. */
export const advertiseProblem = (value: string): string | undefined => {
	if (value === "") return undefined;
	const scheme = SCHEME.exec(value)?.[0];
	const rest = value.slice(scheme?.length ?? 0);
	// `1.2.3.4:3000` cannot be told from a relative path with a colon in it.
	if (scheme === undefined && /^[^/?#]*:/.test(rest))
		return "is not a URL; write scheme://host:port";
	if (/[\s\p{Cc}]/u.test(value)) return "is not a URL; remove blanks";
	if (scheme === undefined)
		return "must include a scheme (http:// or https://)";
	const [authority, host, port] = AUTHORITY.exec(rest) ?? [];
	if (rest.startsWith("//") && authority === undefined)
		return "is not a URL; write scheme://host:port";
	if (host === undefined || host === "") return "must include a host name";
	if (port !== undefined && !/^\d*$/.test(port))
		return "is not a URL; its port must be a number";
	if (!port) return "must include a port number";
	const path = rest.slice(authority?.length ?? 0).replace(/[?#].*$/, "");
	return path === "" ? undefined : "must not include a path, not even /";
};
