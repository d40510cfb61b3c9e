import { readFileSync } from "node:fs";
import { errors, errorText } from "../errors.ts";
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
		throw errors.fileNotRead({ key, why: errorText(error) });
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
			throw errors.storeNotNamed({ backend: configuration.BackendDB, key });
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
