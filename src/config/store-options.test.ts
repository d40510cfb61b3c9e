import { expect, it } from "vitest";
import { documentedDefaults, withValues } from "./keys.ts";
import { storeOptionsOf } from "./store-options.ts";

const configured = (values: Parameters<typeof withValues>[1]) =>
	withValues(documentedDefaults(), values);

const MYSQL = {
	BackendDB: "mysql",
	MySQLOrchestratorHost: "store.example",
	MySQLOrchestratorDatabase: "orchestrator",
};

it("is a SQLite file where the kind contains sqlite", () => {
	expect(
		storeOptionsOf(
			configured({ BackendDB: "sqlite3", SQLite3DataFile: "/data/x" }),
		),
	).toMatchObject({ file: "/data/x", skipUpdate: false });
});

it("is MySQL otherwise, with times in milliseconds", () => {
	const options = storeOptionsOf(
		configured({
			...MYSQL,
			MySQLOrchestratorUser: "orc",
			MySQLOrchestratorPassword: "secret",
			PanicIfDifferentDatabaseDeploy: true,
		}),
	);
	expect(options).toMatchObject({ refuseOtherDeployment: true });
	expect(options.mysql?.()).toEqual({
		host: "store.example",
		port: 3306,
		database: "orchestrator",
		user: "orc",
		password: "secret",
		connectTimeoutMs: 2_000,
		readTimeoutMs: 30_000,
		maxConnections: 128,
		lifetimeMs: 0,
		rejectReadOnly: false,
	});
});

it("names the key that a MySQL store lacks", () => {
	for (const key of ["MySQLOrchestratorHost", "MySQLOrchestratorDatabase"])
		expect(() => storeOptionsOf(configured({ ...MYSQL, [key]: "" }))).toThrow(
			`"${key}" is not set`,
		);
});

it("follows a reload", () => {
	let current = configured(MYSQL);
	const { mysql } = storeOptionsOf(current, () => current);
	expect(mysql?.()).toBe(mysql?.());
	current = configured({ ...MYSQL, MySQLOrchestratorHost: "other.example" });
	expect(mysql?.().host).toBe("other.example");
});

it("checks the server's certificate unless told not to, and says which file cannot be read", () => {
	const tls = { ...MYSQL, MySQLOrchestratorUseMutualTLS: true };
	expect(storeOptionsOf(configured(tls)).mysql?.().tls).toEqual({
		verify: true,
	});
	const skipping = configured({
		...tls,
		MySQLOrchestratorSSLSkipVerify: true,
		MySQLOrchestratorSSLCertFile: "/not/read",
		MySQLOrchestratorSSLPrivateKeyFile: "/not/read",
	});
	expect(storeOptionsOf(skipping).mysql?.().tls).toEqual({ verify: false });
	expect(() =>
		storeOptionsOf(
			configured({ ...tls, MySQLOrchestratorSSLCAFile: "/no/such/ca.pem" }),
		),
	).toThrow('cannot read "MySQLOrchestratorSSLCAFile"');
});
