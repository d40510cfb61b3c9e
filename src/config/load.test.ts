import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BatonError } from "../errors.ts";
import { createEnvironment } from "./environment.ts";
import { loadConfiguration } from "./load.ts";
import { createLiveConfiguration } from "./reload.ts";

const environment = createEnvironment(
	{ HOME: "/home/op", SECRET: "s1" },
	{ root: false },
);

let directory = "";
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "baton-config-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, value: unknown): string => {
	const path = join(directory, name);
	writeFileSync(
		path,
		typeof value === "string" ? value : JSON.stringify(value),
	);
	return path;
};

const load = (...names: string[]) =>
	loadConfiguration({
		environment,
		searchPaths: names.map((name) => join(directory, name)),
	});

test("with no file, a SQLite store and the loopback address", () => {
	const { config, files, warnings } = load("none");
	expect(files).toEqual([]);
	expect(warnings).toEqual([]);
	expect(config).toMatchObject({
		BackendDB: "sqlite",
		SQLite3DataFile: "/home/op/.local/share/baton/baton.sqlite3",
		ListenAddress: "127.0.0.1:3000",
		BatonDataDirectory: "/home/op/.local/share/baton",
	});
	expect(config.BatonNode).not.toBe("");
});

test("the data directory lies beside the SQLite store of a file, unless one is named", () => {
	const sqlite = (file: string) => ({
		BackendDB: "sqlite",
		SQLite3DataFile: file,
	});
	const directoryOf = (...names: string[]) =>
		load(...names).config.BatonDataDirectory;
	write("sqlite", sqlite("/srv/baton/store.sqlite3"));
	write("moved", sqlite("/srv/other/store.sqlite3"));
	write("relative", sqlite("store.sqlite3"));
	write("memory", sqlite(":memory:"));
	write("mysql", { SQLite3DataFile: "/srv/baton/unused.sqlite3" });
	write("named", { BatonDataDirectory: "/data" });
	expect(directoryOf("sqlite")).toBe("/srv/baton");
	expect(directoryOf("sqlite", "moved")).toBe("/srv/other");
	expect(directoryOf("relative")).toBe(process.cwd());
	expect(directoryOf("memory")).toBe("/home/op/.local/share/baton");
	expect(directoryOf("mysql")).toBe("/home/op/.local/share/baton");
	expect(directoryOf("sqlite", "named")).toBe("/data");
	const loaded = load("sqlite");
	const live = createLiveConfiguration(loaded, environment);
	expect(live.reload().changed).toEqual([]);
	expect(
		live.reload(write("later", { BatonDataDirectory: "" })).changed,
	).toEqual([]);
});

test("with a file, the defaults of orchestrator", () => {
	write("a", {});
	expect(load("a").config).toMatchObject({
		BackendDB: "mysql",
		ListenAddress: ":3000",
	});
});

test("files are laid over each other in order, and sources tell which one spoke", () => {
	const a = write("a", {
		ReadOnly: true,
		InstancePollSeconds: 1,
		RaftBind: "x",
	});
	const b = write("b", { InstancePollSeconds: 2, RaftBind: "y" });
	const { config, files, sources } = load("a", "none", "b");
	expect(files).toEqual([a, b]);
	expect(config).toMatchObject({ ReadOnly: true, InstancePollSeconds: 2 });
	// Derived from the first file, and kept.
	expect(config.RaftAdvertise).toBe("x");
	expect(sources.get("ReadOnly")).toBe(a);
	expect(sources.get("InstancePollSeconds")).toBe(b);
});

test("each file must be valid by itself", () => {
	write("a", { BackendDB: "sqlite" });
	write("b", { SQLite3DataFile: "x" });
	expect(() => load("a", "b")).toThrow('"SQLite3DataFile" must be set');
});

test("-config reads only that file, which must exist", () => {
	write("a", { ReadOnly: true });
	const b = write("b", {});
	const options = { environment, searchPaths: [join(directory, "a")] };
	expect(loadConfiguration({ ...options, file: b }).config.ReadOnly).toBe(
		false,
	);
	expect(() =>
		loadConfiguration({ ...options, file: join(directory, "none") }),
	).toThrow("does not exist; check -config");
	expect(() => loadConfiguration({ ...options, file: directory })).toThrow(
		"EISDIR",
	);
});

test("warnings: unknown, retired, doubtful, without effect", () => {
	const a = write("a", {
		"#": "comment",
		RaedOnly: true,
		StatusSimpleHealth: true,
		RaftEnabled: true,
		RaftDataDir: "d",
		UseSuperReadOnly: true,
		DiscoveryQueueMaxStatisticsSize: 120,
		ExpectFailureAnalysisConcensus: true,
		ConsulScheme: "http",
		AuthenticationMethod: "tokens",
		DataCenterPattern: "dc1",
		RegionPattern: "(?i)(r1)",
		DiscoveryIgnoreHostnameFilters: ["(", "10.0.0.1"],
		BatonAllowedHosts: ["["],
		RecoverMasterClusterFilters: ["*", "alias~=["],
	});
	expect(load("a").warnings).toEqual([
		`${a}: "RaedOnly" is no known key and is ignored; did you mean "ReadOnly"?`,
		`${a}: "StatusSimpleHealth" is retired in orchestrator and ignored; remove it`,
		expect.stringMatching(/^AuthenticationMethod: "tokens" is no known method/),
		'DiscoveryIgnoreHostnameFilters: "(" is no valid regular expression and never matches',
		'BatonAllowedHosts: "[" is no valid regular expression and never matches',
		'RecoverMasterClusterFilters: "[" is no valid regular expression and never matches',
		expect.stringMatching(/^DataCenterPattern: the pattern has no group/),
		expect.stringMatching(
			/RaftEnabled is accepted, has no effect: nodes share/,
		),
		expect.stringMatching(/RaftDataDir is accepted, has no effect/),
		`${a}: UseSuperReadOnly is accepted, has no effect: Baton always sets super_read_only where the server has it`,
		"accepted, have no effect, and restate their defaults: DiscoveryQueueMaxStatisticsSize, ExpectFailureAnalysisConcensus, ConsulScheme",
	]);
});

test("whatever a file holds, loading ends with a configuration or a BatonError", () => {
	const key = fc.constantFrom(
		"ReadOnly",
		"ClusterNameToAlias",
		"HTTPAdvertise",
		"DataCenterPattern",
		"RecoverMasterClusterFilters",
		"MySQLTopologyPassword",
		"MySQLTopologyCredentialsConfigFile",
		"InstancePollSeconds",
		"__proto__",
	);
	const text = fc.oneof(
		fc.string(),
		fc
			.dictionary(key, fc.jsonValue({ maxDepth: 2 }))
			.map((o) => JSON.stringify(o)),
	);
	fc.assert(
		fc.property(text, (content) => {
			write("f", content);
			try {
				load("f");
			} catch (error) {
				expect(error).toBeInstanceOf(BatonError);
			}
		}),
		{ numRuns: 300 },
	);
});

test.each([
	"orchestrator-sample.conf.json",
	"orchestrator-sample-sqlite.conf.json",
	"orchestrator-simple.conf.json",
])("conf/%s loads without doubtful values", (name) => {
	const file = fileURLToPath(new URL(`../../conf/${name}`, import.meta.url));
	const { config, warnings } = loadConfiguration({ environment, file });
	expect(config.Debug).toBe(true);
	expect(config.BackendDB).toBe(name.includes("sqlite") ? "sqlite" : "mysql");
	expect(config.ClusterNameToAlias).toEqual({ "127.0.0.1": "test suite" });
	expect(
		warnings.filter((line) => !/has no effect|have no effect/.test(line)),
	).toEqual([]);
});

test("reload lays the files over the values in force", () => {
	const file = write("a", { ReadOnly: true, ListenAddress: ":1" });
	const live = createLiveConfiguration(load("a"), environment);
	write("a", { InstancePollSeconds: 9, ListenAddress: ":2" });
	const { config, changed, warnings } = live.reload();
	expect(live.current()).toBe(config);
	expect(config).toMatchObject({ ReadOnly: true, InstancePollSeconds: 9 });
	expect(changed).toEqual(["ListenAddress", "InstancePollSeconds"]);
	expect(warnings).toEqual([
		"ListenAddress has changed and takes effect at the next start",
	]);
	rmSync(file);
	expect(live.reload().config.InstancePollSeconds).toBe(9);
});

test("an empty name of the node stands for the host's, at reload too", () => {
	write("a", { BatonNode: "n1" });
	const live = createLiveConfiguration(load("a"), environment);
	expect(live.current().BatonNode).toBe("n1");
	write("a", { BatonNode: "" });
	expect(live.reload().config.BatonNode).toBe(environment.hostName());
});

test("a bad file at reload leaves the old configuration in force", () => {
	write("a", { InstancePollSeconds: 1 });
	write("b", {});
	const live = createLiveConfiguration(load("a", "b"), environment);
	const before = live.current();
	write("a", { InstancePollSeconds: 2 });
	write("b", "{");
	expect(() => live.reload()).toThrow(BatonError);
	expect(live.current()).toBe(before);
});

test("an extra file is read once, after the others, and passwords anew", () => {
	write("credentials", "[client]\nuser=u\npassword=one");
	write("a", {
		InstancePollSeconds: 1,
		MySQLTopologyCredentialsConfigFile: join(directory, "credentials"),
	});
	const live = createLiveConfiguration(load("a"), environment);
	write("credentials", "[client]\nuser=u\npassword=two");
	const extra = write("extra", { InstancePollSeconds: 3 });
	expect(live.reload(extra).config).toMatchObject({
		InstancePollSeconds: 3,
		MySQLTopologyPassword: "two",
	});
	expect(live.reload(join(directory, "none")).config.InstancePollSeconds).toBe(
		1,
	);
});
