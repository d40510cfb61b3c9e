/** An operation that is asked for in the same words is the same request on both surfaces. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
	ASKER,
	byFields,
	byFlags,
	cameOf,
	contextOf,
	fillBoth,
	NOW,
	type Texts,
} from "../../test/support/both-surfaces.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Store } from "../store/contract.ts";
import type { Resolve } from "./argument.ts";
import { OPERATIONS } from "./tables.ts";

let stores: TemporaryStores;
let store: Store;
beforeAll(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
	await fillBoth(store);
});
afterAll(() => stores.remove());

/** In full, in part, with the port or without; known or not. */
const instance = fc.constantFrom(
	...[
		"db1.ny",
		"db2",
		"db3.ny:3306",
		"b4",
		"c1",
		"c2:3306",
		"x1",
		"x2:3306",
		"db",
		"nobody",
	],
);
const pair = (text: string, host: string, port: string): Texts => {
	const [name = "", given = "3306"] = text.split(":");
	return { [host]: name, [port]: given };
};
/** A cluster by a hint or by a member. */
const cluster = fc.oneof(
	fc
		.constantFrom("shop", "db1.ny:3306", "c1:3306", "x1:3306", "nothing")
		.map((hint) => ({
			flags: { alias: hint },
			fields: { clusterHint: hint },
		})),
	fc.constantFrom("db2.ny", "db4.ny:3306", "c2").map((text) => ({
		flags: { instance: text },
		fields: pair(text, "host", "port"),
	})),
);
const asInstance = instance.map((text) => ({
	flags: { instance: text },
	fields: pair(text, "host", "port"),
}));
const asDestination = (host: string, port: string) =>
	instance.map((text) => ({
		flags: { destination: text },
		fields: pair(text, host, port),
	}));
const none = fc.constant({ flags: {}, fields: {} });

/** How each argument of an operation may be given, in the words of both surfaces. */
const WORDS: Readonly<
	Record<string, fc.Arbitrary<{ flags: Texts; fields: Texts }>>
> = {
	cluster,
	instance: asInstance,
	below: asDestination("belowHost", "belowPort"),
	candidate: asDestination("candidateHost", "candidatePort"),
	to: fc.oneof(none, asDestination("designatedHost", "designatedPort")),
	withoutHooks: none,
	seconds: fc.constantFrom(0, 30, 7_200).map((seconds) => ({
		flags: { duration: `${seconds}s` },
		fields: { seconds: String(seconds) },
	})),
	"purge-binary-logs upTo": fc
		.constantFrom("latest", "mysql-bin.000007")
		.map((log) => ({ flags: { binlog: log }, fields: { logFile: log } })),
	"flush-binary-logs upTo": fc
		.constantFrom("", "mysql-bin.000007")
		.map((log) => ({
			flags: { binlog: log },
			fields: log === "" ? {} : { logFile: log },
		})),
	force: none,
	pattern: fc.constantFrom("", "db", "^db[23]", "(").map((pattern) => ({
		flags: { pattern },
		fields: { pattern },
	})),
	"move-up below": none,
	"move-up-replicas below": none,
	"repoint-replicas below": fc.oneof(
		none,
		asDestination("belowHost", "belowPort"),
	),
	"take-siblings below": none,
	"take-siblings pattern": none,
	"regroup-replicas below": none,
	"regroup-replicas pattern": none,
	"regroup-replicas-gtid below": none,
	"regroup-replicas-gtid pattern": none,
	"make-local-master below": none,
	"make-local-master pattern": none,
	"move-below below": asDestination("siblingHost", "siblingPort"),
	"force-master-takeover candidate": asDestination(
		"designatedHost",
		"designatedPort",
	),
};

const ON_BOTH = OPERATIONS.filter((row) => !row.isApiOnly);

test.each(ON_BOTH.map((row) => [row.name, row] as const))(
	"%s",
	async (name, row) => {
		const words = fc.tuple(
			...Object.keys(row.takes).map((argument) => {
				const known = WORDS[`${name} ${argument}`] ?? WORDS[argument];
				if (known === undefined) throw new Error(`no words for ${argument}`);
				return known;
			}),
		);
		const requests = new Set<string>();
		await fc.assert(
			fc.asyncProperty(words, async (given) => {
				const flags: Texts = Object.assign({}, ...given.map((g) => g.flags));
				const fields: Texts = Object.assign({}, ...given.map((g) => g.fields));
				const ask = (resolve: Resolve) =>
					cameOf(async () => {
						const asked = await row.ask(contextOf(store), resolve, ASKER);
						return asked.request;
					});
				const onCommandLine = await ask(byFlags(store, flags));
				const inApi = await ask(byFields(store, row, fields));
				if (typeof onCommandLine === "string") {
					// The words of a missing cluster are those of each surface.
					expect(String(inApi).split(":")[0]).toBe(onCommandLine.split(":")[0]);
					return;
				}
				expect(inApi).toEqual(onCommandLine);
				requests.add(JSON.stringify(inApi));
			}),
			{ numRuns: 60 },
		);
		// A healthy cluster has nothing to recover from; every other command was asked for in several ways.
		if (!name.startsWith("recover")) expect(requests.size).toBeGreaterThan(0);
	},
);
