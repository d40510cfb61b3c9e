import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ALL_FLAGS, DROP_IN_FLAGS } from "./flag-table.ts";
import { flagListing, parseFlags, parseFlagsAnywhere } from "./flags.ts";

const parse = (...argv: string[]) => parseFlags(argv, ALL_FLAGS);

const parsed = (...argv: string[]) => {
	const answer = parse(...argv);
	if (answer.kind !== "parsed") throw new Error(JSON.stringify(answer));
	return answer;
};

test("there are 31 drop-in flags, none twice", () => {
	expect(new Set(DROP_IN_FLAGS.map((flag) => flag.name)).size).toBe(31);
	expect(DROP_IN_FLAGS).toHaveLength(31);
});

describe("as Go's flag package", () => {
	test("one or two dashes, blank or equals sign", () => {
		for (const argv of [["-i", "x"], ["--i", "x"], ["-i=x"], ["--i=x"]])
			expect(parsed(...argv).values["i"]).toBe("x");
		expect(parsed("-i=a=b").values["i"]).toBe("a=b");
		expect(parsed("-i=").values["i"]).toBe("");
		expect(parsed("-i", "-d").values["i"]).toBe("-d");
	});

	test("a boolean takes a value only with the sign", () => {
		expect(parsed("--discovery=false").values["discovery"]).toBe(false);
		const answer = parsed("--debug", "true");
		expect(answer.values["debug"]).toBe(true);
		expect(answer.positional).toEqual(["true"]);
		for (const yes of ["1", "t", "T", "true", "TRUE", "True"])
			expect(parsed(`-debug=${yes}`).values["debug"]).toBe(true);
	});

	test("reading stops at the first word, at -- and at a lone dash", () => {
		expect(parsed("http", "-debug").values["debug"]).toBe(false);
		expect(parsed("http", "-debug").positional).toEqual(["http", "-debug"]);
		expect(parsed("--", "-debug").positional).toEqual(["-debug"]);
		expect(parsed("-", "-debug").positional).toEqual(["-", "-debug"]);
	});

	test("the last of repeated flags wins", () => {
		expect(parsed("-i", "a", "-i", "b").values["i"]).toBe("b");
	});

	test.each([
		[["-yaml"], "flag provided but not defined: -yaml; -help lists the flags"],
		[
			["-dryrun"],
			"flag provided but not defined: -dryrun; did you mean -dry-run?; -help lists the flags",
		],
		[["-i"], "flag needs an argument: -i; write -i VALUE or -i=VALUE"],
		[
			["-debug=yes"],
			'invalid boolean value "yes" for -debug: parse error; write -debug, -debug=true or -debug=false',
		],
		[["---i"], "bad flag syntax: ---i; write -name VALUE or -name=VALUE"],
		[["-=x"], "bad flag syntax: -=x; write -name VALUE or -name=VALUE"],
	])("%j is refused", (argv, message) => {
		const answer = parse(...argv);
		expect(answer).toMatchObject({
			kind: "error",
			error: { code: "BadUsage", message },
		});
	});

	test("-h, -help and --help ask for the listing", () => {
		for (const word of ["-h", "-help", "--help"])
			expect(parse("-debug", word)).toEqual({ kind: "help", word: "" });
	});
});

describe("flags behind words, where they count", () => {
	const anywhere = (...argv: string[]) => {
		const answer = parseFlagsAnywhere(argv, ALL_FLAGS);
		if (answer.kind !== "parsed") throw new Error(JSON.stringify(answer));
		return answer;
	};

	test("are read wherever they stand; the last wins, -- ends them", () => {
		const answer = anywhere(
			..."-i a why -debug shop -config f -i b -- -quiet x".split(" "),
		);
		expect(answer.positional).toEqual(["why", "shop", "-quiet", "x"]);
		expect(answer.values).toMatchObject({
			i: "b",
			debug: true,
			config: "f",
			quiet: false,
		});
		expect([...answer.given]).toEqual(["i", "debug", "config"]);
		expect(anywhere("why", "-i", "--", "-debug").values["i"]).toBe("--");
	});

	test("a bad one is refused there, too", () => {
		expect(parseFlagsAnywhere(["why", "-yaml"], ALL_FLAGS).kind).toBe("error");
		expect(parseFlagsAnywhere(["why", "-h"], ALL_FLAGS).kind).toBe("help");
	});
});

test("what is written is read back, whatever the values", () => {
	const strings = DROP_IN_FLAGS.filter((flag) => flag.type === "string");
	fc.assert(
		fc.property(
			fc.array(
				fc.record({
					flag: fc.constantFrom(...strings.map((flag) => flag.name)),
					value: fc.string(),
					dashes: fc.constantFrom("-", "--"),
					joined: fc.boolean(),
				}),
			),
			fc.array(
				fc.string({ minLength: 1 }).filter((word) => !word.startsWith("-")),
			),
			(given, words) => {
				const argv = given.flatMap(({ flag, value, dashes, joined }) =>
					joined ? [`${dashes}${flag}=${value}`] : [`${dashes}${flag}`, value],
				);
				const answer = parsed(...argv, ...words);
				const last = new Map(given.map(({ flag, value }) => [flag, value]));
				for (const [flag, value] of last)
					expect(answer.values[flag]).toBe(value);
				expect(answer.positional).toEqual(words);
			},
		),
	);
});

test("no input makes the parser throw", () => {
	fc.assert(
		fc.property(
			fc.array(
				fc.oneof(fc.string(), fc.constantFrom("-", "--", "-i", "--debug")),
			),
			(argv) => {
				expect(["parsed", "help", "error"]).toContain(parse(...argv).kind);
			},
		),
	);
});

test("the listing names each flag with its default", () => {
	const text = flagListing("baton", ALL_FLAGS);
	expect(text).toMatch(/^Usage of baton:\n/);
	expect(text).toContain("  -alias string\n    \tcluster alias or name\n");
	expect(text).toContain('(default "prefer")');
	expect(text).toContain(
		"  -discovery\n    \tpoll and recover while serving http (default true)\n",
	);
});
