import {
	discriminatedUnion,
	exactOptional,
	literal,
	number,
	refine,
	strictObject,
	string,
	boolean as truth,
} from "zod/mini";
import { NO_HOOKS } from "../hook-lists.ts";
import { cluster, instance } from "./fields.ts";
import { operationKind } from "./row.ts";

/** The changes of one server that need no more than its name. Each goes by its command's name. */
const PLAIN = [
	"stop-replica",
	"stop-replica-nice",
	"start-replica",
	"restart-replica",
	"reset-replica",
	"detach-replica-master-host",
	"reattach-replica-master-host",
	"skip-query",
	"enable-gtid",
	"disable-gtid",
	"gtid-errant-reset-master",
	"gtid-errant-inject-empty",
	"enable-semi-sync-master",
	"disable-semi-sync-master",
	"enable-semi-sync-replica",
	"disable-semi-sync-replica",
	"set-read-only",
	"set-writeable",
] as const;

export type PlainChange = (typeof PLAIN)[number];

/** The name of a binary log. */
const log = () =>
	string().check(
		refine(
			(text) => /^[^\p{Cc}/\\]{1,255}$/u.test(text),
			"must be the name of a binary log",
		),
	);

const whole = (most: number) =>
	number().check(
		refine(
			(value) => Number.isSafeInteger(value) && value >= 0 && value <= most,
			`must be a whole number from 0 to ${most}`,
		),
	);

/** Servers count a delay in 31 bits. Seconds. */
export const LONGEST_DELAY = 2 ** 31 - 1;

const change = () =>
	discriminatedUnion("name", [
		strictObject({ name: literal(PLAIN) }),
		strictObject({
			name: literal("flush-binary-logs"),
			/** Flush until the server writes this one; without it once. */
			upTo: exactOptional(log()),
		}),
		strictObject({
			name: literal("purge-binary-logs"),
			/** The first that stays; `latest` for the one that the server writes. */
			upTo: log(),
			/** Whatever replicas still need. */
			force: exactOptional(truth()),
		}),
		strictObject({
			name: literal("delay-replication"),
			seconds: whole(LONGEST_DELAY),
		}),
		strictObject({
			name: literal("kill-query"),
			/** The connection's number in the process list. */
			process: whole(Number.MAX_SAFE_INTEGER),
		}),
	]);

/** Its name for a line about it: whoever can reach Temporal can ask for a change without one. */
const nameOf = (given: { readonly name: string } | undefined): string =>
	String(given?.name ?? "change");

/** One server is changed, and no other: its replication threads, its source's name, read-only, semi-sync, binary logs. */
export const serverChange = operationKind({
	takes: () => ({
		/** May be left out: the cluster of the instance. */
		cluster: exactOptional(cluster()),
		instance: instance(),
		change: change(),
	}),
	names: ({ instance }) => [instance],
	line: ({ instance, change }) => `${nameOf(change)} of ${instance}`,
	severity: "repair",
	// None but the primary on record.
	opens: false,
	rules: { hooks: NO_HOOKS, audit: null },
	record: null,
	goal: "everybody",
	outcome: ({ instance, change }) => ({ instance, change: change.name }),
});
