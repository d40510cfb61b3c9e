/** What is said about a name in a file that is no key: nothing for comments, that it is retired, or which key is near. */
import { KEY_NAMES } from "./keys.ts";

/** Keys that earlier orchestrators had. */
const RETIRED: ReadonlySet<string> = new Set(
	[
		"DatabaselessMode__experimental",
		"BufferBinlogEvents",
		"BinlogFileHistoryDays",
		"MaintenanceOwner",
		"ReadLongRunningQueries",
		"DiscoveryPollSeconds",
		"ActiveNodeExpireSeconds",
		"AuditPageSize",
		"SlaveStartPostWaitMilliseconds",
		"MySQLTopologyMaxPoolConnections",
		"MaintenancePurgeDays",
		"MaintenanceExpireMinutes",
		"HttpTimeoutSeconds",
		"AgentAutoDiscover",
		"PseudoGTIDCoordinatesHistoryHeuristicMinutes",
		"PseudoGTIDPreferIndependentMultiMatch",
		"MaxOutdatedKeysToShow",
		"StatusSimpleHealth",
	].map((name) => name.toLowerCase()),
);

/** Beyond this many typing errors two names are not taken for each other. */
const MAX_DISTANCE = 3;

/** Edits (insert, delete, replace, swap of neighbours) from one text to the other. */
export const editDistance = (from: string, to: string): number => {
	let twoAgo: number[] = [];
	let oneAgo = Array.from({ length: to.length + 1 }, (_, index) => index);
	for (let i = 1; i <= from.length; i += 1) {
		const row = [i];
		for (let j = 1; j <= to.length; j += 1) {
			const same = from[i - 1] === to[j - 1];
			const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
			row[j] = Math.min(
				(oneAgo[j] ?? 0) + 1,
				(row[j - 1] ?? 0) + 1,
				(oneAgo[j - 1] ?? 0) + (same ? 0 : 1),
				swapped && i > 1 && j > 1 ? (twoAgo[j - 2] ?? 0) + 1 : Infinity,
			);
		}
		twoAgo = oneAgo;
		oneAgo = row;
	}
	return oneAgo[to.length] ?? 0;
};

const nearestKey = (name: string): string | undefined => {
	const wanted = name.toLowerCase();
	let nearest: { key: string; distance: number } | undefined;
	for (const key of KEY_NAMES) {
		if (Math.abs(key.length - wanted.length) > MAX_DISTANCE) continue;
		const distance = editDistance(wanted, key.toLowerCase());
		if (distance <= MAX_DISTANCE && distance < (nearest?.distance ?? Infinity))
			nearest = { key, distance };
	}
	return nearest?.key;
};

/** A name shortened and freed of control codes, so that a log line stays one line. */
const shown = (name: string): string => JSON.stringify(name.slice(0, 80));

/** One line about an unknown name in a file, or undefined for a comment (`#…`, `_…`). */
export const unknownKeyWarning = (
	file: string,
	name: string,
): string | undefined => {
	if (name.startsWith("#") || name.startsWith("_")) return undefined;
	if (RETIRED.has(name.toLowerCase()))
		return `${file}: ${shown(name)} is retired in orchestrator and ignored; remove it`;
	const near = nearestKey(name);
	const hint = near === undefined ? "" : `; did you mean "${near}"?`;
	return `${file}: ${shown(name)} is no known key and is ignored${hint}`;
};
