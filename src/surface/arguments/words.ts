import {
	maxLength,
	optional as maybe,
	minLength,
	enum as oneOf,
	refine,
	string,
	trim,
} from "zod/mini";
import { errors, shortened } from "../../errors.ts";
import { givenDurationMs } from "../../naming/duration.ts";
import { oneLine } from "../../one-line.ts";
import { isHost } from "../../topology/host.ts";
import type { PromotionRule } from "../../topology/instance.ts";
import { quickHostPattern } from "../../topology/pattern.ts";
import { argument } from "../argument.ts";
import { optional, required } from "../flag-use.ts";
import {
	dryRunField,
	idText,
	isDryRun,
	nameOrNone,
	text,
	word,
} from "./field.ts";

/** Whose downtime or maintenance it is. */
export const OWNER = argument({
	cli: { flags: [optional("-owner")], read: ({ asker }) => asker },
	api: { fields: { owner: word }, read: ({ owner }) => owner },
});

/** Who stands for a change that names nobody in its route. */
export const SIGNER = argument({
	cli: { flags: [optional("-owner")], read: ({ asker }) => asker },
	api: { fields: {}, read: (_, { asker }) => asker },
});

const reasonFlag = {
	flags: [required("-reason")],
	read: ({ flags }: { flags: { reason: string } }): string => {
		if (flags.reason !== "") return flags.reason;
		throw errors.reasonNotGiven();
	},
};

export const REASON = argument({
	cli: reasonFlag,
	api: { fields: { reason: text }, read: ({ reason }) => reason },
});

/** The same where it may be left out; empty then. */
export const MAYBE_REASON = argument({
	cli: { flags: [optional("-reason")], read: ({ flags }) => flags.reason },
	api: {
		fields: { reason: maybe(string().check(trim(), maxLength(1024))) },
		query: ["reason"],
		read: ({ reason = "" }) => reason,
	},
});

/** Nothing is done: it is told what would be. */
export const DRY_RUN = argument({
	// Every command that changes something has the flag.
	cli: { flags: [], read: ({ flags }) => flags.dryRun },
	api: {
		fields: { dryRun: maybe(dryRunField) },
		query: ["dryRun"],
		read: ({ dryRun }) => isDryRun(dryRun),
	},
});

const NO_COMMENT = "No acknowledge comment given";

/** What an acknowledgement says. */
export const COMMENT = argument({
	cli: reasonFlag,
	api: {
		fields: {
			comment: string({ error: NO_COMMENT }).check(
				trim(),
				minLength(1, NO_COMMENT),
				maxLength(4096),
			),
		},
		query: ["comment"],
		read: ({ comment }) => comment,
	},
});

/** The length that the reference documents for a downtime or a maintenance without one. */
const DEFAULT_DURATION_MS = 10 * 60_000;

const lengthMs = (label: string, text: string | undefined): number =>
	text === undefined || text === ""
		? DEFAULT_DURATION_MS
		: givenDurationMs(label, text);

/** How long something holds, milliseconds. */
export const DURATION = argument({
	cli: {
		flags: [optional("-duration")],
		read: ({ flags }) => lengthMs("-duration", flags.duration),
	},
	api: {
		fields: { duration: maybe(word) },
		read: ({ duration }) => lengthMs("duration", duration),
	},
});

/** Rules that can be registered; `must` is refused, as in the reference. */
export const PROMOTION_RULES = [
	"prefer",
	"neutral",
	"prefer_not",
	"must_not",
] as const satisfies readonly PromotionRule[];

export const RULE = argument({
	cli: {
		flags: [optional("-promotion-rule")],
		read: ({ flags: { promotionRule } }) => {
			const rule = PROMOTION_RULES.find((each) => each === promotionRule);
			if (rule !== undefined) return rule;
			throw errors.noPromotionRule({
				text: promotionRule,
				rules: PROMOTION_RULES,
			});
		},
	},
	api: {
		fields: {
			promotionRule: oneOf(PROMOTION_RULES, {
				error: ({ input }) =>
					`Invalid or unsupported CandidatePromotionRule: ${oneLine(shortened(String(input)))}`,
			}),
		},
		read: ({ promotionRule }) => promotionRule,
	},
});

const MAX_POOL_LENGTH = 128;

/** Whether a column and a line can hold it as a pool's name. */
const isPool = (text: string): boolean =>
	text.length <= MAX_POOL_LENGTH && !/\p{Cc}/u.test(text);

/** A pool's name as a parameter. */
export const poolField = string().check(
	trim(),
	minLength(1, "empty parameter"),
	refine(isPool, "invalid pool name"),
);

export const POOL = argument({
	cli: {
		flags: [required("-pool")],
		read: ({ flags: { pool } }) => {
			if (pool === "") throw errors.poolNotGiven();
			if (isPool(pool)) return pool;
			throw errors.noPool({
				text: pool.slice(0, MAX_POOL_LENGTH),
				limit: MAX_POOL_LENGTH,
			});
		},
	},
	api: {
		fields: { pool: poolField },
		read: ({ pool }) => pool,
	},
});

const isVirtualName = (text: string): boolean =>
	isHost(text) && !text.startsWith("//");

/** The name that replicas shall use for a host. On the command line an empty one takes the name away, as in the reference. */
export const VIRTUAL_NAME = argument({
	cli: {
		flags: [required("-hostname")],
		read: ({ flags: { hostname } }) => {
			if (hostname === "" || isVirtualName(hostname)) return hostname;
			throw errors.noVirtualName({ name: hostname });
		},
	},
	api: {
		fields: {
			virtualname: string().check(
				trim(),
				refine(isVirtualName, "invalid virtual name"),
			),
		},
		read: ({ virtualname }) => virtualname,
	},
});

/** An alias for a cluster. */
export const ALIAS = argument({
	api: {
		fields: { alias: nameOrNone(128) },
		query: ["alias"],
		read: ({ alias }) => alias,
	},
});

/** A recovery by its unique name. */
export const UID = argument({
	api: { fields: { uid: word }, read: ({ uid }) => uid },
});

/** A recovery by its number, as it was given. */
export const RECOVERY_ID = argument({
	api: {
		fields: { recoveryId: idText("invalid recovery id") },
		read: ({ recoveryId }) => recoveryId,
	},
});

export const MAINTENANCE_KEY = argument({
	api: {
		fields: { maintenanceKey: idText("invalid maintenance number") },
		read: ({ maintenanceKey }) => Number(maintenanceKey),
	},
});

const MAX_PATTERN_LENGTH = 1_000;

const patternOf = (text: string): string | undefined => {
	if (text === "") return undefined;
	if (text.length > MAX_PATTERN_LENGTH)
		throw errors.patternTooLong({
			length: text.length,
			most: MAX_PATTERN_LENGTH,
		});
	if (quickHostPattern(text) === undefined) throw errors.noPattern({ text });
	return text;
};

/** Only those instances whose host:port the regular expression is found in. Undefined without one. */
export const PATTERN = argument({
	cli: {
		flags: [optional("-pattern")],
		read: ({ flags: { pattern } }) => patternOf(pattern),
	},
	api: {
		fields: { pattern: maybe(string().check(trim())) },
		query: ["pattern"],
		read: ({ pattern = "" }) => patternOf(pattern),
	},
});

/** All of them. */
export const NO_PATTERN = argument<undefined>({
	cli: { flags: [], read: () => undefined },
	api: { fields: {}, read: () => undefined },
});

/** That no hook is to run; the command line has recover-lite for it. */
export const SKIP_HOOKS = argument({
	cli: { flags: [], read: () => false },
	api: {
		fields: { skipProcesses: maybe(string()) },
		query: ["skipProcesses"],
		read: ({ skipProcesses }) => skipProcesses === "true",
	},
});
