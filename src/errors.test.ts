import { expect, it, test } from "vitest";
import {
	BatonError,
	ERROR_KINDS,
	errors,
	errorText,
	SUBJECTS,
} from "./errors.ts";
import { unreachable } from "./mysql/driver-error.ts";

const AT = Date.UTC(2026, 0, 1);

type Make = (...given: readonly unknown[]) => BatonError;

const TEMPLATES = Object.entries(errors).map(
	([name, template]) => [name, template.words, template] as const,
);

const placeholders = (words: string): string[] => [
	...new Set([...words.matchAll(/<(\w+)>/g)].map(([, name = ""]) => name)),
];

it("has each template once, under one subject", () => {
	const all = Object.values(SUBJECTS).flatMap((each) => Object.values(each));
	expect(all.length).toBe(TEMPLATES.length);
	expect(new Set(all.map(({ words }) => words)).size).toBe(all.length);
});

test.each(TEMPLATES)("%s says what it was given: %s", (_, words, template) => {
	const names = placeholders(words);
	const values = Object.fromEntries(names.map((name) => [name, `${name}\t1`]));
	const cause = new Error("why");
	const made = (template as Make)(
		...(names.length === 0 ? [{ cause }] : [values, { cause }]),
	);
	expect(made).toBeInstanceOf(BatonError);
	expect(made.code).toBe(template.code);
	expect(made.cause).toBe(cause);
	// Within quotes a value is escaped, so that it cannot pass for the end of what is quoted.
	expect(made.message.replaceAll(/(\w+)(?:\t|\\t)1/g, "<$1>")).toBe(words);
});

/** Those that say all in one clause: what is put in says what to do, or there is nothing to do. */
const WITHOUT_REMEDY: readonly (keyof typeof errors)[] = [
	"unreadableConfiguration",
	"badConfiguration",
	"badCredentials",
	"noRequest",
	"rollingNotTold",
	"noCandidate",
	"clusterNotGoneBy",
	"noGtidSet",
	"noGtidPosition",
	"serverError",
	"storeTlsDiffers",
	"storeCannotHold",
	"noErrantGtid",
	"noLog",
	"noEntry",
	"cancelled",
	// As in the reference.
	"reasonNotGiven",
	"unauthorized",
	// Faults of our own.
	"noParameter",
	"notTyped",
	"notRecorded",
	"recoveryNotKept",
];

test.each(TEMPLATES)("%s says what to do: %s", (name, words) => {
	const hasRemedy = /[;:,] (?!["<])/.test(words);
	expect([name, hasRemedy]).toEqual([
		name,
		!WITHOUT_REMEDY.some((each) => each === name),
	]);
});

test.each<[BatonError, string]>([
	[
		errors.noInstance({ flag: "-d", text: 'a "b"' }),
		'cannot read -d "a \\"b\\"" as an instance; give host or host:port',
	],
	[
		errors.noPromotionRule({ text: "x", rules: ["prefer", "neutral"] }),
		'invalid -promotion-rule "x"; give one of prefer, neutral',
	],
	[
		errors.busy({ kind: "takeover", startedAt: new Date(AT), workflow: "it" }),
		"a takeover of this cluster is running since 2026-01-01T00:00:00.000Z: wait for its end, or look at it in the Temporal UI",
	],
	[
		errors.noEventAtAll({ place: "<first>:1", first: 4 }),
		"no event can be at <first>:1: events begin at position 4",
	],
])("%s", (error, message) => {
	expect(error.message).toBe(message);
});

it("says with its code how a call ends", () => {
	expect(errors.clusterNotGiven().kind).toBe(ERROR_KINDS.BadInput);
	expect(errors.noClusterKnown({ cluster: "x" }).kind).toBe(
		ERROR_KINDS.UnknownCluster,
	);
	expect(errors.cancelled({ server: "x" }).kind.retryable).toBe(false);
});

test.each<[Parameters<typeof unreachable>[1]["outcome"], RegExp]>([
	[
		"connection-refused",
		/^db1:3306: why; start it, or check its host and port$/,
	],
	["timeout", /; check whether it hangs, and the network between$/],
	["lost", /; look again; /],
	["refused-by-server", /; check MySQLTopologyUser and its password/],
	[
		"own-fault",
		/; the server was not asked, the fault is on this side: see that its name/,
	],
])("a server that was not seen for %s says what to do", (outcome, message) => {
	const error = unreachable("db1:3306", { outcome, error: "why" });
	expect(error.code).toBe("ServerUnreachable");
	expect(error.message).toMatch(message);
});

test.each<[unknown, string]>([
	[new Error("no"), "no"],
	["no", "no"],
	[
		new AggregateError(
			[new Error("::1 refused"), new Error("127.0.0.1 refused")],
			"",
		),
		"::1 refused; 127.0.0.1 refused",
	],
	[new Error("", { cause: new Error("inner") }), "inner"],
	[new TypeError(""), "TypeError"],
])("%s always says something", (error, says) => {
	expect(errorText(error)).toBe(says);
});
