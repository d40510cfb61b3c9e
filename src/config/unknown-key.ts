/** What is said about a name in a file that is no key: nothing for comments, that it is retired, or which key is near. */
import { nearest } from "../naming/near.ts";
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
	const near = nearest(name, KEY_NAMES);
	const hint = near === undefined ? "" : `; did you mean "${near}"?`;
	return `${file}: ${shown(name)} is no known key and is ignored${hint}`;
};
