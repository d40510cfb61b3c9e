import { textOf } from "./cell.ts";
import { serverFault } from "./driver-error.ts";
import type { Reader } from "./step-session.ts";

/** What a channel logs in with. Lives only inside an activity: it enters no workflow payload, log or error. */
export interface Credential {
	readonly user: string;
	readonly password: string;
	readonly tls: boolean;
}

/** Why a server tells none, and what would make it tell one. */
export interface NoCredential {
	readonly missing: string;
	/** Empty where there is nothing that anybody could do there. */
	readonly remedy: string;
}

const SET_QUERY = "set ReplicationCredentialsQuery";

/** The replication credential as a replica knows it: ReplicationCredentialsQuery, else mysql.slave_master_info. */
export const replicationCredential = async (
	step: Reader,
	query: string,
): Promise<{ readonly credential: Credential } | NoCredential> => {
	const sql = query !== "" ? query : step.dialect.replicationCredential;
	if (sql === "")
		return {
			missing: `${step.server} does not keep its replication password where it can be read`,
			remedy: SET_QUERY,
		};
	try {
		const [row] = await step.read(sql);
		const columns = Object.keys(row ?? {});
		const user = textOf(row ?? {}, columns[0] ?? "");
		if (user === "")
			return {
				missing: `${step.server} tells no replication user (${query === "" ? "mysql.slave_master_info is empty" : "ReplicationCredentialsQuery gave none"})`,
				remedy: query === "" ? SET_QUERY : "",
			};
		const password = textOf(row ?? {}, columns[1] ?? "");
		const { longestPassword } = step.dialect;
		if (password.length > longestPassword)
			return {
				missing: `the replication password that ${step.server} tells has ${password.length} characters, and a channel takes ${longestPassword}`,
				remedy: `give ${user} a shorter one`,
			};
		return {
			credential: {
				user,
				password,
				tls:
					columns.length > 2 &&
					textOf(row ?? {}, columns[4] ?? columns[2] ?? "") !== "",
			},
		};
	} catch (error) {
		const fault = serverFault(error);
		if (fault.outcome !== "refused-by-server") throw fault;
		return {
			// What the server says may quote the query, and so a password.
			missing: `the replication password cannot be read on ${step.server} (error ${fault.errno})`,
			remedy: `grant SELECT on mysql.slave_master_info, or ${SET_QUERY}`,
		};
	}
};
