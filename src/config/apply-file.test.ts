import { expect, test } from "vitest";
import { BatonError } from "../errors.ts";
import { applyFile } from "./apply-file.ts";
import { documentedDefaults } from "./keys.ts";

const apply = (text: string, base = documentedDefaults()) =>
	applyFile(base, "f.json", text);

test("names count in any case, and of repeated ones the last", () => {
	const { configuration, named } = apply(
		'{"Debug": true, "debug": false, "DEBUG": true, "InstancePollSeconds": 3} trailing',
	);
	expect(configuration.Debug).toBe(true);
	expect(configuration.InstancePollSeconds).toBe(3);
	expect([...named]).toEqual(["Debug", "InstancePollSeconds"]);
});

test("null keeps a scalar, and empties a list and a map", () => {
	const base = apply(
		'{"ReadOnly": true, "PowerAuthUsers": ["a"], "ClusterNameToAlias": {"a": "b"}}',
	).configuration;
	const { configuration, named } = apply(
		'{"ReadOnly": null, "PowerAuthUsers": null, "ClusterNameToAlias": null}',
		base,
	);
	expect(configuration.ReadOnly).toBe(true);
	expect(configuration.PowerAuthUsers).toEqual([]);
	expect(configuration.ClusterNameToAlias).toEqual({});
	expect(named.has("ReadOnly")).toBe(false);
});

test("a list is replaced, the alias map is merged, also within a file", () => {
	const base = apply(
		'{"DiscoverySeeds": ["a", "b"], "ClusterNameToAlias": {"x": "1", "y": "1"}}',
	).configuration;
	const { configuration } = apply(
		'{"DiscoverySeeds": ["c"], "ClusterNameToAlias": {"y": "2"}, "clusternametoalias": {"z": "3"}}',
		base,
	);
	expect(configuration.DiscoverySeeds).toEqual(["c"]);
	expect(configuration.ClusterNameToAlias).toEqual({ x: "1", y: "2", z: "3" });
});

test.each([
	['{"ReadOnly": "true"}', '"ReadOnly" must be true or false, not a text'],
	['{"ReadOnly": 1}', "not a number"],
	['{"InstancePollSeconds": "5"}', "remove the quotes"],
	['{"InstancePollSeconds": 5.0}', "without fraction"],
	['{"InstancePollSeconds": 5e0}', "without fraction"],
	['{"InstancePollSeconds": -5}', "must not be negative"],
	['{"InstancePollSeconds": -0}', "must not be negative"],
	['{"InstancePollSeconds": -5.0}', "without fraction"],
	['{"DefaultInstancePort": -99999999999999999999}', "too large"],
	['{"InstancePollSeconds": []}', "must be a whole number, not a list"],
	['{"InstancePollSeconds": {}}', "must be a whole number, not an object"],
	['{"InstancePollSeconds": true}', "must be a whole number"],
	['{"DefaultInstancePort": 99999999999999999999}', "too large"],
	['{"ListenAddress": 3000}', "put it in double quotes"],
	['{"DiscoverySeeds": "a"}', "must be a list"],
	['{"DiscoverySeeds": [1]}', "one element is, not a number"],
	['{"ClusterNameToAlias": ["a"]}', "must be an object"],
	['{"ClusterNameToAlias": {"a": 1}}', "one value is, not a number"],
	['{"ClusterNameToAlias": 1}', "must be an object of texts, not a number"],
	['{"BatonMode": 1}', "must be a text, not a number"],
	['{"BatonMode": "fast"}', "must be one of: available, lossless"],
	['{"ReadOnly": true', "cannot read config file f.json: not valid JSON"],
])("%s is refused with file, key and reason", (text, message) => {
	expect(() => apply(text)).toThrow(BatonError);
	expect(() => apply(text)).toThrow(message);
	expect(() => apply(text)).toThrow("f.json");
});

test("a repeated key is refused for any of its values, and of several wrong keys the first in the file", () => {
	expect(() => apply('{"ReadOnly": 1, "ReadOnly": true}')).toThrow(
		'"ReadOnly"',
	);
	expect(() => apply('{"ReadOnly": 1, "Debug": 1}')).toThrow('"ReadOnly"');
});

test("null within a list or map is an empty text, and no name of an alias is special", () => {
	const { configuration } = apply(
		'{"DiscoverySeeds": [null, "a"], "ClusterNameToAlias": {"a": null, "__proto__": "b"}}',
	);
	expect(configuration.DiscoverySeeds).toEqual(["", "a"]);
	expect(Object.entries(configuration.ClusterNameToAlias)).toEqual([
		["a", ""],
		["__proto__", "b"],
	]);
});

test("a negative number is fine where the key is signed", () => {
	expect(
		apply('{"InstanceWriteBufferSize": -1}').configuration
			.InstanceWriteBufferSize,
	).toBe(-1);
});

test("unknown names are reported whatever their value", () => {
	expect(apply('{"#": "note", "Nope": {"a": [1.5]}}').unknown).toEqual([
		"#",
		"Nope",
	]);
});
