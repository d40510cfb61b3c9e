import { randomUUID } from "node:crypto";
import type { InstanceName } from "../topology/instance-name.ts";
import { countOf, textOf } from "./cell.ts";
import { serverFault } from "./driver-error.ts";
import type { Servers } from "./servers.ts";
import type { Session } from "./session.ts";

/** What a server says of where it listens. */
export interface OwnAddress {
	readonly hosts: readonly string[];
	readonly port: number;
}

/**
 * - `one`: both names lead to the same running server
 * - `two`: they lead to two
 * - `unknown`: it could not be found out
 */
export type Proof =
	| { readonly outcome: "one"; readonly own: OwnAddress }
	| { readonly outcome: "two" }
	| { readonly outcome: "unknown"; readonly why: string };

/** A lock is seen only by sessions of the server that gave it; so nothing that was copied with a server's data can stand for it. */
const proof = async (held: Session, asking: Session): Promise<Proof> => {
	const lock = `baton.identity.${randomUUID().replaceAll("-", "")}`;
	const [mine = {}] = await held.query(
		`SELECT GET_LOCK(?, 0) AS taken, CONNECTION_ID() AS me, @@global.port AS port,
 @@global.hostname AS hostname, COALESCE(@@global.report_host, '') AS report_host`,
		[lock],
	);
	if (countOf(mine, "taken") !== 1)
		return { outcome: "unknown", why: "the server gives no lock" };
	const [seen = {}] = await asking.query("SELECT IS_USED_LOCK(?) AS holder", [
		lock,
	]);
	return seen.holder !== null && countOf(seen, "holder") === countOf(mine, "me")
		? {
				outcome: "one",
				own: {
					hosts: [textOf(mine, "report_host"), textOf(mine, "hostname")],
					port: countOf(mine, "port"),
				},
			}
		: { outcome: "two" };
};

export type ProveOne = (
	one: InstanceName,
	other: InstanceName,
) => Promise<Proof>;

/** Whether two names lead to one running server, for sure. Never throws. */
export const createProveOne =
	(servers: Pick<Servers, "open">): ProveOne =>
	async (one, other) => {
		const sessions: Session[] = [];
		try {
			for (const name of [one, other])
				sessions.push(await servers.open(name, "identity"));
			const [held, asking] = sessions;
			return held === undefined || asking === undefined
				? { outcome: "unknown", why: "no session" }
				: await proof(held, asking);
		} catch (error) {
			return { outcome: "unknown", why: serverFault(error).message };
		} finally {
			for (const session of sessions) session.close();
		}
	};
