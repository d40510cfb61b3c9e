import type mysql from "mysql2";
import type { HostPort } from "../topology/instance-name.ts";
import type { Access, SessionOptions } from "./session.ts";

/** How the driver logs in to a server, and reads its answers. */
export const connectionOptions = (
	at: HostPort,
	access: Access,
	options: SessionOptions,
): mysql.ConnectionOptions => ({
	host: at.host,
	port: at.port,
	user: access.user,
	password: access.password,
	// The deadline is ours, see connect.
	connectTimeout: 0,
	dateStrings: true,
	supportBigNumbers: true,
	bigNumberStrings: true,
	multipleStatements: options.severalAtOnce === true,
	connectAttributes: { program_name: "baton", baton_role: options.role },
	enableKeepAlive: true,
	// Nothing is prepared here; the driver would keep half a megabyte ready for it on each connection.
	maxPreparedStatements: 1,
	...(access.tls
		? {
				ssl: {
					rejectUnauthorized: access.tls.verify,
					...(access.tls.ca ? { ca: access.tls.ca } : {}),
					...(access.tls.cert ? { cert: access.tls.cert } : {}),
					...(access.tls.key ? { key: access.tls.key } : {}),
				},
			}
		: {}),
});
