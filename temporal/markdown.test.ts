import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { asSummary, blockInMarkdown, inMarkdown } from "./markdown.ts";

describe("text within Markdown", () => {
	it.each([
		"takeover of shop",
		"db-1.example.com:3306 replicates from db_2:3306, and lacks a-b-c:1-5",
		"BatonMode is lossless (see below); 3 % of it; 50 ms",
		"rejoin ::1:3306",
	])("stays as it is: %s", (text) => {
		expect(inMarkdown(text)).toBe(text);
	});

	it.each([
		["[here](http://evil)", "\\[here\\](http:\u200b//evil)"],
		["![](https://evil/x.png)", "!\\[\\](https:\u200b//evil/x.png)"],
		["<img src=x>", "\\<img src=x\\>"],
		["**bold** _it_ `code`", "\\*\\*bold\\*\\* \\_it\\_ \\`code\\`"],
		["www.evil.example", "www\u200b.evil.example"],
		["me@evil.example", "me\u200b@evil.example"],
		["&lt;b&gt;", "\\&lt;b\\&gt;"],
		["a\\", "a\\\\"],
		["# big", "\\# big"],
		["- item", "\\- item"],
		["1. item", "1\\. item"],
		["line\n\n# other\r\n- item", "line # other - item"],
		["red\u001b[31m\u202egnp", "red\ufffd\\[31m\ufffdgnp"],
	])("is none of it: %j", (text, shown) => {
		expect(inMarkdown(text)).toBe(shown);
	});
});

it("a summary is no longer than Temporal takes", () => {
	const bytes = (text: string) => Buffer.byteLength(text);
	expect(asSummary("takeover of [shop]")).toBe("takeover of \\[shop\\]");
	for (const sign of ["a", "*", "é", "€", "😀", "a*"]) {
		const cut = asSummary(sign.repeat(400));
		expect(bytes(cut)).toBeLessThanOrEqual(400);
		expect(bytes(cut)).toBeGreaterThan(390);
		expect(cut).toMatch(/[^\\]…$/);
	}
	expect(asSummary("a".repeat(397))).toBe("a".repeat(397));
});

describe("lines within Markdown", () => {
	it("are a block that nothing in them ends", () => {
		expect(blockInMarkdown("a\n  b")).toBe("```\na\n  b\n```");
		expect(blockInMarkdown("a\n```\n[x](http://evil)\n````")).toBe(
			"`````\na\n```\n[x](http://evil)\n````\n`````",
		);
		const many = "` ".repeat(300_000);
		expect(blockInMarkdown(many)).toBe(`\`\`\`\n${many}\n\`\`\``);
		expect(blockInMarkdown("a\u001b[2J\r")).toBe("```\na\ufffd[2J\ufffd\n```");
	});
});

it("whatever goes to the Temporal UI goes through it", () => {
	const files = ["workflows", "temporal"].flatMap((folder) =>
		readdirSync(new URL(`../${folder}/`, import.meta.url))
			.filter((each) => /(?<!\.test)\.ts$/.test(each) && each !== "markdown.ts")
			.map((each) => `${folder}/${each}`),
	);
	const shown = files.flatMap((file) =>
		[
			...readFileSync(new URL(`../${file}`, import.meta.url), "utf8").matchAll(
				/\b(?:summary|staticSummary|staticDetails):\s*(\S+)|\bsetCurrentDetails\(\s*([^)\s]+)/g,
			),
		].map(([, summary, details]) => `${file}: ${summary ?? details}`),
	);
	expect(shown.length).toBeGreaterThan(15);
	const isSafe = (each: string): boolean =>
		/: (asSummary\(|inMarkdown\(|blockInMarkdown\(|"|described\(|details\(|detailsOf\(|state\.details\(|string[,;])/.test(
			each,
		);
	expect(shown.filter((each) => !isSafe(each))).toEqual([]);
});
