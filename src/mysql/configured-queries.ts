import type { ProbeFinding } from "../topology/check.ts";
import type { PromotionRule } from "../topology/instance.ts";
import type { Answer } from "./answer.ts";
import { isLag, textOf } from "./cell.ts";
import type { ServerFault } from "./driver-error.ts";

/** The queries of the configuration that a probe runs, one row and one column each: what they tell, and their key. */
const CONFIGURED = {
	lag: ["lag", "ReplicationLagQuery"],
	alias: ["cluster alias", "DetectClusterAliasQuery"],
	domain: ["cluster domain", "DetectClusterDomainQuery"],
	dataCenter: ["data centre", "DetectDataCenterQuery"],
	region: ["region", "DetectRegionQuery"],
	environment: ["environment", "DetectPhysicalEnvironmentQuery"],
	instanceAlias: ["instance alias", "DetectInstanceAliasQuery"],
	promotionRule: ["promotion rule", "DetectPromotionRuleQuery"],
	semiSync: ["semi-sync priority", "DetectSemiSyncEnforcedQuery"],
	pseudoGtid: ["Pseudo-GTID", "DetectPseudoGTIDQuery"],
} as const;

export type ConfiguredName = keyof typeof CONFIGURED;
export type ConfiguredQueries = Readonly<
	Partial<Record<ConfiguredName, string>>
>;
export type ConfiguredAnswers = Readonly<
	Partial<Record<ConfiguredName, Answer>>
>;

export const CONFIGURED_NAMES = Object.keys(CONFIGURED) as ConfiguredName[];

/**
 * A query as it can be sent among others: without what ends it, and undefined when it is empty or is more than one statement.
 */
export const oneStatement = (query: string): string | undefined => {
	const text = query.replace(/[\s;]+$/, "");
	const outsideQuotes = text.replace(
		/'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"|`[^`]*`|\/\*[\s\S]*?\*\/|(?:#|-- )[^\n]*/g,
		"",
	);
	const isOne =
		/^\s*\(*\s*(select|with|show|values|table)\b/i.test(outsideQuotes) &&
		!/;|\/\*/.test(outsideQuotes);
	return isOne ? text : undefined;
};

/** The first column of the first row; null for NULL, undefined when there is no row or no answer. */
const cellOf = (answer: Answer | undefined): string | null | undefined => {
	const row = Array.isArray(answer) ? answer[0] : undefined;
	const column = row === undefined ? undefined : Object.keys(row)[0];
	if (row === undefined || column === undefined) return undefined;
	return row[column] === null ? null : textOf(row, column);
};

const finding = (name: ConfiguredName, says: string): ProbeFinding => ({
	about: CONFIGURED[name][0],
	privilege: "",
	says: `${CONFIGURED[name][1]} ${says}`,
});

const RULES: readonly string[] = [
	"prefer",
	"neutral",
	"prefer_not",
	"must_not",
] satisfies PromotionRule[];

/** What a query said, as the number that counts, and what is said of it where it is not the one that was given. */
interface Heard<Value> {
	readonly value: Value;
	/** What the query gave, and what became of it. */
	readonly says?: string;
}

const whole = (cell: string): number =>
	cell.trim() === "" ? Number.NaN : Math.floor(Number(cell));

const NOT_A_NUMBER = "which is no number: it is passed over; mend the query";

/** Whole seconds by ReplicationLagQuery: null when it says that it does not know, undefined when it says nothing. */
const lagOf = (
	cell: string | null | undefined,
): Heard<number | null | undefined> => {
	if (cell === null || cell === undefined) return { value: cell };
	const seconds = whole(cell);
	if (!Number.isFinite(seconds))
		return { value: undefined, ...(cell !== "" && { says: NOT_A_NUMBER }) };
	if (!isLag(seconds))
		return {
			value: null,
			says: "which no lag can be: the lag is taken as unknown; mend the query, which may subtract unsigned numbers",
		};
	// Clocks differ by less all the time.
	if (Number(cell) > -1) return { value: Math.max(0, seconds) };
	return {
		value: 0,
		says: "which is below zero: the lag is taken as 0; set the clocks of source and replica alike, or mend the query",
	};
};

/** The reference keeps it in one byte. */
const PRIORITY_LIMIT = 255;

/** The priority as an acknowledging replica by DetectSemiSyncEnforcedQuery; 0, which is none, when it says nothing. */
const priorityOf = (cell: string | null | undefined): Heard<number> => {
	if (cell === null || cell === undefined || cell === "") return { value: 0 };
	const priority = whole(cell);
	if (!Number.isFinite(priority)) return { value: 0, says: NOT_A_NUMBER };
	const value = Math.min(Math.max(0, priority), PRIORITY_LIMIT);
	return value === priority
		? { value }
		: {
				value,
				says: `which is no priority from 0 to ${PRIORITY_LIMIT}: it is taken as ${value}; mend the query`,
			};
};

const outOfWords = (
	name: ConfiguredName,
	cell: string | null | undefined,
	says: string | undefined,
): ProbeFinding[] =>
	says === undefined
		? []
		: [finding(name, `gave '${(cell ?? "").slice(0, 40)}', ${says}`)];

const failures = (
	queries: ConfiguredQueries,
	answers: ConfiguredAnswers,
): ProbeFinding[] =>
	CONFIGURED_NAMES.flatMap((name) => {
		const query = queries[name] ?? "";
		if (query.trim() === "") return [];
		if (oneStatement(query) === undefined)
			return [
				finding(
					name,
					"is not one statement that gives rows (SELECT, WITH, SHOW, VALUES, TABLE), and is not run",
				),
			];
		const answer = answers[name];
		if (answer === undefined || Array.isArray(answer)) return [];
		const { message } = answer as ServerFault;
		return [
			finding(
				name,
				`failed (${message.slice(0, 300)}): grant what it reads to MySQLTopologyUser, or mend the query`,
			),
		];
	});

/** What the configured queries say of a server. A failure leaves its attribute empty and is a finding; it never fails the probe. */
export const readConfigured = (
	queries: ConfiguredQueries,
	answers: ConfiguredAnswers,
) => {
	const text = (name: ConfiguredName): string | undefined =>
		cellOf(answers[name]) ?? undefined;
	const [lagCell, priorityCell] = [
		cellOf(answers.lag),
		cellOf(answers.semiSync),
	];
	const lag = lagOf(lagCell);
	const priority = priorityOf(priorityCell);
	const rule = text("promotionRule");
	const isRule = rule !== undefined && RULES.includes(rule);
	return {
		lagSeconds: lag.value,
		alias: text("alias"),
		domain: text("domain"),
		dataCenter: text("dataCenter"),
		region: text("region"),
		environment: text("environment"),
		instanceAlias: text("instanceAlias"),
		promotionRule: isRule ? (rule as PromotionRule) : "neutral",
		semiSyncPriority: priority.value,
		usingPseudoGtid: text("pseudoGtid") === "1",
		findings: [
			...failures(queries, answers),
			...outOfWords("lag", lagCell, lag.says),
			...outOfWords("semiSync", priorityCell, priority.says),
			...outOfWords(
				"promotionRule",
				rule,
				isRule || rule === undefined || rule === ""
					? undefined
					: "which is none of prefer, neutral, prefer_not, must_not: it is passed over; mend the query",
			),
		],
	} as const;
};
