import { error } from "./template.ts";

/** Any store. The driver's code, or the server's own sentence, is in brackets. */
const ANY_STORE = {
	storeLocked: error(
		"StoreUnavailable",
		"the store <place> is locked by another program; try again in a moment (<detail>)",
	),
	storeNotSeen: error(
		"StoreUnavailable",
		"this node does not reach its store (<why>), and leaves the work to a node that does",
	),
	storeRefused: error(
		"Internal",
		"the store <place> refused a statement (<detail>); if redeploy-internal-db does not help, report it",
	),
	storeLosesWrites: error(
		"StoreUnavailable",
		"<place> does not keep what is written to it; see that no other program writes there, and the disk",
	),
	storeIsNewer: error(
		"StoreVersion",
		"<place> has version <version>, this program knows version <own>; use the newer program that wrote it",
	),
	storeIsOlder: error(
		"StoreVersion",
		"<place> has version <version>, this program knows version <own>; start the program once with write access",
	),
	storeNotUpdated: error(
		"StoreVersion",
		'<place> has version <version>, this program knows version <own>; "SkipOrchestratorDatabaseUpdate" forbids to bring it up to date; start once with -enable-database-update, or run redeploy-internal-db',
	),
	storeOfAnother: error(
		"StoreVersion",
		'<place> was not set up by <program>, and "PanicIfDifferentDatabaseDeploy" forbids to do it now; set that key to false for one start, or run redeploy-internal-db',
	),
	recoveryNotKept: error(
		"Internal",
		"recovery <uid> was written but cannot be read",
	),
} as const;

const SQLITE_STORE = {
	fileDiskFull: error(
		"StoreUnavailable",
		"the store <place> could not grow: the disk is full; free some space (<detail>)",
	),
	fileReadOnly: error(
		"StoreUnavailable",
		"the store <place> is read-only here; use an account that may write the file and its directory (<detail>)",
	),
	fileDiskFault: error(
		"StoreUnavailable",
		"the store <place> could not be read or written: the disk reports an error; look at the system's log (<detail>)",
	),
	fileNotOpened: error(
		"StoreUnavailable",
		"the store <place> could not be opened; check that the directory exists and that this account may use it (<detail>)",
	),
	fileFailedToOpen: error(
		"StoreUnavailable",
		"the store <place> could not be opened: <why>; check that the directory exists and that this account may use it",
	),
	fileNotPermitted: error(
		"StoreUnavailable",
		"the store <place> may not be used by this account; check the file's permissions (<detail>)",
	),
	fileDamaged: error(
		"StoreUnavailable",
		"the store <place> is damaged; restore it from a backup, or move it away (<detail>)",
	),
	fileNoDatabase: error(
		"StoreUnavailable",
		"the store <place> is not a SQLite database; name another file, or move it away (<detail>)",
	),
} as const;

const MYSQL_STORE = {
	storeNotListening: error(
		"StoreUnavailable",
		"the store <place> refuses connections; check that the server runs, and MySQLOrchestratorHost and MySQLOrchestratorPort (<detail>)",
	),
	storeNotResolved: error(
		"StoreUnavailable",
		"the store <place> has a host name that cannot be resolved; check MySQLOrchestratorHost (<detail>)",
	),
	storeNotReached: error(
		"StoreUnavailable",
		"the store <place> cannot be reached over the network; check MySQLOrchestratorHost and the network (<detail>)",
	),
	storeTooSlow: error(
		"StoreUnavailable",
		"the store <place> does not answer in time; check its load and the network (<detail>)",
	),
	storeDeniesAccess: error(
		"StoreUnavailable",
		"the store <place> denies access; check MySQLOrchestratorUser and its password, and that the account has ALL on the store's database, and MySQLOrchestratorUseMutualTLS when it requires TLS or a certificate (<detail>)",
	),
	storeNoDatabase: error(
		"StoreUnavailable",
		"the store <place> has no such database; create it, or let the account create it (<detail>)",
	),
	storeReadOnly: error(
		"StoreUnavailable",
		"the store <place> is read-only here; name a server that takes writes (<detail>)",
	),
	storeFull: error(
		"StoreUnavailable",
		"the store <place> could not grow: its disk or table space is full; free some space (<detail>)",
	),
	storeCrowded: error(
		"StoreUnavailable",
		"the store <place> has too many connections; raise its max_connections, or lower MySQLOrchestratorMaxPoolConnections (<detail>)",
	),
	storeLost: error(
		"StoreUnavailable",
		"the store <place> ended the connection; it is opened anew with the next call (<detail>)",
	),
	storeStatementTooBig: error(
		"StoreUnavailable",
		"the store <place> takes no statement of this size; raise its max_allowed_packet (<detail>)",
	),
	storeTlsDiffers: error(
		"StoreUnavailable",
		"the store <place> and MySQLOrchestratorUseMutualTLS do not agree about TLS (<detail>)",
	),
	storeNotTrusted: error(
		"StoreUnavailable",
		"the store <place> shows a certificate that is not trusted; set MySQLOrchestratorSSLCAFile, or MySQLOrchestratorSSLSkipVerify (<detail>)",
	),
	storeOutsideCluster: error(
		"StoreUnavailable",
		"the store <place> is not part of its cluster at present; try again in a moment (<detail>)",
	),
	storeLacksTable: error(
		"StoreVersion",
		"the store <place> lacks a table or a column; run redeploy-internal-db (<detail>)",
	),
	storeLacksLock: error(
		"StoreVersion",
		"the store <place> lacks the row that writers lock; run redeploy-internal-db",
	),
	storeCannotHold: error(
		"BadInput",
		"the store <place> cannot hold or compare a given value (<detail>)",
	),
	storeIsUpgraded: error(
		"StoreUnavailable",
		"another program has been upgrading the database <database> for <seconds> s; look at its server's process list",
	),
} as const;

export const STORE = { ...ANY_STORE, ...SQLITE_STORE, ...MYSQL_STORE } as const;
