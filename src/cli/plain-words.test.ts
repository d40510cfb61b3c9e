import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	scripted,
} from "../../test/support/command-line.ts";
import type { OperationRequest } from "../planning/operation.ts";
import { COMMANDS } from "./command-table.ts";
import { completionOf } from "./completion.ts";
import { placesOf, plainUsage } from "./plain-words.ts";

const { run, typed, remove } = await createFixture();
afterAll(remove);

describe("plain words do what the flags do", () => {
	test.each([
		["topology shop", "topology -alias shop"],
		["topology db1.ny:3306", "topology -alias shop"],
		["topology db3", "topology -alias shop"],
		["topology --alias shop", "topology -alias shop"],
		["-quiet topology shop -debug=false", "topology -alias shop"],
		["which-replicas db1.ny", "which-replicas -i db1.ny"],
		["which-slaves db1.ny", "which-replicas -i db1.ny"],
		["find ^db2", "find -pattern ^db2"],
		["instances", "all-instances"],
	])("%s", async (words, flags) => {
		const answer = await typed(words);
		expect(answer).toEqual(await run(flags));
		expect(answer).toMatchObject({ code: 0, stderr: "" });
		expect(answer.stdout).not.toBe("");
	});

	test.each([
		[
			"takeover shop --to db2",
			"graceful-master-takeover-auto -alias shop -d db2",
		],
		["takeover db1 db2", "graceful-master-takeover-auto -alias shop -d db2"],
		["relocate db3 db1", "relocate -i db3 -d db1"],
		["-i db3 relocate --to db1", "relocate -i db3 -d db1"],
		["relocate db3 --below=db1 -owner me", "relocate -owner me -i db3 -d db1"],
	])("%s", async (words, flags) => {
		const asked: OperationRequest[] = [];
		await typed(words, scripted({}, asked));
		await run(flags, scripted({}, asked));
		expect(asked).toHaveLength(2);
		expect(asked[0]).toEqual(asked[1]);
	});
});

test("the name of a server with an IPv6 host is printed as it is typed; without, as in the reference", async () => {
	for (const name of ["[2001:db8::5]:3306", "2001:db8::5:33061"]) {
		const { stderr } = await typed(`which-instance ${name}`);
		expect(stderr).toMatch(/\[2001:db8::5\]:3306/);
	}
	const { stderr } = await run("which-instance -i [2001:db8::5]:3306");
	expect(stderr).toMatch(/[^[]2001:db8::5:3306/);
});

describe("what cannot be meant is refused, and nothing is done", () => {
	test.each([
		[
			"topology shop web",
			'"web" behind "topology" is not read, and nothing was done; words that it takes: that of -alias',
		],
		[
			"clusters shop",
			'"shop" behind "clusters" is not read, and nothing was done; words that it takes: none',
		],
		[
			"topology nothing",
			'no cluster is known as "nothing"; clusters-alias lists',
		],
		[
			"topology shop -alias web",
			'both "shop" and -alias "web" are given; leave one of them out',
		],
		[
			"takeover shop db2 --to db3",
			'both "db2" and -d "db3" are given; leave one of them out',
		],
		[
			"takeover shop -d db2 --to db3",
			'both "db2" and -to "db3" are given; leave one of them out',
		],
		[
			"topology shop -d db2",
			"topology does not take -d; nothing was done: leave it out",
		],
		[
			"topology shop -dry-run",
			"topology does not take -dry-run; nothing was done: leave it out",
		],
		[
			"-c topology -to db2",
			"topology does not take -to; nothing was done: leave it out",
		],
		[
			"stop-replica db2.ny,db1:99999",
			'cannot read -i "db1:99999" as an instance; give host or host:port',
		],
		[
			"completion tcsh",
			"no completion is made for \"tcsh\"; write 'baton completion bash|zsh|fish'",
		],
	])("%s", async (words, says) => {
		const asked: OperationRequest[] = [];
		expect(await typed(words, scripted({}, asked))).toEqual(FAILS(says));
		expect(asked).toEqual([]);
	});
});

test("whoever names no instance is told so, and not of a host that was not named", async () => {
	const nobodyKnown = await createFixture({ empty: true });
	try {
		const says =
			"no instance is given, and the local host is none that is known: instance not found: web1:3306; give one";
		expect(await nobodyKnown.typed("stop-replica")).toEqual(FAILS(says));
		expect(await nobodyKnown.run("move-up")).toEqual(FAILS(says));
		expect(await nobodyKnown.typed("stop-replica web1")).toEqual(
			FAILS("instance not found: web1:3306; no known"),
		);
	} finally {
		nobodyKnown.remove();
	}
});

describe("what a variable that is not set leaves on the line is not taken for none", () => {
	test.each([
		["takeover shop --to ", "-to"],
		["takeover shop --to=~", "-to"],
		["takeover shop ~", "that of -d. "],
		["takeover ~ --to db2", "that of -alias. "],
		["reset-replica ~", 'word 1 behind "reset-replica" .that of -i. '],
		["relocate-replicas db1 db2 --pattern ", "-pattern"],
		["begin-downtime db2 why -duration ", "-duration"],
		["topology ", "that of -alias. "],
	])("%j", async (words, what) => {
		const asked: OperationRequest[] = [];
		expect(await typed(words, scripted({}, asked))).toEqual(
			FAILS(
				`${what}.?is empty, and nothing was done; is a variable not set. Give its value, or leave it out`,
			),
		);
		expect(asked).toEqual([]);
	});

	test("an empty -hostname takes a virtual name away", async () => {
		expect(
			await typed("register-hostname-unresolve db2.ny -hostname "),
		).toMatchObject({ code: 0 });
	});
});

test("each command says how it is typed, and its places are flags that it has", async () => {
	for (const command of COMMANDS.filter(({ name }) => name !== "help")) {
		const { code, stdout, stderr } = await typed(`${command.name} --help`);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		expect(stdout).toBe(
			`Usage: ${plainUsage("baton", command)}\n\n${command.help}\n`,
		);
		const flags = command.flags.map(({ flag }) => flag);
		for (const name of placesOf(command)) expect(flags).toContain(`-${name}`);
		for (const { flag, isRequired } of command.flags)
			if (isRequired) expect(placesOf(command)).toContain(flag.slice(1));
	}
	expect(await typed("takeover --help")).toMatchObject({
		stdout: expect.stringContaining(
			"Usage: baton graceful-master-takeover-auto [CLUSTER] [DESTINATION]",
		),
	});
	expect(await typed("version")).toEqual(await typed("-version"));
});

describe("completion", () => {
	const directory = mkdtempSync(join(tmpdir(), "baton-completion-"));
	afterAll(() => rmSync(directory, { recursive: true }));

	const USUAL = { aliases: ["shop"], servers: ["db1:3306", "db2:3306"] };

	/** What the program tells when a shell asks it. */
	const answering = ({ aliases, servers }: typeof USUAL): void => {
		const lines = (all: readonly string[]) =>
			all.map((each) => `${each}\n`).join("");
		writeFileSync(
			join(directory, "clusters-alias"),
			lines(aliases.map((each) => `db1:3306\t${each}`)),
		);
		writeFileSync(join(directory, "all-instances"), lines(servers));
	};
	answering(USUAL);

	/** What bash offers for the words, of which the last one is being typed. */
	const offered = (...words: string[]): string[] => {
		const script = join(directory, "baton.bash");
		writeFileSync(script, completionOf("baton", "bash"));
		const known = `baton() { cat ${directory}/$1; }`;
		const line = ["baton", ...words].map((word) => `'${word}'`).join(" ");
		return execFileSync(
			"bash",
			[
				"-c",
				`${known}; source ${script}; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _baton; printf '%s\\n' "\${COMPREPLY[@]}"`,
			],
			{ encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8" } },
		)
			.trim()
			.split("\n")
			.filter((word) => word !== "");
	};

	test("bash completes commands, flags, clusters and servers", () => {
		expect(offered("topology-")).toEqual([
			"topology-tabulated",
			"topology-tags",
		]);
		expect(offered("take")).toContain("takeover");
		expect(offered("topology", "")).toEqual(["shop"]);
		expect(offered("takeover", "shop", "db2")).toEqual(["db2:3306"]);
		expect(offered("which-replicas", "db")).toEqual(["db1:3306", "db2:3306"]);
		expect(offered("relocate", "-d")).toEqual(["-d", "-dry-run", "-debug"]);
		expect(offered("relocate", "db2", "--d")).toEqual([
			"--d",
			"--dry-run",
			"--debug",
		]);
		expect(offered("relocate", "db2", "--b")).toEqual([
			"--below",
			"--break-glass",
		]);
		expect(offered("topology", "--to")).toEqual([]);
		expect(offered("help", "bulk-")).toEqual([
			"bulk-instances",
			"bulk-promotion-rules",
		]);
		expect(offered("completion", "f")).toEqual(["fish"]);
	});

	test("what servers call themselves runs nothing, and is not offered where a shell would", () => {
		const trace = join(directory, "trace");
		const hostile = [
			`$(touch ${trace})`,
			`\`touch ${trace}\``,
			`x;touch\${IFS}${trace}`,
			"$IFS",
			"-rf",
			"*",
			"a'b",
			'a"b',
			"a\\b",
			"a b",
		];
		answering({ aliases: [...hostile, "größe", "shop"], servers: hostile });
		try {
			expect(offered("topology", "")).toEqual(["größe", "shop"]);
			expect(offered("topology", "$")).toEqual([]);
			expect(offered("which-replicas", "")).toEqual([]);
			expect(existsSync(trace)).toBe(false);
		} finally {
			answering(USUAL);
		}
	});

	test("fish completes the same", () => {
		const script = completionOf("baton", "fish");
		const behind = (word: string, rest: string) =>
			`complete -c baton -n '__fish_seen_subcommand_from ${word}' ${rest}\n`;
		expect(script).toContain(behind("relocate", "-s d"));
		expect(script).toContain(behind("relocate", "-o below -l below"));
		expect(script).not.toContain(behind("topology", "-o below -l below"));
		expect(script).toMatch(/seen_subcommand_from help' -a '.* topology /);
	});

	test("no text of a summary is lost in zsh", () => {
		expect(completionOf("baton", "zsh")).toContain(
			"'failover:Fail over a cluster'\\''s primary, dead or not'",
		);
	});

	// Where the shell is there: its own judgement of the script's grammar.
	test.each(["zsh", "fish"])("%s reads its script", (shell) => {
		const script = completionOf("baton", shell);
		for (const { name } of COMMANDS) expect(script).toContain(name);
		const file = join(directory, `baton.${shell}`);
		writeFileSync(file, script);
		const read = spawnSync(shell, ["-n", file], { encoding: "utf8" });
		if ((read.error as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
			return;
		expect([read.status, read.stderr]).toEqual([0, ""]);
	});
});
