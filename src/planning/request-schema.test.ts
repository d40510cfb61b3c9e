import { expect, it } from "vitest";
import * as fields from "../operations/kinds/fields.ts";
import { KINDS } from "../operations/kinds.ts";
import type { OperationRequest } from "./operation.ts";
import { checkedRequest } from "./request-schema.ts";

/** As Temporal does with all that the modules of workflow code export. */
const deepFreeze = (found: unknown): void => {
	if (typeof found !== "object" && typeof found !== "function") return;
	if (found === null || Object.isFrozen(found)) return;
	Object.freeze(found);
	for (const name of Object.getOwnPropertyNames(found))
		deepFreeze((found as Record<string, unknown>)[name]);
};
// Before the first request is checked: schemas keep things in themselves.
for (const each of [KINDS, ...Object.values(fields)]) deepFreeze(each);

const LONG = "x".repeat(1_000_000);

it.each<OperationRequest>([
	{ kind: "takeover", cluster: "shop" },
	{ kind: "takeover", cluster: "shop", to: "db2.example:3306", auto: true },
	{ kind: "relocation", instance: "db2:3306", below: "10.0.0.7:3307" },
	{ kind: "relocation", instance: "db2:3306", way: "up" },
	{ kind: "relocation", instance: "db2:3306", way: "repoint" },
	{ kind: "moves", instance: "db2:3306", way: "regroup" },
	{ kind: "rejoin", cluster: "shop", instance: "db1:3306" },
	{
		kind: "serverChange",
		instance: "db2:3306",
		change: { name: "stop-replica" },
	},
	{
		kind: "serverChange",
		cluster: "shop",
		instance: "db2:3306",
		change: { name: "purge-binary-logs", upTo: "log.000007", force: true },
	},
	{
		kind: "recovery",
		cluster: "shop",
		instance: "db1:3306",
		analysis: "DeadMaster",
		command: "recover-lite",
		silence: { "db2:3306": { mark: "7/bin.1/4/", sinceMs: 1 } },
	},
])("takes a $kind as it is", (request) => {
	expect(checkedRequest(request)).toBe(request);
});

it.each<[string, object]>([
	["cluster", { kind: "takeover" }],
	["cluster", { kind: "takeover", cluster: "" }],
	["to", { kind: "takeover", cluster: "shop", to: "db2" }],
	["to", { kind: "takeover", cluster: "shop", to: "db2:0" }],
	["to", { kind: "takeover", cluster: "shop", to: "db2:65536" }],
	["to", { kind: "takeover", cluster: "shop", to: "$(touch x):3306" }],
	["auto", { kind: "takeover", cluster: "shop", auto: "yes" }],
	["below", { kind: "relocation", instance: "db2:3306", below: "db3" }],
	["way", { kind: "relocation", instance: "db2:3306", way: "sideways" }],
	...[undefined, "siblings", "gtid"].map((way): [string, object] => [
		"below",
		{ kind: "relocation", instance: "db2:3306", ...(way && { way }) },
	]),
	["below", { kind: "moves", instance: "db2:3306", way: "replicas" }],
	["below", { kind: "moves", instance: "db2:3306", way: "gtid" }],
	["instance", { kind: "rejoin", cluster: "shop", instance: "a b:3306" }],
	["analysis", { kind: "recovery", cluster: "shop", instance: "db1:3306" }],
	["input", { kind: "takeover", cluster: "shop", identity: "shop" }],
	...["", "x".repeat(129), "Dead\u001bMaster"].map(
		(analysis): [string, object] => [
			"analysis",
			{ kind: "recovery", cluster: "shop", instance: "db1:3306", analysis },
		],
	),
	[
		"command",
		{
			kind: "recovery",
			cluster: "shop",
			instance: "db1:3306",
			analysis: "DeadMaster",
			command: "rm",
		},
	],
	[
		"input",
		{
			kind: "recovery",
			cluster: "shop",
			instance: "db1:3306",
			analysis: "DeadMaster",
			forced: true,
		},
	],
	["kind", { kind: "drop" }],
	["change", { kind: "serverChange", instance: "db2:3306" }],
	...(
		[
			["change.name", { name: "drop" }],
			["change.seconds", { name: "delay-replication" }],
			["change.seconds", { name: "delay-replication", seconds: -1 }],
			["change.seconds", { name: "delay-replication", seconds: 2 ** 31 }],
			["change.upTo", { name: "purge-binary-logs", upTo: "../ibdata1" }],
			["change.process", { name: "kill-query", process: 1.5 }],
			["change", { name: "stop-replica", upTo: "log.000001" }],
		] as const
	).map(([field, change]): [string, object] => [
		field,
		{ kind: "serverChange", instance: "db2:3306", change },
	]),
])("names %s as what is wrong", (field, request) => {
	expect(() => checkedRequest(request as OperationRequest)).toThrow(
		expect.objectContaining({
			code: "BadInput",
			message: expect.stringContaining(`like this: ${field}: `),
		}),
	);
});

it.each<[object, string]>([
	[{ kind: "takeover" }, "cluster: is missing"],
	[{ kind: "takeover", cluster: 7 }, "cluster: is no text"],
	[
		{ kind: "takeover", cluster: "shop", auto: "x" },
		"auto: is not true or false",
	],
	[
		{ kind: "takeover", cluster: "shop", identity: "shop" },
		"input: identity is nothing that it takes",
	],
])("says of %j: %s", (request, says) => {
	expect(() => checkedRequest(request as OperationRequest)).toThrow(
		`the takeover cannot be asked for like this: ${says}`,
	);
});

it.each<[string, unknown]>([
	["a line end in a field", { kind: "takeover", cluster: "shop", "a\nb": 1 }],
	["a long field", { kind: "takeover", cluster: "shop", [LONG]: 1 }],
	[
		"many fields",
		{
			kind: "takeover",
			cluster: "shop",
			...Object.fromEntries(
				Array.from({ length: 10_000 }, (_, nth) => [`f${nth}`, nth]),
			),
		},
	],
	["a line end in a kind", { kind: "takeover\nforged" }],
	["a long kind", { kind: LONG }],
	["what every object has, as a kind", { kind: "constructor" }],
	[
		"another prototype",
		JSON.parse('{"kind":"takeover","__proto__":{"cluster":"shop"}}'),
	],
	[
		"a line end in the name of a silent server",
		{
			kind: "recovery",
			cluster: "shop",
			instance: "db1:3306",
			analysis: "DeadMaster",
			silence: { "a\nb": 1, [LONG]: 2 },
		},
	],
])("%s is refused in one line", (_, request) => {
	expect(() => checkedRequest(request as OperationRequest)).toThrow(
		expect.objectContaining({
			code: "BadInput",
			message: expect.stringMatching(/^[^\n]{1,700}$/),
		}),
	);
});
