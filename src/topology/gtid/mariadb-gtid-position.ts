import { type BatonError, errors } from "../../errors.ts";

/** One MariaDB GTID, `domain-server-sequence`. Sequences reach 2^64−1, hence BigInt. */
export interface MariaDbGtid {
	readonly domain: number;
	readonly server: number;
	readonly sequence: bigint;
}

/** How far a server has come: the last GTID of each domain. Not for serialised data: print it. */
export type GtidPosition = ReadonlyMap<number, MariaDbGtid>;

/** Everything a server's binary logs hold or held: the last GTID of each server in each domain, by `domain-server`. */
export type BinlogState = ReadonlyMap<string, MariaDbGtid>;

/** Leading zeros are read as the server reads them; digits are bounded, since a BigInt of very many takes very long. */
const GTID = /^0*(\d{1,10})-0*(\d{1,10})-0*(\d{1,20})$/;
const GREATEST_ID = 0xffff_ffff;
const GREATEST_SEQUENCE = 0xffff_ffff_ffff_ffffn;

const malformed = (part: string): BatonError =>
	errors.noGtidPosition({ text: part.slice(0, 60) });

const parseGtid = (part: string): MariaDbGtid => {
	const match = GTID.exec(part);
	const domain = Number(match?.[1]);
	const server = Number(match?.[2]);
	const sequence = BigInt(match?.[3] ?? 0);
	if (!match || domain > GREATEST_ID || server > GREATEST_ID)
		throw malformed(part);
	if (sequence > GREATEST_SEQUENCE) throw malformed(part);
	return { domain, server, sequence };
};

const parseList = (text: string): MariaDbGtid[] =>
	text
		.split(",")
		.map((part) => part.trim())
		.filter((part) => part !== "")
		.map(parseGtid);

const furthest = <Key>(
	gtids: Iterable<MariaDbGtid>,
	keyOf: (gtid: MariaDbGtid) => Key,
): ReadonlyMap<Key, MariaDbGtid> => {
	const last = new Map<Key, MariaDbGtid>();
	for (const gtid of gtids) {
		const seen = last.get(keyOf(gtid));
		if (!seen || gtid.sequence > seen.sequence) last.set(keyOf(gtid), gtid);
	}
	return last;
};

const ofDomain = (gtid: MariaDbGtid): number => gtid.domain;
const ofOrigin = ({ domain, server }: MariaDbGtid): string =>
	`${domain}-${server}`;

/**
 * Reads `0-1-100,1-2-55`. Of several GTIDs of one domain, which the server refuses, the furthest counts, and the first
 * of those with one number.
 * @throws BatonError BadInput naming the part that cannot be read.
 */
export const parseGtidPosition = (text: string): GtidPosition =>
	furthest(parseList(text), ofDomain);

/** Reads `gtid_binlog_state`. @throws BatonError BadInput naming the part that cannot be read. */
export const parseBinlogState = (text: string): BinlogState =>
	furthest(parseList(text), ofOrigin);

export const printGtid = ({ domain, server, sequence }: MariaDbGtid): string =>
	`${domain}-${server}-${sequence}`;

const byDomainAndServer = (a: MariaDbGtid, b: MariaDbGtid): number =>
	a.domain - b.domain || a.server - b.server;

const inOrder = (gtids: Iterable<MariaDbGtid>): MariaDbGtid[] =>
	[...gtids].sort(byDomainAndServer);

/** The position, or the binlog state, by domain and server. */
export const printGtidPosition = (
	position: GtidPosition | BinlogState,
): string => inOrder(position.values()).map(printGtid).join(",");

/**
 * Whether a server at `reached` has all that one at `target` has, as far as positions tell. Two servers that gave the
 * same number in a domain to a transaction of their own have different transactions: stricter than MASTER_GTID_WAIT, which
 * looks at numbers only.
 */
const reaches = (reached: MariaDbGtid | undefined, target: MariaDbGtid) =>
	reached !== undefined &&
	(reached.sequence > target.sequence ||
		(reached.sequence === target.sequence && reached.server === target.server));

/** The GTIDs of `b` that `a` has not reached. */
const unreached = (a: GtidPosition, b: GtidPosition): MariaDbGtid[] =>
	inOrder(b.values()).filter((gtid) => !reaches(a.get(gtid.domain), gtid));

/** Whether `a` has reached `b` in every domain of `b`. */
export const covers = (a: GtidPosition, b: GtidPosition): boolean =>
	unreached(a, b).length === 0;

/** The furthest of both, domain by domain; where they gave one number to different transactions, what `a` has. */
export const furthestOf = (a: GtidPosition, b: GtidPosition): GtidPosition =>
	furthest([...a.values(), ...b.values()], ofDomain);

/** What `a` still lacks of `b`, for people: `0-2-120 (after 0-1-100)`. */
export const describeUnreached = (a: GtidPosition, b: GtidPosition): string =>
	unreached(a, b)
		.map((gtid) => {
			const reached = a.get(gtid.domain);
			return reached
				? `${printGtid(gtid)} (after ${printGtid(reached)})`
				: printGtid(gtid);
		})
		.join(", ");

/** Where a server stands: its position, and what its binary logs hold. */
export interface MariaDbStanding {
	readonly position: GtidPosition;
	readonly binlogState: BinlogState;
}

/**
 * Last GTIDs in the binary logs of `of` that `other` is not known to have: `other` logged less of the same server and
 * domain, or none of it. None is also what a server shows that was provisioned later than those transactions, or that
 * does not log what it replicates; `trustPosition` then believes its position, which a transaction of its own may have
 * carried past an errant one. Without it the answer errs towards errant.
 */
export const unmatched = (
	of: MariaDbStanding,
	other: MariaDbStanding,
	trustPosition: boolean,
): MariaDbGtid[] =>
	inOrder(of.binlogState.values()).filter((gtid) => {
		const reached = other.position.get(gtid.domain);
		// A position names its server's progress even where that was not logged.
		if (reached?.server === gtid.server && reaches(reached, gtid)) return false;
		const logged = other.binlogState.get(ofOrigin(gtid));
		if (logged) return logged.sequence < gtid.sequence;
		return !(trustPosition && reaches(reached, gtid));
	});
