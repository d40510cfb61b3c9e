import { errorText } from "../../errors.ts";
import type { Instance } from "../instance.ts";
import {
	covers,
	describeUnreached,
	furthestOf,
	type GtidPosition,
	parseGtidPosition,
	printGtidPosition,
} from "./mariadb-gtid-position.ts";
import {
	isSubset,
	type MySqlGtidSet,
	parseGtidSet,
	printGtidSet,
	subtract,
	union as unionOfSets,
} from "./mysql-gtid-set.ts";
import { remembered } from "./remembered.ts";

/** Which of the two unlike GTID systems a text is in. Percona Server has MySQL's. */
export type GtidFamily = "mysql" | "mariadb";

/** How one server's transactions relate to another's. */
export type GtidOrder = "equal" | "ahead" | "behind" | "diverged";

/** What planning asks of a GTID system, on text as servers give it. All throw BatonError BadInput on malformed text. */
interface GtidAlgebra {
	readonly union: (a: string, b: string) => string;
	readonly contains: (a: string, b: string) => boolean;
	readonly missing: (a: string, b: string) => string;
}

const on =
	<Parsed, Result>(
		parse: (text: string) => Parsed,
		operate: (a: Parsed, b: Parsed) => Result,
	) =>
	(a: string, b: string): Result =>
		operate(parse(a), parse(b));

const parseSet = remembered(parseGtidSet);

const ALGEBRA: Record<GtidFamily, GtidAlgebra> = {
	mysql: {
		union: on(parseSet, (a: MySqlGtidSet, b) =>
			printGtidSet(unionOfSets(a, b)),
		),
		contains: on(parseSet, (a: MySqlGtidSet, b) => isSubset(b, a)),
		missing: on(parseSet, (a: MySqlGtidSet, b) => printGtidSet(subtract(b, a))),
	},
	mariadb: {
		union: on(parseGtidPosition, (a: GtidPosition, b) =>
			printGtidPosition(furthestOf(a, b)),
		),
		contains: on(parseGtidPosition, covers),
		missing: on(parseGtidPosition, describeUnreached),
	},
};

export const familyOf = (instance: Pick<Instance, "flavor">): GtidFamily =>
	instance.flavor === "MariaDB" ? "mariadb" : "mysql";

/** Everything in `a` or `b`; on MariaDB the furthest of each domain. Canonical text. */
export const union = (family: GtidFamily, a: string, b: string): string =>
	ALGEBRA[family].union(a, b);

/** Whether a server with `a` has all of `b`. */
export const contains = (family: GtidFamily, a: string, b: string): boolean =>
	ALGEBRA[family].contains(a, b);

/** What `a` lacks of `b`, for people; empty when nothing. On MySQL it is a GTID set. */
export const missing = (family: GtidFamily, a: string, b: string): string =>
	ALGEBRA[family].missing(a, b);

/** Where `a` stands seen from `b`. On MariaDB a position cannot show a divergence that lies further back. */
export const compare = (
	family: GtidFamily,
	a: string,
	b: string,
): GtidOrder => {
	const hasAll = contains(family, a, b);
	const lacksNone = contains(family, b, a);
	if (hasAll && lacksNone) return "equal";
	if (hasAll) return "ahead";
	return lacksNone ? "behind" : "diverged";
};

/** What the instance has, applied or still in its relay log: what an acknowledgement of semi-sync vouches for. */
export const received = (instance: Instance): string =>
	union(
		familyOf(instance),
		instance.executedGtid,
		instance.replication.retrievedGtid,
	);

/** Why the text is no set or position of its family; empty when it is one. */
export const unreadable = (family: GtidFamily, text: string): string => {
	try {
		contains(family, text, "");
		return "";
	} catch (error) {
		return errorText(error);
	}
};
