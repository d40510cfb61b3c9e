// What the set-up fetches or builds, and in which version. A new version gets a
// new folder in the cache, so that two checkouts can live side by side.

/** The Temporal CLI; the same number stands in temporal/cli/go.mod. */
export const TEMPORAL_CLI_VERSION = "1.8.2";

/** The Maven artifact io.temporal:temporal-test-server. */
export const TIME_SKIPPING_VERSION = "1.38.0";

/** Oldest MySQL that the lab's option names (`replica`, `source`) work with. */
export const OLDEST_MYSQL = "8.0.26";

/** Oldest MariaDB with the privileges that the lab grants. */
export const OLDEST_MARIADB = "10.6";

/**
 * Compares dotted version numbers; what follows the first character that is
 * neither digit nor dot is ignored.
 * @param {string} a
 * @param {string} b
 * @returns {number} negative, zero or positive, as for Array.sort
 */
export function compareVersions(a, b) {
	const left = numbers(a);
	const right = numbers(b);
	for (let i = 0; i < Math.max(left.length, right.length); i++) {
		const difference = (left[i] ?? 0) - (right[i] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

function numbers(version) {
	const dotted = /^[\d.]*/.exec(version)?.[0] ?? "";
	return dotted.split(".").filter(Boolean).map(Number);
}
