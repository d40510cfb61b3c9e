import { readFileSync } from "node:fs";
import { BatonError, errorText } from "../errors.ts";
import type { MysqlSettings } from "../store/mysql/settings.ts";
import type { StoreOptions } from "../store/store-options.ts";
import type { Configuration } from "./keys.ts";

type Tls = NonNullable<MysqlSettings["tls"]>;

const fileOf = (
	configuration: Configuration,
	key:
		| "MySQLOrchestratorSSLCAFile"
		| "MySQLOrchestratorSSLCertFile"
		| "MySQLOrchestratorSSLPrivateKeyFile",
): string => {
	try {
		return readFileSync(configuration[key], "utf8");
	} catch (error) {
		throw new BatonError(
			"BadConfiguration",
			`cannot read "${key}": ${errorText(error)}; name a file that this account may read`,
		);
	}
};

/** A certificate of our own is shown only with its key, and only where the server's is checked too. */
const tlsOf = (configuration: Configuration): Tls => {
	const verify = !configuration.MySQLOrchestratorSSLSkipVerify;
	const isMutual =
		verify &&
		configuration.MySQLOrchestratorSSLCertFile !== "" &&
		configuration.MySQLOrchestratorSSLPrivateKeyFile !== "";
	return {
		verify,
		...(configuration.MySQLOrchestratorSSLCAFile === ""
			? {}
			: { ca: fileOf(configuration, "MySQLOrchestratorSSLCAFile") }),
		...(isMutual
			? {
					cert: fileOf(configuration, "MySQLOrchestratorSSLCertFile"),
					key: fileOf(configuration, "MySQLOrchestratorSSLPrivateKeyFile"),
				}
			: {}),
	};
};

const mysqlSettingsOf = (configuration: Configuration): MysqlSettings => ({
	host: configuration.MySQLOrchestratorHost,
	port: configuration.MySQLOrchestratorPort,
	database: configuration.MySQLOrchestratorDatabase,
	user: configuration.MySQLOrchestratorUser,
	password: configuration.MySQLOrchestratorPassword,
	connectTimeoutMs: configuration.MySQLConnectTimeoutSeconds * 1000,
	readTimeoutMs: configuration.MySQLOrchestratorReadTimeoutSeconds * 1000,
	maxConnections: configuration.MySQLOrchestratorMaxPoolConnections,
	lifetimeMs: configuration.MySQLConnectionLifetimeSeconds * 1000,
	rejectReadOnly: configuration.MySQLOrchestratorRejectReadOnly,
	...(configuration.MySQLOrchestratorUseMutualTLS
		? { tls: tlsOf(configuration) }
		: {}),
});

/** Settings are computed once for each configuration: certificates are not read for every connection. */
const remembered = (current: () => Configuration): (() => MysqlSettings) => {
	let of: Configuration | undefined;
	let settings: MysqlSettings | undefined;
	return () => {
		const configuration = current();
		if (settings === undefined || configuration !== of)
			settings = mysqlSettingsOf(configuration);
		of = configuration;
		return settings;
	};
};

const requireMysqlKeys = (configuration: Configuration): void => {
	for (const key of [
		"MySQLOrchestratorHost",
		"MySQLOrchestratorDatabase",
	] as const)
		if (configuration[key] === "")
			throw new BatonError(
				"BadConfiguration",
				`"BackendDB" is ${JSON.stringify(configuration.BackendDB)}, a MySQL store, and "${key}" is not set; set it, or set "BackendDB" to "sqlite" and "SQLite3DataFile" to a file`,
			);
};

/**
 * The store that the configuration names: SQLite where `BackendDB` contains `sqlite`, MySQL otherwise.
 * @param current the configuration after reloads, where the process takes them
 * @throws BatonError BadConfiguration when it names no place
 */
export const storeOptionsOf = (
	configuration: Configuration,
	current: () => Configuration = () => configuration,
): StoreOptions => {
	const rules = {
		skipUpdate: configuration.SkipOrchestratorDatabaseUpdate,
		refuseOtherDeployment: configuration.PanicIfDifferentDatabaseDeploy,
	};
	if (configuration.BackendDB.includes("sqlite"))
		return { file: configuration.SQLite3DataFile, ...rules };
	requireMysqlKeys(configuration);
	const mysql = remembered(current);
	// Once now: a certificate that cannot be read is said at the start.
	mysql();
	return { mysql, ...rules };
};
