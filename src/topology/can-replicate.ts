import { familyOf, missing } from "./gtid/gtid.ts";
import { type Instance, isReplica } from "./instance.ts";
import { compareMajorVersions, parseVersion } from "./version.ts";

export interface ReplicateOptions {
	/** VerifyReplicationFilters. */
	readonly verifyFilters: boolean;
	/** ReasonableMaintenanceReplicationLagSeconds. */
	readonly maxMaintenanceLagSeconds: number;
}

export type Verdict =
	| { readonly ok: true }
	| { readonly ok: false; readonly reason: string };

interface Rule {
	/** Binlog servers pass on what they got and are exempt, on either side. */
	readonly exemptsBinlogServers?: true;
	readonly broken: (
		replica: Instance,
		source: Instance,
		options: ReplicateOptions,
	) => boolean;
	readonly says: (replica: Instance, source: Instance) => string;
}

const BINLOG_FORMATS = ["STATEMENT", "MIXED", "ROW"];
const formatRank = ({ binlogFormat }: Instance): number =>
	BINLOG_FORMATS.indexOf(binlogFormat.toUpperCase());

/** MySQL never reads MariaDB's events; MariaDB reads those of MySQL up to 5.7. */
const areFamiliesUnlike = (replica: Instance, source: Instance): boolean =>
	familyOf(source) === "mariadb"
		? familyOf(replica) === "mysql"
		: familyOf(replica) === "mariadb" && parseVersion(source.version)[0] >= 8;

/** orchestrator's conditions in its order, with what it does not check but no server survives: unlike families. */
const RULES: readonly Rule[] = [
	{
		broken: (replica, source) => replica.name === source.name,
		says: () => "it is the same instance",
	},
	{
		broken: (replica, source) =>
			replica.version === "" || source.version === "",
		says: (replica, source) =>
			`${replica.version === "" ? replica.name : source.name} was never seen`,
	},
	{
		broken: (_, source) => !source.logBin,
		says: (_, source) => `${source.name} writes no binary log`,
	},
	{
		broken: (_, source) => isReplica(source) && !source.logReplicaUpdates,
		says: (_, source) =>
			`${source.name} is a replica and does not log what it replicates`,
	},
	{
		exemptsBinlogServers: true,
		broken: areFamiliesUnlike,
		says: (replica, source) =>
			`${replica.flavor} ${replica.version} does not replicate from ${source.flavor} ${source.version}`,
	},
	{
		exemptsBinlogServers: true,
		broken: (replica, source) =>
			familyOf(replica) === familyOf(source) &&
			compareMajorVersions(replica.version, source.version) < 0,
		says: (replica, source) =>
			`its version ${replica.version} is older than ${source.version} of ${source.name}`,
	},
	{
		// It logs what it gets as it gets it: INHERIT is no format that holds less.
		exemptsBinlogServers: true,
		broken: (replica, source) =>
			replica.logBin &&
			replica.logReplicaUpdates &&
			formatRank(replica) < formatRank(source),
		says: (replica, source) =>
			`it logs in the ${replica.binlogFormat} format, which cannot hold the ${source.binlogFormat} events of ${source.name}`,
	},
	{
		broken: (replica, source, { verifyFilters }) =>
			verifyFilters &&
			source.replication.hasFilters &&
			!replica.replication.hasFilters,
		says: (_, source) =>
			`${source.name} has replication filters and it has none`,
	},
	{
		exemptsBinlogServers: true,
		broken: (replica, source) => replica.serverId === source.serverId,
		says: (replica) => `both have server id ${replica.serverId}`,
	},
	{
		exemptsBinlogServers: true,
		broken: (replica, source) =>
			replica.serverUuid !== "" && replica.serverUuid === source.serverUuid,
		says: (replica, source) =>
			`it has the same server UUID as ${source.name}, ${replica.serverUuid}`,
	},
	{
		broken: (replica, source, { maxMaintenanceLagSeconds }) =>
			replica.replication.sqlDelaySeconds <
				source.replication.sqlDelaySeconds &&
			source.replication.sqlDelaySeconds > maxMaintenanceLagSeconds,
		says: (_, source) =>
			`${source.name} is delayed by ${source.replication.sqlDelaySeconds} s, more than it`,
	},
];

/** Whether `replica` may be put below `source`; if not, the first reason, as a sentence. */
export const canReplicateFrom = (
	replica: Instance,
	source: Instance,
	options: ReplicateOptions,
): Verdict => {
	const exempt = replica.isBinlogServer || source.isBinlogServer;
	const broken = RULES.find(
		(rule) =>
			!(exempt && rule.exemptsBinlogServers) &&
			rule.broken(replica, source, options),
	);
	if (!broken) return { ok: true };
	return {
		ok: false,
		reason: `${replica.name} cannot replicate from ${source.name}: ${broken.says(replica, source)}`,
	};
};

/** Whether `replica` can be moved below `source` by GTID as it replicates now. */
export const isGtidCompatible = (
	replica: Instance,
	source: Instance,
): boolean =>
	(replica.replication.usingOracleGtid && source.supportsOracleGtid) ||
	(replica.replication.usingMariadbGtid && source.flavor === "MariaDB");

/**
 * Transactions that `source` has purged from its binary logs and `replica` has not applied, as a GTID set: with any, a
 * move by GTID fails. Empty on MariaDB, whose servers do not tell what they purged. Throws BatonError
 * BadInput on malformed text.
 */
export const missingPurged = (replica: Instance, source: Instance): string =>
	familyOf(source) === "mariadb" || source.purgedGtid === ""
		? ""
		: missing("mysql", replica.executedGtid, source.purgedGtid);
