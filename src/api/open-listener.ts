import { hasAuthentication } from "../auth/authenticator.ts";
import type { Configuration } from "../config/keys.ts";

type ListenerSettings = Pick<
	Configuration,
	"ListenAddress" | "ListenSocket" | "AuthenticationMethod" | "ReadOnly"
>;

export interface ListenAddress {
	/** Empty: every address of the machine. */
	readonly host: string;
	readonly port: number;
}

/** Reads `host:port`, `:port` or `[v6]:port`. */
export const parseListenAddress = (text: string): ListenAddress => {
	const at = text.lastIndexOf(":");
	const host = text.slice(0, Math.max(0, at)).replace(/^\[(.*)\]$/, "$1");
	return { host, port: Number(text.slice(at + 1)) };
};

const isLoopback = (host: string): boolean =>
	host === "localhost" || host === "::1" || /^127\./.test(host);

/**
 * Whether anybody who reaches this machine may change topologies: a TCP listener beyond the loopback, no authentication, and
 * not read-only. Honoured, since sites run so, but said loudly.
 */
export const isOpenListener = (settings: ListenerSettings): boolean =>
	settings.ListenSocket === "" &&
	!settings.ReadOnly &&
	!hasAuthentication(settings) &&
	!isLoopback(parseListenAddress(settings.ListenAddress).host);

export const openListenerWarning = (settings: ListenerSettings): string =>
	`anyone who can reach ${settings.ListenAddress} can change your topologies: set AuthenticationMethod, or a ListenAddress on the loopback`;
