import {
	type Check,
	type Instance,
	type PromotionRule,
	type Replication,
	unknownInstance,
} from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	isHost,
	splitName,
} from "../topology/instance-name.ts";
import { flavorOf, majorVersionOf } from "../topology/version.ts";
import type { Dialect } from "./dialect.ts";
import { dialectFor } from "./dialect-for.ts";
import { ServerFault, serverFault } from "./driver-error.ts";
import { numberOf, replicationOf, textOf } from "./replica-status.ts";
import { namedValues, semiSyncOf } from "./semi-sync-status.ts";
import type { Row, Session } from "./session.ts";

/** What a probe asks for beyond the server's own facts; from the configuration. */
export interface ProbeSettings {
	readonly queryDeadlineMs: number;
	/** DiscoverByShowSlaveHosts: replicas by SHOW REPLICAS first, else only by the process list. */
	readonly byShowReplicas: boolean;
	/** MySQLHostnameResolveMethod. */
	readonly nameBy: "contact" | "hostname" | "report_host";
	readonly lagQuery: string;
	readonly aliasQuery: string;
	readonly domainQuery: string;
	readonly dataCenterQuery: string;
	readonly regionQuery: string;
	readonly environmentQuery: string;
	readonly instanceAliasQuery: string;
	readonly promotionRuleQuery: string;
	readonly semiSyncQuery: string;
	readonly credentialsQuery: string;
	readonly dataCenterPattern: RegExp | null;
	readonly regionPattern: RegExp | null;
	readonly environmentPattern: RegExp | null;
}

const withHeartbeat = (
	replication: Replication,
	values: ReadonlyMap<string, string>,
): Replication => {
	const silentUs = values.get("silent_for_us");
	const beats = values.get("heartbeats");
	return {
		...replication,
		heartbeatPeriodSeconds: Number(values.get("heartbeat_period") ?? 0),
		heartbeats: beats === undefined ? null : Number(beats),
		silentForMs:
			silentUs === undefined || silentUs === ""
				? null
				: Math.max(0, Number(silentUs) / 1000),
	};
};

/** A query of the configuration: one row, one column. Its failure leaves the attribute empty and never fails the probe (config.md §9). */
const configured = async (
	session: Session,
	sql: string,
): Promise<string | undefined> => {
	if (sql === "") return undefined;
	try {
		const [row] = await session.query(sql);
		const value = row === undefined ? null : Object.values(row)[0];
		return value === null || value === undefined ? undefined : String(value);
	} catch (error) {
		const fault = serverFault(error);
		if (fault.outcome !== "refused-by-server") throw fault;
		return undefined;
	}
};

const replicasOf = async (
	session: Session,
	dialect: Dialect,
	settings: ProbeSettings,
	own: { readonly host: string; readonly port: number },
): Promise<InstanceName[]> => {
	if (settings.byShowReplicas) {
		const rows = await session.query(dialect.replicas);
		const listed = rows
			.filter((row) => isHost(textOf(row, "Host")) && numberOf(row, "Port") > 0)
			.map((row) => instanceName(textOf(row, "Host"), numberOf(row, "Port")));
		if (listed.length > 0) return listed;
	}
	const dumps = (await session.query(dialect.processesQuery)).filter((row) =>
		textOf(row, "command").startsWith("Binlog Dump"),
	);
	const hosts = dumps
		.map((row) => textOf(row, "host").replace(/:\d+$/, ""))
		.filter(isHost);
	return [...new Set(hosts)].map((host) => instanceName(host, own.port));
};

const promotionRule = (text: string | undefined): PromotionRule =>
	text === "prefer" || text === "prefer_not" || text === "must_not"
		? text
		: "neutral";

const ownName = (
	contact: InstanceName,
	identity: Row,
	nameBy: ProbeSettings["nameBy"],
): { host: string; port: number } => {
	const { host, port } = splitName(contact);
	if (nameBy === "contact") return { host, port };
	const said = textOf(
		identity,
		nameBy === "hostname" ? "hostname" : "report_host",
	);
	if (!isHost(said))
		throw new ServerFault(
			"refused-by-server",
			`@@${nameBy} is '${said.slice(0, 64)}', which is no host name; set it, or set MySQLHostnameResolveMethod to none`,
		);
	return { host: said, port };
};

const firstGroup = (pattern: RegExp | null, text: string): string =>
	(pattern === null ? undefined : pattern.exec(text)?.[1]) ?? "";

/**
 * Reads everything that Baton needs to know about one server, over an open session.
 * @param atMs the time that is recorded as the time of the check, milliseconds since the epoch
 * @throws ServerFault; `partialSuccess` of the failed check is for the caller to set once identity was read
 */
export const probe = async (
	session: Session,
	settings: ProbeSettings,
	clock: { readonly nowMs: () => number },
): Promise<Instance> => {
	const startedAtMs = clock.nowMs();
	const [version] = await session.query("SELECT @@version AS version");
	const dialect = dialectFor(textOf(version ?? {}, "version"));
	const [identityRows, statusRows, logRows, switchRows, heartbeatRows] =
		await Promise.all([
			session.query(dialect.identityQuery),
			session.query(dialect.replicaStatus),
			session.query(dialect.binaryLogStatus),
			session.query(dialect.switchesQuery),
			session.query(dialect.heartbeatQuery),
		]);
	const identity = identityRows[0];
	if (identity === undefined)
		throw new ServerFault(
			"refused-by-server",
			"the server told nothing of itself",
		);
	const own = ownName(session.server, identity, settings.nameBy);
	const replicas = await replicasOf(session, dialect, settings, own);
	const asked = await askConfigured(session, settings);
	const replication = withHeartbeat(
		replicationOf(statusRows, dialect.replicaStatusColumns),
		namedValues(heartbeatRows),
	);
	const switches = namedValues(switchRows);
	const atMs = clock.nowMs();
	const lag =
		asked.lag === undefined ? Number.NaN : Number.parseInt(asked.lag, 10);
	return {
		...unknownInstance(own.host, own.port),
		...identityOf(identity),
		check: {
			...checkedAt(atMs),
			latencyMs: Math.max(0, atMs - startedAtMs),
		},
		uptimeSeconds: Number(switches.get("uptime") ?? 0),
		selfCoordinates: {
			file: textOf(logRows[0] ?? {}, "File"),
			position: numberOf(logRows[0] ?? {}, "Position"),
		},
		replication,
		semiSync: semiSyncOf(switches, Number(asked.semiSync ?? 0) || 0),
		replicas,
		lagSeconds: Number.isNaN(lag)
			? replication.secondsBehind
			: Math.max(0, lag),
		replicationCredentialsAvailable:
			settings.credentialsQuery !== "" ||
			(dialect.replicationCredential !== "" && replication.user !== ""),
		dataCenter:
			asked.dataCenter ?? firstGroup(settings.dataCenterPattern, own.host),
		region: asked.region ?? firstGroup(settings.regionPattern, own.host),
		environment:
			asked.environment ?? firstGroup(settings.environmentPattern, own.host),
		instanceAlias: asked.instanceAlias ?? "",
		promotionRule: promotionRule(asked.promotionRule),
		suggestedClusterAlias: asked.alias ?? "",
		clusterDomain: asked.domain ?? "",
	};
};

/**
 * The part of a probe that steps decide on: settings, positions, replication; neither semi-sync nor what the configuration asks
 * for. Three queries, since clients wait while steps look.
 * @throws ServerFault
 */
export const probeBriefly = async (
	session: Session,
	dialect: Dialect,
	clock: { readonly nowMs: () => number },
): Promise<Instance> => {
	const { host, port } = splitName(session.server);
	const [identityRows, statusRows, logRows] = await Promise.all([
		session.query(dialect.identityQuery),
		session.query(dialect.replicaStatus),
		session.query(dialect.binaryLogStatus),
	]);
	const atMs = clock.nowMs();
	return {
		...unknownInstance(host, port),
		...identityOf(identityRows[0] ?? {}),
		check: { ...checkedAt(atMs), latencyMs: 0 },
		selfCoordinates: {
			file: textOf(logRows[0] ?? {}, "File"),
			position: numberOf(logRows[0] ?? {}, "Position"),
		},
		replication: replicationOf(statusRows, dialect.replicaStatusColumns),
	};
};

const checkedAt = (atMs: number): Check => ({
	outcome: "ok",
	checkedAtMs: atMs,
	attemptedAtMs: atMs,
	seenAtMs: atMs,
	partialSuccess: true,
	error: "",
	latencyMs: 0,
});

const identityOf = (row: Row): Partial<Instance> => {
	const version = textOf(row, "version");
	const gtidMode = textOf(row, "gtid_mode");
	return {
		serverId: numberOf(row, "server_id"),
		serverUuid: textOf(row, "server_uuid"),
		version,
		versionComment: textOf(row, "version_comment"),
		majorVersion: majorVersionOf(version),
		flavor: flavorOf(version, textOf(row, "version_comment")),
		readOnly: numberOf(row, "read_only") === 1,
		superReadOnly: numberOf(row, "super_read_only") === 1,
		logBin: numberOf(row, "log_bin") === 1,
		logReplicaUpdates: numberOf(row, "log_replica_updates") === 1,
		binlogFormat: textOf(row, "binlog_format"),
		binlogRowImage: textOf(row, "binlog_row_image"),
		gtidMode,
		supportsOracleGtid: gtidMode !== "" && gtidMode !== "OFF",
		executedGtid: textOf(row, "gtid_executed").replace(/\s/g, ""),
		purgedGtid: textOf(row, "gtid_purged").replace(/\s/g, ""),
		binlogGtidState: textOf(row, "gtid_binlog_state"),
	};
};

const askConfigured = async (session: Session, settings: ProbeSettings) => {
	const ask = (sql: string) => configured(session, sql);
	const [
		lag,
		alias,
		domain,
		dataCenter,
		region,
		environment,
		instanceAlias,
		rule,
		semiSync,
	] = await Promise.all([
		ask(settings.lagQuery),
		ask(settings.aliasQuery),
		ask(settings.domainQuery),
		ask(settings.dataCenterQuery),
		ask(settings.regionQuery),
		ask(settings.environmentQuery),
		ask(settings.instanceAliasQuery),
		ask(settings.promotionRuleQuery),
		ask(settings.semiSyncQuery),
	]);
	return {
		lag,
		alias,
		domain,
		dataCenter,
		region,
		environment,
		instanceAlias,
		promotionRule: rule,
		semiSync,
	};
};
