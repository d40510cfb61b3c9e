/** Commands that are given by name, as to Temporal: every row can be, and whatever is wrong is told by its field. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
	ASKER,
	cameOf,
	contextOf,
	fillBoth,
	NOW,
	namesOf,
} from "../../test/support/both-surfaces.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import { documentedDefaults } from "../config/keys.ts";
import { checkedRequest } from "../planning/request-schema.ts";
import type { Store } from "../store/contract.ts";
import type { Called } from "./argument.ts";
import type { Described } from "./described.ts";
import { argumentNames, givenCommand, resolveGiven } from "./given.ts";
import { type NamedRow, rowNamed } from "./row-named.ts";
import { ACTIONS, OPERATIONS } from "./tables.ts";

let stores: TemporaryStores;
let store: Store;
beforeAll(async () => {
	stores = temporaryStores();
	store = await stores.open({ clock: () => NOW });
	await fillBoth(store);
});
afterAll(() => stores.remove());

const called = (): Called => ({
	names: namesOf(store),
	configuration: documentedDefaults(),
	asker: ASKER,
});

type Args = Readonly<Record<string, unknown>>;

/** As a request, or as the arguments of an action; else what was said. */
const given = (command: string, args: Args): Promise<unknown> =>
	cameOf<unknown>(async () => {
		const named: NamedRow = rowNamed(command);
		const resolve = resolveGiven(named.row, args, called());
		if (named.is === "action") return resolve(named.row.takes);
		const asked = await named.row.ask(contextOf(store), resolve, ASKER);
		const kept = await asked.kept();
		// It goes through a history.
		expect(JSON.parse(JSON.stringify(kept))).toEqual(kept);
		return checkedRequest(asked.request);
	});

/** What each argument may be given as, under the name that the row has for it; else under that of its field. */
const VALUES: Args = {
	cluster: "shop",
	instance: "db2.ny:3306",
	below: "db3.ny",
	candidate: "db2.ny:3306",
	to: "db2.ny:3306",
	withoutHooks: true,
	pattern: "^db",
	seconds: 30,
	process: 7,
	upTo: "latest",
	force: false,
	owner: "me",
	reason: "because",
	isDryRun: "true",
	lengthMs: "30m",
	comment: "seen",
	rule: "prefer",
	pool: "readers",
	members: "db2.ny:3306,db3.ny:3306",
	virtual: "db.example",
	tag: "role=x",
	clusterName: "db1.ny:3306",
	alias: "store",
	id: 7,
	uid: "abc",
	key: 7,
};

const OPEN: readonly (readonly [string, Described])[] = [
	...OPERATIONS,
	...ACTIONS.filter(({ routes }) => routes.length > 0),
].map((row) => [row.name, row] as const);

/** They act on a failure, and none stands in this cluster. */
const NOT_NOW = ["recover", "recover-lite", "make-master"];

describe.each(OPEN)("%s", (name, row) => {
	const whole = Object.fromEntries(
		argumentNames(row)
			.filter((each) => each in row.takes)
			.map((each) => [each, VALUES[each]]),
	);

	test("can be given by the names of its arguments", async () => {
		for (const value of Object.values(whole)) expect(value).toBeDefined();
		const came = await given(name, whole);
		if (NOT_NOW.includes(name)) expect(came).toMatch(/^Refused: /);
		else expect(came).not.toEqual(expect.any(String));
	});

	test("by those of its routes' parameters it is the same", async () => {
		const fields = Object.fromEntries(
			Object.entries(whole).flatMap(([label, value]) => {
				const own = Object.keys(row.takes[label]?.api?.fields ?? {});
				if (own.includes(label) || own.length === 0) return [[label, value]];
				if (own.includes("clusterHint")) return [["clusterHint", value]];
				const [first = "", second] = own;
				const [host, port = "3306"] = String(value).split(":");
				return second === undefined
					? [[first, value]]
					: [
							[first, host],
							[second, Number(port)],
						];
			}),
		);
		expect(await given(name, fields)).toEqual(await given(name, whole));
	});

	test("whatever is wrong with it is told by its field", async () => {
		expect(await given(name, { ...whole, nosuch: 1 })).toMatch(
			/^BadInput: .*nothing was done: nosuch is nothing that it takes/,
		);
		for (const label of Object.keys(whole)) {
			for (const bad of [null, {}, [], 1.5, "x".repeat(5_000)])
				expect(
					await given(name, { ...whole, [label]: bad }),
					`${label}: ${JSON.stringify(bad).slice(0, 20)}`,
				).toMatch(
					new RegExp(`^BadInput: .* nothing was done: ${label} (must|is) `),
				);
			const { [label]: left, ...rest } = whole;
			const came = await given(name, rest);
			if (typeof came === "string" && came.startsWith("BadInput"))
				expect(came).toMatch(new RegExp(`${label} is missing$`));
		}
	});
});

test("the ones that are for the one who types them are refused", async () => {
	for (const name of ["access-token", "set-heuristic-domain-instance"])
		expect(await given(name, {})).toMatch(/^BadInput: .* command line alone/);
});

test.each([
	["stop-slave", { instance: "db2.ny" }, "stop-replica"],
	["detach-replica", { instance: "db2.ny" }, "detach-replica-master-host"],
])("%s is an older name", async (name, args, change) => {
	expect(await given(name, args)).toMatchObject({ change: { name: change } });
});

test("what is no command is told, with what may have been meant", async () => {
	expect(await given("relocat", {})).toBe(
		'BadInput: no operation and no action is called "relocat"; did you mean relocate or repoint or relocate-below?; nothing was done: what only reads is asked for on the command line, or by the API',
	);
	expect(await given("topology", {})).toMatch(/what only reads/);
	// The routes of many begin with it: none of them is taken for the one that was meant.
	expect(await given("ack-recovery", { comment: "seen", uid: "x" })).toBe(
		'BadInput: "ack-recovery" is one of several, and nothing was done; give ack-cluster-recoveries, ack-cluster-recoveries-by-alias, ack-instance-recoveries, ack-recovery-by-id, ack-recovery-by-uid',
	);
});

const RELOCATE = { instance: "db4.ny", below: "db2.ny" };

test.each<[Args, string]>([
	[{ instance: "db4.ny" }, "below is missing"],
	[{ below: "db2.ny" }, "instance is missing"],
	[{ instance: "db4.ny", belowHost: "db2.ny" }, "belowPort is missing"],
	[{ instance: "db4.ny", belowPort: 3306 }, "belowHost is missing"],
	[
		{ instance: "db4.ny", belowHost: "a b", belowPort: 3306 },
		"belowHost is no host",
	],
	[
		{ instance: "db4.ny", belowHost: "db2.ny", belowPort: 99_999 },
		"belowPort is no port",
	],
	[{ ...RELOCATE, host: "db2.ny" }, "host is given by instance already"],
	[{ host: "db2.ny", ...RELOCATE }, "instance is given by host already"],
	[
		{ instance: "db4.ny", belowHost: "db2.ny", belowPort: 1.5 },
		"belowPort must be a text, a whole number, or true or false",
	],
	[
		{ ...RELOCATE, bellow: "db2.ny" },
		"bellow is nothing that it takes; did you mean below?; it takes below, instance, belowHost, belowPort, host, port",
	],
])("relocate with %j: %s", async (args, why) => {
	expect(await given("relocate", args)).toBe(
		`BadInput: relocate cannot be asked for like this, and nothing was done: ${why}`,
	);
});

test("a bad server is not taken for none, where there could be none", async () => {
	for (const bad of [
		{ designatedHost: "db2.ny" },
		{ designatedHost: "a b", designatedPort: 3306 },
		{ to: "" },
	])
		expect(
			await given("graceful-master-takeover-auto", { cluster: "shop", ...bad }),
		).toMatch(/^BadInput: /);
	expect(await given("graceful-master-takeover-auto", {})).toMatch(
		/cluster is missing$/,
	);
	expect(
		await given("recover", { instance: "x1", skipProcesses: "yes" }),
	).toMatch(/skipProcesses must be true or false$/);
});

test.each([
	{ belowHost: "db2.ny" },
	{ belowPort: 3306 },
	{ below: "db2.ny:x" },
])(
	"half a server is not taken for none, where the routes of the reference leave it out: %j",
	async (half) => {
		expect(
			await given("repoint-replicas", { instance: "db3.ny", ...half }),
		).toMatch(/^BadInput: /);
	},
);

test.each([
	"rolling-maintenance",
	"pause-rolling-maintenance",
	"cancel-rolling-maintenance",
])("%s is not done for whoever asks what would be", async (name) => {
	for (const word of ["yes", "1", "True", ""])
		for (const field of ["dryRun", "isDryRun"])
			expect(await given(name, { cluster: "shop", [field]: word })).toMatch(
				/: dryRun must be true or false$/,
			);
});

/** Some are of a kind, or of a length, that nothing takes; others are text, but no name. */
const HOSTILE: readonly unknown[] = [
	null,
	[],
	{ toString: 1 },
	-1,
	1e300,
	"",
	"x".repeat(1_000_000),
	"9".repeat(4_000),
	"(a+)+$",
	"db2.ny:3306\nforged",
	"\0\u001b[2J",
	"'; DROP TABLE x; --",
	"__proto__",
	"constructor",
	"\ud800",
	"db2.ny:3306,".repeat(300),
];

/** What a program parses of a text with that field, which may be one that objects have. */
const withField = (args: Args, field: string, value: unknown): Args =>
	JSON.parse(
		`{${JSON.stringify(field)}:${JSON.stringify(value)},${JSON.stringify(args).slice(1)}`.replace(
			/,\}$/,
			"}",
		),
	);

const FOREIGN = [
	"__proto__",
	"constructor",
	"toString",
	"a\nb",
	"x".repeat(1_000_000),
];

describe("whatever is given is taken, or refused in one line", () => {
	test.each(OPEN)("to %s", async (name, row) => {
		const names = argumentNames(row);
		for (const field of [...names, ...FOREIGN])
			for (const value of HOSTILE) {
				const { [field]: _, ...rest } = Object.fromEntries(
					names
						.filter((each) => each in row.takes)
						.map((each) => [each, VALUES[each]]),
				);
				const came = await given(name, withField(rest, field, value));
				if (FOREIGN.includes(field)) expect(came).toMatch(/^BadInput: /);
				if (typeof came === "string") expect(came).toMatch(/^[^\n]{1,700}$/);
			}
	});
});

test("a name with a control character is none", async () => {
	for (const [name, args] of [
		["set-cluster-alias", { clusterName: "db1.ny:3306", alias: "a\nb" }],
		[
			"begin-downtime",
			{ instance: "db2.ny", owner: "a\u001b[2J", reason: "x" },
		],
		["rolling-maintenance", { cluster: "shop\nx" }],
	] as const)
		expect(await given(name, args)).toMatch(
			/^BadInput: .* is unfit: control character in a parameter$/,
		);
});

describe("what is given", () => {
	test.each<[unknown, string]>([
		[undefined, "input must be "],
		[null, "input must be "],
		["relocate", "input must be "],
		[[], "input must be "],
		[{}, "command is missing"],
		[{ command: "" }, "command must name a command"],
		[{ command: 5 }, "command must name a command"],
		[{ command: "x".repeat(129) }, "command must name a command"],
		[{ command: "relocate", args: [] }, "args must be an object"],
		[{ command: "relocate", args: null }, "args must be an object"],
		[
			{ command: "relocate", arg: {} },
			"arg is none of command, args, requestedBy; did you mean args?",
		],
		[{ command: "relocate", "a\nb": 1 }, '"a\\nb" is none of'],
		[
			{ command: "relocate", ["x".repeat(1_000_000)]: 1 },
			`"${"x".repeat(200)}… (1000000 characters)" is none of`,
		],
		[
			{ command: "relocate", requestedBy: 7 },
			"requestedBy must be a text of up to 128 characters",
		],
	])("%j: %s", async (told, why) => {
		expect(await cameOf(async () => givenCommand(told))).toContain(
			`BadInput: an operation cannot be asked for like this, and nothing was done: ${why}`,
		);
	});

	test("may leave its arguments and the one who asks out", () => {
		expect(givenCommand({ command: "disable-global-recoveries" })).toEqual({
			command: "disable-global-recoveries",
			args: {},
			requestedBy: "",
		});
	});
});
