import type { FlagSpec, FlagValues } from "./flags.ts";

const text = (name: string, usage: string, value = ""): FlagSpec => ({
	name,
	type: "string",
	default: value,
	usage,
});

const switchOf = (name: string, usage: string, value = false): FlagSpec => ({
	name,
	type: "bool",
	default: value,
	usage,
});

/** The 31 flags of the drop-in surface, in its order. */
export const DROP_IN_FLAGS: readonly FlagSpec[] = [
	text("config", "configuration file; without it the usual places are read"),
	text("c", "command to run; see `help`"),
	text("i", "instance, host[:port], or a list of instances"),
	text("s", "sibling; synonym of -d"),
	text("d", "destination instance, host[:port]"),
	text(
		"owner",
		"owner of a downtime, maintenance or acknowledgement; default: your user name",
	),
	text("reason", "reason or comment"),
	text(
		"duration",
		"duration: digits and one of s, m, h, d, w, such as 59s or 2h",
	),
	text(
		"pattern",
		"regular expression; for find-binlog-entry the exact text of the entry",
	),
	text("alias", "cluster alias or name"),
	text("pool", "pool name"),
	text("hostname", "virtual name or agent host"),
	switchOf("discovery", "poll and recover while serving http", true),
	switchOf("quiet", "log errors only"),
	switchOf("verbose", "log what is done"),
	switchOf("debug", "log everything"),
	switchOf("stack", "add a stack trace to logged errors"),
	switchOf("strict", "search all logs for Pseudo-GTID, not only the newest"),
	switchOf(
		"skip-binlog-search",
		"Pseudo-GTID: look only in the relay logs of the instance, not in its binary logs",
	),
	switchOf(
		"skip-unresolve",
		"do not translate a source to its registered virtual name",
	),
	switchOf(
		"skip-unresolve-check",
		"use the real name when a virtual name does not resolve back",
	),
	switchOf("noop", "stop before the change"),
	text("binlog", "binary log file, or file:position"),
	text("statement", "statement to inject"),
	switchOf("grab-election", "take the leadership at start"),
	text(
		"promotion-rule",
		"rule for register-candidate: prefer, neutral, prefer_not, must_not",
		"prefer",
	),
	switchOf("version", "print the version"),
	switchOf(
		"skip-continuous-registration",
		"do not register this process as a node",
	),
	switchOf("enable-database-update", "override SkipOrchestratorDatabaseUpdate"),
	switchOf("ignore-raft-setup", "allow the command line although RaftEnabled"),
	text("tag", "tag expression"),
];

/** What Baton adds. */
export const OWN_FLAGS: readonly FlagSpec[] = [
	text("to", "synonym of -d behind a plain word: takeover shop --to db2"),
	text("below", "likewise: relocate db3 --below db2"),
	switchOf(
		"no-wait",
		"start the operation, print its workflow id and do not wait for its end",
	),
	switchOf(
		"dry-run",
		"print what would be done, of an operation its plan as it would be run now, and change nothing",
	),
	switchOf(
		"json",
		"tell the result, and a failure, as one line of JSON for each instance in -i: as the API does",
	),
	switchOf(
		"break-glass",
		"Temporal is away: run the operation in this very process, in place of whatever held the cluster",
	),
];

export const ALL_FLAGS: readonly FlagSpec[] = [...DROP_IN_FLAGS, ...OWN_FLAGS];

/** Flags of one meaning; those of Baton's own form stand behind plain words alone. */
export const OWN_DESTINATIONS = ["to", "below"] as const;
export const DESTINATIONS = ["d", "s", ...OWN_DESTINATIONS] as const;

/** The flags as the commands read them. */
export interface Flags {
	readonly config: string;
	readonly command: string;
	readonly instance: string;
	/** `-d`, `-s`, `-to` or `-below`. */
	readonly destination: string;
	readonly owner: string;
	readonly reason: string;
	readonly duration: string;
	readonly pattern: string;
	readonly alias: string;
	readonly statement: string;
	/** `-binlog`: a file, or file:position. */
	readonly binlog: string;
	readonly strict: boolean;
	readonly skipBinlogSearch: boolean;
	readonly pool: string;
	readonly hostname: string;
	readonly tag: string;
	readonly discovery: boolean;
	readonly quiet: boolean;
	readonly verbose: boolean;
	readonly debug: boolean;
	readonly stack: boolean;
	readonly noop: boolean;
	readonly grabElection: boolean;
	readonly promotionRule: string;
	readonly version: boolean;
	readonly skipRegistration: boolean;
	readonly enableDatabaseUpdate: boolean;
	readonly ignoreRaftSetup: boolean;
	readonly noWait: boolean;
	readonly dryRun: boolean;
	readonly breakGlass: boolean;
	readonly json: boolean;
	/** Typed as plain words: an instance names its cluster where a cluster is asked for. */
	readonly isPlain: boolean;
}

export const flagsOf = (values: FlagValues, isPlain = false): Flags => {
	const read = (name: string): string => String(values[name] ?? "");
	const isOn = (name: string): boolean => values[name] === true;
	return {
		config: read("config"),
		command: read("c"),
		instance: read("i"),
		destination: DESTINATIONS.map(read).find((name) => name !== "") ?? "",
		owner: read("owner"),
		reason: read("reason"),
		duration: read("duration"),
		pattern: read("pattern"),
		alias: read("alias"),
		statement: read("statement"),
		binlog: read("binlog"),
		strict: isOn("strict"),
		skipBinlogSearch: isOn("skip-binlog-search"),
		pool: read("pool"),
		hostname: read("hostname"),
		tag: read("tag"),
		discovery: isOn("discovery"),
		quiet: isOn("quiet"),
		verbose: isOn("verbose"),
		debug: isOn("debug"),
		stack: isOn("stack"),
		noop: isOn("noop"),
		grabElection: isOn("grab-election"),
		promotionRule: read("promotion-rule"),
		version: isOn("version"),
		skipRegistration: isOn("skip-continuous-registration"),
		enableDatabaseUpdate: isOn("enable-database-update"),
		ignoreRaftSetup: isOn("ignore-raft-setup"),
		noWait: isOn("no-wait"),
		dryRun: isOn("dry-run"),
		breakGlass: isOn("break-glass"),
		json: isOn("json"),
		isPlain,
	};
};
