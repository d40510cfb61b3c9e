import type { ProbeFinding } from "../topology/check.ts";
import type { Row } from "./answer.ts";
import type { NeededPrivilege } from "./dialect.ts";

/** What an account may do, by what it may do it on: `*.*`, `schema.*` or `schema.table`. */
export type Privileges = ReadonlyMap<string, ReadonlySet<string>>;

const STATEMENT =
	/^(GRANT|REVOKE) (.+?) ON (?:TABLE )?((?:`(?:[^`]|``)*`|"[^"]*"|[\w*%]+)\.(?:`(?:[^`]|``)*`|"[^"]*"|[\w*%]+)) (?:TO|FROM) /i;

const objectOf = (text: string): string =>
	text.replace(/[`"]/g, "").replace(/\\([_%])/g, "$1");

/** Splits at commas outside parentheses: a privilege may name columns. No parenthesis is looked at from each of those before it. */
const privilegesIn = (text: string): string[] =>
	text
		.replace(/\([^()]*\)/g, "(…)")
		.split(",")
		.map((each) => each.trim().toUpperCase())
		.filter((each) => each !== "" && !each.includes("("));

/**
 * Reads SHOW GRANTS: the account's own privileges, and those of the roles that are active, which both families list too. A
 * privilege on single columns counts as none. The rows may hold a password's hash; nothing but names is kept.
 */
export const privilegesOf = (rows: readonly Row[]): Privileges => {
	const held = new Map<string, Set<string>>();
	const statements = rows
		.map((row) => STATEMENT.exec(String(Object.values(row)[0] ?? "")))
		.filter((match) => match !== null);
	for (const [, verb = "", what = "", on = ""] of statements) {
		const object = objectOf(on);
		const key = verb.toUpperCase() === "REVOKE" ? `-${object}` : object;
		const names = held.get(key) ?? new Set<string>();
		for (const name of privilegesIn(what)) names.add(name);
		held.set(key, names);
	}
	return held;
};

const holds = (privileges: Privileges, name: string, on: string): boolean => {
	const schema = on.split(".")[0] ?? "";
	const has = (object: string): boolean => {
		const names = privileges.get(object);
		return (
			names?.has(name) === true ||
			names?.has("ALL PRIVILEGES") === true ||
			names?.has("ALL") === true
		);
	};
	if (has(on) || has(`${schema}.*`)) return true;
	// Partial revokes (MySQL 8.0.16) take a global privilege back for a schema.
	return has("*.*") && !has(`-${schema}.*`);
};

/**
 * Those of the needed privileges that the account does not hold, as findings. Nothing when grants are not known.
 * @param settings which parts of a probe, and which credentials, are configured
 */
export const missingPrivileges = (
	needed: readonly NeededPrivilege[],
	privileges: Privileges | undefined,
	settings: {
		readonly byShowReplicas: boolean;
		readonly credentialsQuery: string;
	},
): ProbeFinding[] => {
	if (privileges === undefined) return [];
	const applies = ({ onlyWith }: NeededPrivilege): boolean =>
		(onlyWith !== "show-replicas" || settings.byShowReplicas) &&
		(onlyWith !== "own-credentials" || settings.credentialsQuery === "");
	return needed
		.filter(
			(each) =>
				applies(each) &&
				!each.anyOf.some((name) => holds(privileges, name, each.on)),
		)
		.map(({ anyOf: [privilege], on, about, without }) => ({
			about,
			privilege,
			says: `the account that Baton logs in with lacks ${privilege} on ${on}: ${without}; grant it to MySQLTopologyUser`,
		}));
};
