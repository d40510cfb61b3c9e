import { error } from "./template.ts";

/** What stands in the configuration, and in the files that it names. */
export const CONFIGURATION = {
	unreadableConfiguration: error(
		"BadConfiguration",
		"cannot read config file <file>: <why>",
	),
	configurationMissing: error(
		"BadConfiguration",
		"cannot read config file <file>: it does not exist; check -config",
	),
	badConfiguration: error("BadConfiguration", "config file <file>: <why>"),
	credentialsNotRead: error(
		"BadConfiguration",
		'cannot read credentials file <file>, named by "<key>": <why>',
	),
	badCredentials: error(
		"BadConfiguration",
		"cannot read credentials file <file>: <why>",
	),
	fileNotRead: error(
		"BadConfiguration",
		'cannot read "<key>": <why>; name a file that this account may read',
	),
	storeNotNamed: error(
		"BadConfiguration",
		'"BackendDB" is "<backend>", a MySQL store, and "<key>" is not set; set it, or set "BackendDB" to "sqlite" and "SQLite3DataFile" to a file',
	),
	nodesApart: error(
		"BadConfiguration",
		"RaftNodes names <count> nodes, and there is <lacks>: after a failure each of them could promote a server; leave one node in RaftNodes, or give all of them one Temporal (BatonTemporalAddress) and one MySQL store (BackendDB, MySQLOrchestratorHost) that every one reaches",
	),
	hostNameNotKnown: error(
		"BadConfiguration",
		'the name of this host cannot be determined; set "BatonNode"',
	),
	cannotListen: error(
		"BadConfiguration",
		"cannot listen on <place>: <why>; end what listens there, or set ListenAddress to another place",
	),
	noMarkerPattern: error(
		"BadConfiguration",
		"Pseudo-GTID is not configured: set PseudoGTIDPattern to what the markers in the binary logs look like, or AutoPseudoGTID for those that orchestrator writes",
	),
	badMarkerPattern: error(
		"BadConfiguration",
		'PseudoGTIDPattern "<pattern>" is no regular expression that RE2 takes; mend it, or set PseudoGTIDPatternIsFixedSubstring if it is plain text',
	),
	raftConfigured: error(
		"Refused",
		"the configuration has RaftEnabled: use the web API or orchestrator-client, which find the leader; -ignore-raft-setup overrides",
	),
} as const;
