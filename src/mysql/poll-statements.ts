import {
	CONFIGURED_NAMES,
	type ConfiguredName,
	oneStatement,
} from "./configured-queries.ts";
import { AFRESH_AFTER_MS, type Contact } from "./contact.ts";
import type { PartName } from "./probe-findings.ts";
import type { ProbeSettings } from "./probe-settings.ts";

export type StatementName =
	| PartName
	| "pluginVariables"
	| "uptime"
	| "grants"
	| "separator"
	| `configured-${ConfiguredName}`;

/** Statements of one poll, in the order in which they are sent. */
export type PollStatements = readonly (readonly [
	name: StatementName,
	sql: string,
])[];

/** Own threads and grants; both families list active roles too. */
const GRANTS = "SHOW GRANTS";

const NDB =
	"SELECT service_URI AS service FROM ndbinfo.processes WHERE process_name = 'mysqld'";

/** The plugins' variables read one by one, as one row: the server makes the whole table for each look into it. */
const knownVariables = (names: readonly string[]): string =>
	names.length === 0
		? ""
		: `SELECT ${names.map((name) => `@@global.${name} AS ${name}`).join(", ")}`;

const configuredStatements = (
	contact: Contact,
	settings: ProbeSettings,
): PollStatements =>
	CONFIGURED_NAMES.flatMap((name) => {
		// It is kept for a primary only; a replica that was one lately may be asked once in vain.
		if (name === "domain" && !contact.hadNoSource) return [];
		const sql = oneStatement(settings.queries[name] ?? "");
		return sql === undefined ? [] : [[`configured-${name}`, sql] as const];
	});

/**
 * What is asked at a poll: what changes, and what is not known yet of this connection. Built-in statements come before those of
 * the configuration, which may hang; what stands before each of those shows which one a time-out is of.
 */
export const pollStatements = (
	contact: Contact,
	settings: ProbeSettings,
	nowMs: number,
): PollStatements => {
	const { dialect, variables } = contact;
	const { poll } = dialect;
	const isStale = (atMs: number) => nowMs - atMs >= AFRESH_AFTER_MS;
	const looksForPlugins =
		variables === undefined || isStale(contact.variablesAtMs);
	const asksStatus =
		poll.isStatusAlwaysAsked || variables === undefined || variables.length > 0;
	const asksGroup =
		variables === undefined ||
		variables.includes("group_replication_group_name");
	const asksGrants =
		contact.privilegesAtMs === 0 || isStale(contact.privilegesAtMs);
	const configured = configuredStatements(contact, settings);
	const all: [StatementName, string | false][] = [
		["identity", dialect.identityQuery],
		["replicaStatus", dialect.replicaStatus],
		["pluginVariables", looksForPlugins && poll.pluginVariables],
		["variables", !looksForPlugins && knownVariables(variables)],
		["binaryLog", !poll.isStatusAlwaysAsked && dialect.binaryLogStatus],
		["status", asksStatus && poll.status],
		["heartbeats", poll.heartbeats],
		["groupMembers", asksGroup && poll.groupMembers],
		["replicas", settings.byShowReplicas && dialect.replicas],
		[
			"dumps",
			!(settings.byShowReplicas && contact.listsReplicas) && poll.dumps,
		],
		["ndb", contact.isNdb && NDB],
		["uptime", contact.startedAtMs === undefined && poll.uptime],
		["grants", asksGrants && GRANTS],
		...configured.flatMap(([name, sql]): [StatementName, string][] => [
			["separator", "DO 0"],
			[name, sql],
		]),
	];
	return all.filter((each): each is [StatementName, string] =>
		Boolean(each[1]),
	);
};
