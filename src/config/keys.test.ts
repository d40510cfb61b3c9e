import { expect, test } from "vitest";
import {
	configurationSchema,
	definitionOf,
	documentedDefaults,
	KEY_GROUPS,
	KEY_NAMES,
	keyNamed,
	ORCHESTRATOR_KEYS,
} from "./keys.ts";

test("all 190 keys are there, each in one group", () => {
	expect(Object.keys(ORCHESTRATOR_KEYS)).toHaveLength(190);
	expect(KEY_GROUPS.flatMap(({ keys }) => Object.keys(keys)).sort()).toEqual(
		[...KEY_NAMES].sort(),
	);
});

test("each default is of its key's type", () => {
	for (const name of KEY_NAMES) {
		const { type, default: value } = definitionOf(name);
		const actual = Array.isArray(value) ? "string[]" : typeof value;
		const expected = {
			bool: "boolean",
			int: "number",
			uint: "number",
			map: "object",
		};
		expect([name, actual]).toEqual([
			name,
			expected[type as keyof typeof expected] ?? type,
		]);
	}
});

test("the schema of a configuration is that of the table: its keys, their types, their defaults", () => {
	expect(Object.keys(configurationSchema.shape)).toEqual(KEY_NAMES);
	for (const name of KEY_NAMES)
		expect([name, documentedDefaults()[name]]).toEqual([
			name,
			definitionOf(name).default,
		]);
	expect(configurationSchema.safeParse({ ReadOnly: "true" }).success).toBe(
		false,
	);
});

test("every password, token and secret is marked as one, and is not set by itself", () => {
	const secrets = KEY_NAMES.filter((name) => definitionOf(name).secret);
	expect(secrets).toEqual(
		KEY_NAMES.filter((name) =>
			/Password$|Token$|Secret$|ApiKey$|CredentialsQuery$/.test(name),
		),
	);
	expect(secrets).toHaveLength(7);
	for (const name of secrets) expect(documentedDefaults()[name]).toBe("");
});

test("a name is found in any case", () => {
	expect(keyNamed("READONLY")).toBe("ReadOnly");
	expect(keyNamed("constructor")).toBeUndefined();
});
