import { errors } from "../errors.ts";
import { foldHost, isHost, isIpv6 } from "./host.ts";

/**
 * The name of an instance, `host:port`: the one way instances are referred to in workflows, plans and the store.
 * The host is folded ({@link foldHost}), so that one address is one text: equal names are equal texts.
 * IPv6 hosts carry no brackets (`::1:3306`), as the drop-in surface prints them.
 * {@link instanceName} makes one. Text from outside becomes one by {@link parseInstanceName}, {@link isInstanceName} or
 * {@link asInstanceName}. A template of any host and port is none: the type wants lower case.
 */
export type InstanceName = `${Lowercase<string>}:${number}`;

export interface HostPort {
	readonly host: string;
	readonly port: number;
}

export const instanceName = (host: string, port: number): InstanceName =>
	`${foldHost(host)}:${port}`;

/** Splits a well-formed name at its last colon. A name that this project made never fails; text from outside goes through {@link parseInstanceName}. */
export const splitName = (name: InstanceName): HostPort => {
	const at = name.lastIndexOf(":");
	return { host: name.slice(0, at), port: Number(name.slice(at + 1)) };
};

const asPort = (text: string): number | undefined => {
	if (!/^\d{1,5}$/.test(text)) return undefined;
	const port = Number(text);
	return port >= 1 && port <= 65535 ? port : undefined;
};

/** Longer than any host with its port: whoever tells such a text means no server. Characters. */
const LONGEST = 200;

/** A host, a colon and a port, as a name; undefined for any other text. */
const nameIn = (text: string): InstanceName | undefined => {
	if (text.length > LONGEST) return undefined;
	const at = text.lastIndexOf(":");
	const port = asPort(text.slice(at + 1));
	return at > 0 && port !== undefined
		? instanceName(text.slice(0, at), port)
		: undefined;
};

/** Whether the text is a name as this project writes them: a folded host, a colon and a port. */
export const isInstanceName = (text: string): text is InstanceName =>
	nameIn(text) === text;

/** The text as a name, folded. @throws BatonError BadInput when it is none */
export const asInstanceName = (text: string): InstanceName => {
	const name = nameIn(text);
	if (name !== undefined) return name;
	throw errors.noInstanceName({ text });
};

/** The name of a cluster, which is the name of an instance, folded. Any other text that a program or a person gave it stays as it is. */
export const foldClusterName = (text: string): string => nameIn(text) ?? text;

const ipv6WithPort = (text: string): InstanceName | undefined => {
	const name = nameIn(text);
	return name !== undefined && isIpv6(splitName(name).host) ? name : undefined;
};

/**
 * Reads every spelling that orchestrator reads: `host:port`, `host`, `[v6]:port`, `v6`; and `v6:port`, as names are printed, where that
 * is no address by itself.
 * @returns undefined when the text is no instance.
 */
export const parseInstanceName = (
	text: string,
	defaultPort: number,
): InstanceName | undefined => {
	const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::(\d+))?$/.exec(text);
	if (bracketed) {
		const port = bracketed[2] ? asPort(bracketed[2]) : defaultPort;
		const host = bracketed[1] ?? "";
		return port && isIpv6(host) ? instanceName(host, port) : undefined;
	}
	if ((text.match(/:/g) ?? []).length > 1 && !text.startsWith("//"))
		return isIpv6(text) ? instanceName(text, defaultPort) : ipv6WithPort(text);
	const at = text.lastIndexOf(":");
	if (at < 0) return isHost(text) ? instanceName(text, defaultPort) : undefined;
	const host = text.slice(0, at);
	const port = asPort(text.slice(at + 1));
	return port && isHost(host) ? instanceName(host, port) : undefined;
};

/** Orders names of clusters, which are names of instances. Any other text that a program wrote comes behind them, by its letters. */
export const compareClusterNames = (a: string, b: string): number => {
	if (isInstanceName(a) && isInstanceName(b)) return compareNames(a, b);
	if (isInstanceName(a)) return -1;
	if (isInstanceName(b)) return 1;
	return a === b ? 0 : a < b ? -1 : 1;
};

/** Orders names by host, then by port as a number, as the drop-in lists do. */
export const compareNames = (a: InstanceName, b: InstanceName): number => {
	const left = splitName(a);
	const right = splitName(b);
	if (left.host !== right.host) return left.host < right.host ? -1 : 1;
	return left.port - right.port;
};
