import type { InstanceName } from "../topology/instance-name.ts";
import type { ServerFault } from "./driver-error.ts";

/** A refused statement costs further round trips; it is tried again after so long. Milliseconds. */
const AGAIN_AFTER_MS = 60_000;

/** What servers refused lately, so that it is not asked at every poll. By server, since a connection may not outlive a time-out. */
export interface RefusedStatements {
	/** The fault with which the server refused this statement within the last minute. */
	recall(server: InstanceName, sql: string): ServerFault | undefined;
	note(server: InstanceName, sql: string, fault: ServerFault): void;
	/** The account was granted something: everything is worth another try. */
	forget(server: InstanceName): void;
}

export const createRefusedStatements = (
	nowMs: () => number,
): RefusedStatements => {
	const refused = new Map<
		InstanceName,
		Map<string, { readonly fault: ServerFault; readonly untilMs: number }>
	>();
	return {
		recall: (server, sql) => {
			const of = refused.get(server);
			const known = of?.get(sql);
			if (known === undefined || known.untilMs > nowMs()) return known?.fault;
			of?.delete(sql);
			if (of?.size === 0) refused.delete(server);
			return undefined;
		},
		note: (server, sql, fault) => {
			const of = refused.get(server) ?? new Map();
			of.set(sql, { fault, untilMs: nowMs() + AGAIN_AFTER_MS });
			refused.set(server, of);
		},
		forget: (server) => {
			refused.delete(server);
		},
	};
};
