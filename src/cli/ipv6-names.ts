import { isIpv6 } from "../topology/host.ts";

/** An address and a port may stand here: nothing of a word, a path or a bracket beside it. */
const PLACE =
	/(?<![\w.:[/-])([0-9a-f:.]*:[0-9a-f.]*):(\d{1,5})(?![\w/-]|:\S|\.\w)/g;

/**
 * Names of servers with an IPv6 host as they are typed, `[::1]:3306` for `::1:3306`: some of the others are an address by themselves,
 * and would be read as one. The drop-in surface prints no brackets.
 */
export const withBrackets = (text: string): string =>
	text.replace(PLACE, (whole, host: string, port: string) =>
		isIpv6(host) ? `[${host}]:${port}` : whole,
	);
