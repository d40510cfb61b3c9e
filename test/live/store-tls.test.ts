import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { documentedDefaults, withValues } from "../../src/config/keys.ts";
import { storeOptionsOf } from "../../src/config/store-options.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createLab, type Lab } from "../lab/lab.ts";
import type { LabServer } from "../lab/server.ts";
import { TEST_MS } from "./system.ts";

const PASSWORD = "store-secret";

/** MySQL signs certificates for itself and for one client when it is initialised. */
describe("a store on a MySQL server that insists on TLS", () => {
	let lab: Lab;
	let server: LabServer;
	const pem = (name: string) => join(server.directory, "data", `${name}.pem`);

	const ping = async (
		user: string,
		change: Parameters<typeof withValues>[1],
	): Promise<void> => {
		const config = withValues(documentedDefaults(), {
			BackendDB: "mysql",
			MySQLOrchestratorHost: server.host,
			MySQLOrchestratorPort: server.port,
			MySQLOrchestratorDatabase: "baton_tls",
			MySQLOrchestratorUser: user,
			MySQLOrchestratorPassword: PASSWORD,
			...change,
		});
		const store = await openStore(storeOptionsOf(config, () => config));
		try {
			await store.check(Date.now());
		} finally {
			await store.close();
		}
	};

	beforeAll(async () => {
		lab = await createLab({ flavor: "mysql" });
		server = await lab.startServer({
			readOnlyAtStart: false,
			extraOptions: { require_secure_transport: true, sync_binlog: 0 },
		});
		for (const [user, requires] of [
			["store", "NONE"],
			["mutual", "X509"],
		]) {
			await server.query(
				`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}' REQUIRE ${requires}`,
			);
			await server.query(
				`GRANT ALL PRIVILEGES ON baton_tls.* TO '${user}'@'%'`,
			);
		}
	}, TEST_MS);
	afterAll(async () => lab?.stop(), TEST_MS);

	test(
		"is reached over TLS whose authority is given, or when any is taken",
		async () => {
			await ping("store", {
				MySQLOrchestratorUseMutualTLS: true,
				MySQLOrchestratorSSLCAFile: pem("ca"),
			});
			await ping("store", {
				MySQLOrchestratorUseMutualTLS: true,
				MySQLOrchestratorSSLSkipVerify: true,
			});
		},
		TEST_MS,
	);

	test(
		"knows the client by its certificate",
		async () => {
			const checked = {
				MySQLOrchestratorUseMutualTLS: true,
				MySQLOrchestratorSSLCAFile: pem("ca"),
			};
			await ping("mutual", {
				...checked,
				MySQLOrchestratorSSLCertFile: pem("client-cert"),
				MySQLOrchestratorSSLPrivateKeyFile: pem("client-key"),
			});
			await expect(ping("mutual", checked)).rejects.toThrow(
				"MySQLOrchestratorUser",
			);
		},
		TEST_MS,
	);

	test(
		"is refused with the remedy: without TLS, with an authority that is not trusted, with a file that is not there",
		async () => {
			await expect(ping("store", {})).rejects.toThrow(
				"MySQLOrchestratorUseMutualTLS do not agree about TLS",
			);
			await expect(
				ping("store", { MySQLOrchestratorUseMutualTLS: true }),
			).rejects.toThrow("set MySQLOrchestratorSSLCAFile");
			await expect(
				ping("store", {
					MySQLOrchestratorUseMutualTLS: true,
					MySQLOrchestratorSSLCAFile: pem("nobody"),
				}),
			).rejects.toThrow('cannot read "MySQLOrchestratorSSLCAFile"');
		},
		TEST_MS,
	);
});
