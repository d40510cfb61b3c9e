import type { Instance } from "../topology/instance.ts";

/** What the account that Baton logs in with must be able to do on a server, by the privileges whose lack a probe reports. */
const NEEDED = {
	/** Read-only and semi-sync. */
	open: ["SUPER", "SYSTEM_VARIABLES_ADMIN", "READ_ONLY_ADMIN"],
	/** Replication: stop, start, point elsewhere. */
	point: ["SUPER", "REPLICATION_SLAVE_ADMIN"],
	/** Connections of other accounts. */
	end: ["SUPER", "CONNECTION_ADMIN"],
	/** The removal of a channel. There is another way, less thorough. */
	forget: ["RELOAD"],
} as const satisfies Record<string, readonly string[]>;

/** The sentence about the privilege that is missing for it; undefined where none is known to be. */
export const cannot = (
	instance: Instance,
	what: keyof typeof NEEDED,
): string | undefined => {
	const needed: readonly string[] = NEEDED[what];
	return instance.findings.find(
		({ about, privilege }) =>
			about === "operations" &&
			// MariaDB writes most of them in several words.
			needed.includes(privilege.replaceAll(" ", "_")),
	)?.says;
};
