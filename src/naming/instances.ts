/** Names of instances as people give them: lists, and hosts in part. */
import { errors } from "../errors.ts";
import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import {
	type InstanceName,
	parseInstanceName,
	splitName,
} from "../topology/instance-name.ts";
import { isLike } from "./like.ts";
import { alike, editDistance, meant } from "./near.ts";

/** Splits the value of `-i` at blanks, commas and line ends. Without a separator the text is one token, even when empty. */
export const splitInstances = (text: string): string[] =>
	/[\s,]/.test(text)
		? text.split(/[ ,\r\n\t]+/).filter((token) => token !== "")
		: [text];

/** What a person gave under a name, such as `-i`, as an instance. @throws BatonError BadInput */
export const givenInstance = (
	label: string,
	text: string,
	defaultPort: number,
): InstanceName => {
	const name = parseInstanceName(text, defaultPort);
	if (name !== undefined && splitName(name).host !== "_") return name;
	throw errors.noInstance({ flag: label, text });
};

const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** The known instances whose host contains the given one and whose port is the same; an address is not shortened. */
const matchesOf = (
	name: InstanceName,
	known: readonly InstanceName[],
): InstanceName[] => {
	const { host, port } = splitName(name);
	if (IPV4.test(host)) return [];
	const pattern = `%${host}%`;
	return known.filter((each) => {
		const other = splitName(each);
		return other.port === port && isLike(other.host, pattern);
	});
};

/** The only known instance that the name may be short for; else the name as it is. */
export const fuzzyMatch = (
	name: InstanceName,
	known: readonly InstanceName[],
): InstanceName => {
	const [only, second] = matchesOf(name, known);
	return only !== undefined && second === undefined ? only : name;
};

/** Of many matches so many are named. */
const NAMED_MATCHES = 5;

/** Of the servers of one host, those that may be meant by a port: the only one, or those whose port is one typing error away. */
const byPort = (
	port: number,
	ofHost: readonly InstanceName[],
): readonly InstanceName[] =>
	ofHost.length === 1
		? ofHost
		: ofHost.filter(
				(each) => editDistance(`${port}`, `${splitName(each).port}`) <= 1,
			);

/** Those that may have been meant: by host, and by port where servers share one. */
export const nearInstances = (
	name: InstanceName,
	known: readonly InstanceName[],
): readonly InstanceName[] => {
	const hostOf = (each: InstanceName): string => splitName(each).host;
	const hosts = alike(hostOf(name), [...new Set(known.map(hostOf))]);
	return hosts.flatMap((host) =>
		byPort(
			splitName(name).port,
			known.filter((each) => hostOf(each) === host),
		),
	);
};

/** What the name may have been short for, in words. */
export const matchesInWords = (
	name: InstanceName,
	known: readonly InstanceName[],
): string => {
	const matches = matchesOf(name, known);
	if (matches.length === 0)
		return `no known instance matches${meant(nearInstances(name, known))}`;
	const named = matches.slice(0, NAMED_MATCHES).join(", ");
	const more = matches.length > NAMED_MATCHES ? ", …" : "";
	return matches.length === 1
		? `1 known instance matches: ${named}`
		: `${matches.length} known instances match: ${named}${more}`;
};

/** The instance of that name. @throws BatonError UnknownInstance, which tells how many a shortened name may mean */
export const knownInstance = async (
	{ inventory }: Pick<Store, "inventory">,
	name: InstanceName,
): Promise<Instance> => {
	const instance = await inventory.get(name);
	if (instance !== undefined) return instance;
	throw errors.unknownShortInstance({
		instance: name,
		matches: matchesInWords(name, await inventory.names()),
	});
};
