import type { Flavor } from "./instance.ts";

/** Major, minor and patch number of a server; all 0 when unknown. */
export type ServerVersion = readonly [
	major: number,
	minor: number,
	patch: number,
];

/** MariaDB 10 and 11 may greet with `5.5.5-` before their version, for the sake of old replicas. */
const VERSION = /^(?:5\.5\.5-(?=\d\d\.))?(\d+)\.(\d+)(?:\.(\d+))?/;

/** Reads `8.0.35-27-log`, `10.11.6-MariaDB-1:10.11.6+maria~ubu2204` and the like. */
export const parseVersion = (text: string): ServerVersion => {
	const match = VERSION.exec(text);
	return [
		Number(match?.[1] ?? 0),
		Number(match?.[2] ?? 0),
		Number(match?.[3] ?? 0),
	];
};

/** Orders versions by their numbers. */
export const compareVersions = (a: string, b: string): number => {
	const [majorA, minorA, patchA] = parseVersion(a);
	const [majorB, minorB, patchB] = parseVersion(b);
	return majorA - majorB || minorA - minorB || patchA - patchB;
};

/** The first two numbers, `8.4`; empty when unknown. */
export const majorVersionOf = (version: string): string => {
	const [major, minor] = parseVersion(version);
	return major === 0 ? "" : `${major}.${minor}`;
};

/** Orders versions by the first two numbers alone: 8.0.36 and 8.0.11 are level. */
export const compareMajorVersions = (a: string, b: string): number =>
	compareVersions(majorVersionOf(a), majorVersionOf(b));

/**
 * Flavour by `@@version` and `@@version_comment`. MariaDB is known by its comment too, since its
 * version can be set to any text.
 */
export const flavorOf = (version: string, versionComment: string): Flavor => {
	if (version === "") return "unknown";
	if (/mariadb/i.test(version)) return "MariaDB";
	if (/percona/i.test(versionComment)) return "Percona";
	if (/maxscale/i.test(version)) return "MaxScale";
	return /mariadb/i.test(versionComment) ? "MariaDB" : "MySQL";
};
