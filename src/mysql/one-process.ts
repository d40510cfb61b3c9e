import { randomInt, randomUUID } from "node:crypto";
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

/** Who does not see the locks has to guess for each of so many whether it is held. */
const LOCKS = 32;

interface Lock {
	readonly name: string;
	readonly isTaken: boolean;
}

/** At least one of them is to be taken. */
const someLocks = (): readonly Lock[] => {
	const sure = randomInt(LOCKS);
	return Array.from({ length: LOCKS }, (_, index) => ({
		name: `baton.identity.${randomUUID().replaceAll("-", "")}`,
		isTaken: index === sure || randomInt(2) === 1,
	}));
};

/** Which of the locks the session says are held, each by that connection; undefined when it says something else of any. */
const heldBy = async (
	session: Session,
	locks: readonly Lock[],
	holder: number,
): Promise<readonly boolean[] | undefined> => {
	const [row = {}] = await session.query(
		`SELECT ${locks.map((_, index) => `IS_USED_LOCK(?) AS h${index}`).join(", ")}`,
		locks.map(({ name }) => name),
	);
	const holders = locks.map((_, index) => row[`h${index}`]);
	if (holders.some((each) => each !== null && Number(each) !== holder))
		return undefined;
	return holders.map((each) => each !== null);
};

const agree = (
	locks: readonly Lock[],
	held: readonly boolean[] | undefined,
): boolean =>
	held !== undefined &&
	locks.every(({ isTaken }, index) => held[index] === isTaken);

/**
 * A lock is seen only by sessions of the server that gave it; so nothing that was copied with a server's data can stand for it. Only some
 * of the locks that are asked for are taken: a server that does not see them can only guess.
 */
const proof = async (held: Session, asking: Session): Promise<Proof> => {
	const locks = someLocks();
	const taken = locks.filter(({ isTaken }) => isTaken);
	const [mine = {}] = await held.query(
		`SELECT ${taken.map(() => "GET_LOCK(?, 0)").join(" + ")} AS taken, CONNECTION_ID() AS me,
 @@global.port AS port, @@global.hostname AS hostname, COALESCE(@@global.report_host, '') AS report_host`,
		taken.map(({ name }) => name),
	);
	const me = countOf(mine, "me");
	if (
		countOf(mine, "taken") !== taken.length ||
		!agree(locks, await heldBy(held, locks, me))
	)
		return { outcome: "unknown", why: "the server does not give the locks" };
	return agree(locks, await heldBy(asking, locks, me))
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

/** Whether two names lead to one running server. Never throws. */
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
