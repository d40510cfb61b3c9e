import { describe, expect, test } from "vitest";
import { documentedDefaults, withValues } from "../config/keys.ts";
import { BatonError } from "../errors.ts";
import {
	COMMANDS,
	commandNamed,
	isNotBuilt,
	OWN_SYNONYMS,
	SYNONYMS,
} from "./command-table.ts";
import type { CliDependencies, ServeRequest } from "./dependencies.ts";
import { OWN_FLAGS } from "./flag-table.ts";
import {
	REFERENCE_COMMAND_COUNT,
	REFERENCE_COMMANDS,
} from "./reference-commands.ts";
import { createCli } from "./run.ts";

const NOW = new Date(2026, 0, 2, 3, 4, 5).getTime();

const never = (what: string) => async (): Promise<never> => {
	throw new Error(`${what} must not be used`);
};

/** A command line without store, servers or Temporal: whatever asks for one of them fails. */
const bare = (more: Partial<CliDependencies> = {}): CliDependencies => ({
	loadConfiguration: () => ({
		config: documentedDefaults(),
		files: [],
		warnings: ["SomeKey has no effect"],
		sources: new Map(),
	}),
	openStore: never("the store"),
	connectOperator: never("Temporal"),
	breakGlass: never("the servers"),
	connectRolling: never("Temporal"),
	connectDiscovery: never("discovery"),
	explain: never("explain"),
	planOf: never("the planner"),
	lookAtCluster: never("a server"),
	answerOfApi: never("the API"),
	askTemporal: never("Temporal"),
	lookAt: never("a server"),
	binaryLogStarts: never("a server"),
	withLogs: never("a server"),
	serve: never("serve"),
	resolveHost: async (_, { host }) => host,
	canonicalHost: never("the network"),
	redeployStore: never("the store"),
	lackingInStore: never("the store"),
	nowMs: () => NOW,
	localHostname: () => "here",
	userName: () => "me",
	processToken: "token",
	program: "orchestrator",
	version: "1.2.3",
	commit: "abc",
	...more,
});

const run = async (argv: string[], deps = bare()) => {
	const written = { stdout: "", stderr: "" };
	const code = await createCli(deps).run(argv, {
		stdout: (text) => {
			written.stdout += text;
		},
		stderr: (text) => {
			written.stderr += text;
		},
	});
	return { code, ...written };
};

const FATAL = "2026-01-02 03:04:05 FATAL ";

describe("exit codes and streams", () => {
	test("no command: a cheat sheet on stdout", async () => {
		const { code, stdout, stderr } = await run([]);
		expect([code, stderr]).toEqual([0, ""]);
		expect(stdout).toContain("orchestrator http");
	});

	test("-version comes before the configuration", async () => {
		const loadConfiguration = () => {
			throw new BatonError("BadConfiguration", "broken");
		};
		expect(await run(["-version"], bare({ loadConfiguration }))).toEqual({
			code: 0,
			stdout: "1.2.3\nabc\n",
			stderr: "",
		});
		expect(await run([], bare({ loadConfiguration }))).toEqual({
			code: 1,
			stdout: "",
			stderr: `${FATAL}broken\n`,
		});
	});

	test.each([
		[
			["--jsonp"],
			"flag provided but not defined: -jsonp; did you mean -json?; -help lists the flags",
		],
		[
			["topology", "-x\ny"],
			"flag provided but not defined: -x y; -help lists the flags",
		],
		[["-c"], "flag needs an argument: -c; write -c VALUE or -c=VALUE"],
		[
			["-debug=maybe"],
			'invalid boolean value "maybe" for -debug: parse error; write -debug, -debug=true or -debug=false',
		],
		[["---x"], "bad flag syntax: ---x; write -name VALUE or -name=VALUE"],
	])(
		"a wrong flag: what is wrong with it, in one line, 2: %j",
		async (argv, says) => {
			expect(await run(argv)).toEqual({
				code: 2,
				stdout: "",
				stderr: `${says}\n`,
			});
		},
	);

	test("-h lists the flags, 0", async () => {
		const { code, stdout, stderr } = await run(["-h"]);
		expect([code, stdout]).toEqual([0, ""]);
		expect(stderr).toMatch(/^Usage of orchestrator:\n/);
	});

	test.each([
		[
			["serve"],
			/FATAL unknown word "serve"; 'orchestrator help' lists the commands\n$/,
		],
		[["htp"], /FATAL unknown word "htp"; did you mean http\?; /],
		[["topolgy"], /unknown word "topolgy"; did you mean topology\?; /],
		[
			["-c", "help", "relocate"],
			/FATAL "relocate" stands behind -c help, where no word is read; .* 'orchestrator help relocate'\n$/,
		],
	])(
		"another word: short usage, and last what was wrong, 1: %j",
		async (argv, says) => {
			expect(await run(argv)).toEqual({
				code: 1,
				stdout: "",
				stderr: expect.stringMatching(says),
			});
			expect((await run(argv)).stderr).toMatch(/^Usage: /);
		},
	);

	test("Baton's own flags are refused where they could not keep their promise", async () => {
		for (const { name, type } of OWN_FLAGS) {
			// Every command has JSON to tell.
			if (name === "json") continue;
			const flag = `-${name}`;
			expect(
				await run([
					"-c",
					"continuous",
					flag,
					...(type === "string" ? ["db2"] : []),
				]),
			).toEqual({
				code: 1,
				stdout: "",
				stderr: expect.stringContaining(
					`${FATAL}continuous does not take ${flag}; nothing was done: leave it out\n`,
				),
			});
		}
	});

	test("an unknown command: FATAL with what is like it, and no listing, 1", async () => {
		expect(await run(["-c", "nonsense"])).toEqual({
			code: 1,
			stdout: "",
			stderr: `${FATAL}Unknown command: "nonsense"; 'orchestrator help' lists those that there are\n`,
		});
		expect((await run(["-c", "relcate"])).stderr).toContain(
			`Unknown command: "relcate"; did you mean relocate?; `,
		);
		expect((await run(["help", "which-slavs"])).stderr).toContain(
			`did you mean which-slaves?; `,
		);
	});

	test("every command of the reference is built", () => {
		expect([...REFERENCE_COMMANDS].filter(isNotBuilt)).toEqual([]);
	});

	test("-s and -d together are refused", async () => {
		const { code, stderr } = await run(["-c", "help", "-s", "a", "-d", "b"]);
		expect(code).toBe(1);
		expect(stderr).toContain(FATAL);
	});

	test("must is no promotion rule", async () => {
		expect((await run(["-c", "help", "-promotion-rule", "must"])).code).toBe(1);
	});

	test("a thrown error ends with one FATAL line; -stack adds the trace", async () => {
		const openStore = async (): Promise<never> => {
			throw new BatonError("StoreUnavailable", "no\nstore");
		};
		expect(await run(["-c", "clusters"], bare({ openStore }))).toEqual({
			code: 1,
			stdout: "",
			stderr: `${FATAL}no store\n`,
		});
		const { stderr } = await run(
			["-stack", "-c", "clusters"],
			bare({ openStore }),
		);
		expect(stderr).toContain("\n    at ");
	});
});

describe("help", () => {
	test.each([
		[["help", "relocate", "--json"]],
		[["--json", "help", "relocate"]],
		[["help", "--json", "relocate"]],
	])("%j is for programs", async (argv) => {
		const { code, stdout, stderr } = await run(argv);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(JSON.parse(stdout)).toMatchObject({ Name: "relocate" });
	});

	test("the listing goes to stderr and needs no store", async () => {
		for (const argv of [["help"], ["-c", "help"], ["-c", "help", "cli"]]) {
			const { code, stdout, stderr } = await run(argv);
			expect([code, stdout]).toEqual([0, ""]);
			expect(stderr).toContain(
				"\ttopology                                Draw the replication tree of a cluster\n",
			);
		}
	});

	test("a topic goes to stdout", async () => {
		for (const argv of [
			["help", "relocate"],
			["-c", "relocate", "help"],
		]) {
			const { code, stdout, stderr } = await run(argv);
			expect([code, stderr]).toEqual([0, ""]);
			expect(stdout).toMatch(/^relocate:\nMoves the replica .*\n$/);
		}
		expect((await run(["help", "which-slaves"])).stdout).toMatch(
			/^which-slaves:\nLists/,
		);
	});
});

describe("help on what is no command here", () => {
	test.each([
		[
			"nosuch",
			/FATAL Unknown command: "nosuch"; '\w+ help' lists those that there are\n$/,
		],
	])("names %s, and fails", async (topic, says) => {
		for (const argv of [
			["help", topic],
			["-c", topic, "help"],
		])
			expect(await run(argv)).toEqual({
				code: 1,
				stdout: `${topic}:\n\n`,
				stderr: expect.stringMatching(says),
			});
	});
});

describe("raft", () => {
	const loadConfiguration = () => ({
		...bare().loadConfiguration(""),
		config: withValues(documentedDefaults(), { RaftEnabled: true }),
	});

	test("RaftEnabled refuses the direct command line, but not topics", async () => {
		const deps = bare({ loadConfiguration });
		expect((await run(["-c", "clusters"], deps)).code).toBe(1);
		expect((await run(["help"], deps)).code).toBe(1);
		expect((await run(["help", "relocate"], deps)).code).toBe(0);
		expect((await run(["--ignore-raft-setup", "-c", "help"], deps)).code).toBe(
			0,
		);
	});
});

test("log levels: errors only, -verbose, -quiet over all", async () => {
	const text = "starting orchestrator, version: 1.2.3, git commit: abc";
	expect((await run(["-c", "dump-config"])).stderr).toBe("");
	const { stderr } = await run(["-verbose", "-c", "dump-config"]);
	expect(stderr).toContain(`2026-01-02 03:04:05 INFO ${text}\n`);
	expect(stderr).toContain("WARNING SomeKey has no effect\n");
	expect((await run(["-debug", "-quiet", "-c", "dump-config"])).stderr).toBe(
		"",
	);
});

test("dump-config prints every key on one line", async () => {
	const { code, stdout } = await run(["-c", "dump-config"]);
	expect(code).toBe(0);
	expect(stdout.trimEnd()).not.toContain("\n");
	expect(JSON.parse(stdout)).toMatchObject({ DefaultInstancePort: 3306 });
});

describe("what is not read is told", () => {
	test("behind http, help and a read it counts for nothing, as in the reference", async () => {
		const served: ServeRequest[] = [];
		const deps = bare({
			serve: async (request) => {
				served.push(request);
			},
		});
		const behind = (word: string, what: string) =>
			`2026-01-02 03:04:05 ERROR "${what}" behind "${word}" is not read; put flags in front of "${word}", and leave out what else there is\n`;
		expect(await run(["http", "-debug"], deps)).toEqual({
			code: 0,
			stdout: "",
			stderr: behind("http", "-debug"),
		});
		expect(served).toHaveLength(1);
		expect((await run(["help", "relocate", "-config", "f"], deps)).stderr).toBe(
			behind("help", "-config f"),
		);
		const dump = await run(["-c", "dump-config", "cli", "more"], deps);
		expect([dump.code, dump.stderr]).toEqual([0, behind("cli", "more")]);
		const both = await run(["-c", "clusters", "http"], deps);
		expect([both.code, both.stderr]).toEqual([
			0,
			'2026-01-02 03:04:05 ERROR both -c clusters and "http" are given, of which "http" counts; leave one of them out\n',
		]);
	});

	test("a change is not made by less than what was typed", async () => {
		for (const command of ["relocate", "disable-global-recoveries"])
			expect(await run(["-c", command, "cli", "-noop"])).toEqual({
				code: 1,
				stdout: "",
				stderr: `${FATAL}"-noop" behind "cli" is not read; put flags in front of "cli", and leave out what else there is\n`,
			});
	});

	test.each([
		[
			["why", "shop", "web"],
			'"web" behind "why" is not read, and nothing was done; words that it takes: that of -alias',
		],
		[
			["-c", "topology", "why", "shop"],
			'both -c topology and "why" are given, of which "why" counts; leave one of them out',
		],
		[
			["why", "shop", "-alias", "web"],
			'both "shop" and -alias "web" are given; leave one of them out',
		],
		[
			["why", "-no-wait"],
			"why does not take -no-wait; nothing was done: leave it out",
		],
		[
			["-dry-run", "http"],
			"http does not take -dry-run; nothing was done: leave it out",
		],
	])("%j is refused", async (argv, says) => {
		expect(await run(argv)).toEqual({
			code: 1,
			stdout: "",
			stderr: `${FATAL}${says}\n`,
		});
	});

	test("flags behind why and its cluster count", async () => {
		const asked: string[] = [];
		const loadConfiguration = (file: string) => {
			asked.push(file);
			throw new BatonError("BadConfiguration", "seen");
		};
		for (const argv of [
			["why", "shop", "-config", "f"],
			["why", "-config=f", "shop"],
			["-config", "f", "why", "shop"],
		])
			await run(argv, bare({ loadConfiguration }));
		expect(asked).toEqual(["f", "f", "f"]);
	});
});

test("http and continuous hand over to the node", async () => {
	const asked: ServeRequest[] = [];
	const deps = bare({
		serve: async (request) => {
			asked.push(request);
		},
	});
	expect(
		(await run(["--discovery=false", "-grab-election", "http", "-debug"], deps))
			.code,
	).toBe(0);
	expect((await run(["-c", "continuous"], deps)).code).toBe(0);
	expect(
		asked.map(({ http, discovery, grabElection }) => ({
			http,
			discovery,
			grabElection,
		})),
	).toEqual([
		{ http: true, discovery: false, grabElection: true },
		{ http: false, discovery: true, grabElection: false },
	]);
});

describe("the table", () => {
	test("names are unique and each command has its texts", () => {
		expect(new Set(COMMANDS.map((each) => each.name)).size).toBe(
			COMMANDS.length,
		);
		for (const each of COMMANDS) {
			expect(each.summary.length).toBeLessThan(72);
			expect(each.help).toMatch(/\.$/);
		}
	});

	test("there are 26 synonyms, none hides a command", () => {
		expect(Object.keys(SYNONYMS)).toHaveLength(26);
		for (const name of Object.keys(SYNONYMS))
			expect(COMMANDS.some((each) => each.name === name)).toBe(false);
		expect(commandNamed("which-slaves")?.name).toBe("which-replicas");
		expect(commandNamed("constructor")).toBeUndefined();
	});

	test("each of the reference's 127 commands is built, or said not to be", () => {
		expect(REFERENCE_COMMAND_COUNT).toBe(127);
		for (const each of COMMANDS) expect(isNotBuilt(each.name)).toBe(false);
		for (const name of Object.values({ ...SYNONYMS, ...OWN_SYNONYMS }))
			expect(commandNamed(name) !== undefined || isNotBuilt(name)).toBe(true);
		expect(isNotBuilt("nonsense")).toBe(false);
		expect(isNotBuilt("constructor")).toBe(false);
	});
});
