/** Each command that a message, a remedy or a page tells people to use exists, and is told with all that it needs. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { COMMANDS, commandNamed } from "./command-table.ts";
import { REFERENCE_COMMANDS } from "./reference-commands.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const filesBelow = (folder: string, ends: RegExp): string[] =>
	readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((each) => each.isFile() && ends.test(each.name))
		.map((each) => relative(ROOT, join(each.parentPath, each.name)));

/** Lists of names that are not there to be used. */
const LISTS = [
	"src/cli/reference-commands.ts",
	"src/cli/command-table.ts",
	"src/api/reference-routes.ts",
	"src/api/synonyms.ts",
];

const SOURCES = ["src", "activities", "workflows", "workers", "temporal"]
	.flatMap((folder) => filesBelow(folder, /(?<!\.test)\.tsx?$/))
	.filter((file) => !LISTS.includes(file));

const PAGES = ["README.md", ...filesBelow("docs", /\.md$/)];

/** Where a command is spoken of by its name alone: what a key, a flag or the page of configuration is about. */
const isSpokenOf = (file: string): boolean =>
	/^src\/(config|manual)\/|^src\/cli\/flag-table\.ts$/.test(file);

const NAMES = [
	...new Set([...COMMANDS.map(({ name }) => name), ...REFERENCE_COMMANDS]),
].sort((a, b) => b.length - a.length);

/** A value ends before the sign that ends its sentence. */
const VALUE =
	"(?:\\$\\{[^}]*\\}|[^\\s,;)\"'`|.-](?:[^\\s,;)\"'`|]*[^\\s,;.)\"'`|])?)";
const LINE = new RegExp(
	`(?<![\\w/:.$<{-])(${NAMES.join("|")})(?![\\w/-])((?: --?[a-z][a-z-]*(?: ${VALUE})?)*)`,
	"g",
);

interface Advised {
	readonly name: string;
	readonly line: string;
	readonly flags: readonly string[];
}

/** What a text has of commands: with flags, or by a name that is no other word. */
const advisedIn = (text: string, needsFlags: boolean): Advised[] =>
	[...text.matchAll(LINE)].flatMap((match) => {
		const [line, name = "", given = ""] = match;
		const flags = [...given.matchAll(/ --?([a-z][a-z-]*)/g)].map(
			([, flag = ""]) => `-${flag}`,
		);
		const before = text[match.index - 1] ?? "";
		const after = text[match.index + line.length] ?? "";
		const isQuoted = /["`]/.test(before) && /["`:]/.test(after);
		const isWord = !name.includes("-");
		return flags.length === 0 && (needsFlags || isWord || isQuoted)
			? []
			: [{ name, line, flags }];
	});

const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

const inSource = (file: string): Advised[] =>
	advisedIn(
		readFileSync(join(ROOT, file), "utf8").replaceAll(COMMENTS, ""),
		isSpokenOf(file),
	);

/** As code: within the lines of a page and in its blocks. The name alone is only spoken of. */
const inPage = (file: string): Advised[] => {
	const text = readFileSync(join(ROOT, file), "utf8");
	const code = text.match(/```[\s\S]*?```|``[^\n]+?``|`[^`\n]+`/g) ?? [];
	return code.flatMap((each) => advisedIn(each, true));
};

/** Flags that every command takes, or that belong to what stands in front of it. */
const EVERYWHERE = ["-verbose", "-debug", "-quiet", "-stack", "-config"];

const wrongWith = ({ name, flags }: Advised): string[] => {
	const command = commandNamed(name);
	if (command === undefined) return ["is not built"];
	const taken = command.flags.map(({ flag }) => flag);
	return [
		...flags
			.filter((each) => !taken.includes(each) && !EVERYWHERE.includes(each))
			.map((each) => `does not take ${each}`),
		...command.flags
			.filter((each) => each.isRequired && !flags.includes(each.flag))
			.map(({ flag }) => `needs ${flag}`),
	];
};

const wrongIn = (
	files: readonly string[],
	read: (file: string) => Advised[],
): string[] =>
	files.flatMap((file) =>
		read(file).flatMap((each) =>
			wrongWith(each).map((what) => `${file}: "${each.line}" ${what}`),
		),
	);

describe("what people are told to use", () => {
	it("in messages and remedies", () => {
		expect(wrongIn(SOURCES, inSource)).toEqual([]);
	});

	it("on the pages", () => {
		expect(wrongIn(PAGES, inPage)).toEqual([]);
	});

	it("is found by this test", () => {
		const found = SOURCES.flatMap(inSource).map(({ line }) => line);
		expect(found.length).toBeGreaterThan(40);
		expect(PAGES.flatMap(inPage).length).toBeGreaterThan(5);
		const wrong = (text: string) => advisedIn(text, false).flatMap(wrongWith);
		// biome-ignore lint/suspicious/noTemplateCurlyInString: source text, as it is read
		expect(wrong("use adopt -i ${name}, or relocate -i ${a} -d b:1.")).toEqual(
			[],
		);
		expect(wrong("acknowledge it with ack-cluster-recoveries")).toEqual([
			"needs -reason",
		]);
		expect(wrong("use discover -i a:1 -d b:1")).toEqual(["does not take -d"]);
	});
});
