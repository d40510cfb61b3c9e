/** How to reach the MySQL store. */
export interface MysqlSettings {
	readonly host: string;
	readonly port: number;
	/** Made when it is missing. */
	readonly database: string;
	readonly user: string;
	readonly password: string;
	/** From the first packet to a session that is ready. */
	readonly connectTimeoutMs: number;
	/** For each answer of the server. */
	readonly readTimeoutMs: number;
	/** Most connections open at once; 0 is no limit. */
	readonly maxConnections: number;
	/** A connection older than this is not used again; 0 is never. */
	readonly lifetimeMs: number;
	/** A server that says it is read-only is left, and looked for anew: it may stand behind a proxy that has chosen another since. */
	readonly rejectReadOnly: boolean;
	readonly tls?: {
		readonly verify: boolean;
		readonly ca?: string;
		readonly cert?: string;
		readonly key?: string;
	};
}
