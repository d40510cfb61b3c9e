// The MySQL or MariaDB server of the test project `store-mysql`: one for all files, a database of its own for each test.

import type { TestProject } from "vitest/node";
import { createLab } from "./lab.ts";

/** Made for the tests: nothing must survive a power cut, and tables are made and dropped all the time. */
const FAST = {
	innodb_flush_log_at_trx_commit: 0,
	sync_binlog: 0,
	skip_log_bin: true,
	innodb_doublewrite: false,
	innodb_flush_method: "nosync",
};

const ACCOUNT = { user: "store", password: "store-secret" };

export default async function setup(
	project: TestProject,
): Promise<() => Promise<void>> {
	const flavor =
		process.env.BATON_STORE_FLAVOR === "mariadb" ? "mariadb" : "mysql";
	const lab = await createLab({ flavor });
	try {
		const server = await lab.startServer({
			readOnlyAtStart: false,
			extraOptions: FAST,
		});
		await server.query(
			`CREATE USER '${ACCOUNT.user}'@'%' IDENTIFIED BY '${ACCOUNT.password}'`,
		);
		await server.query(
			`GRANT ALL PRIVILEGES ON \`baton\\_%\`.* TO '${ACCOUNT.user}'@'%'`,
		);
		project.provide("storeServer", {
			host: server.host,
			port: server.port,
			...ACCOUNT,
			connectTimeoutMs: 5_000,
			readTimeoutMs: 30_000,
			maxConnections: 8,
			lifetimeMs: 0,
			rejectReadOnly: false,
		});
		return () => lab.stop();
	} catch (error) {
		await lab.stop();
		throw error;
	}
}
