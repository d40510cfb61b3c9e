// The Temporal UI shows summaries and details as Markdown. What servers, operators and other programs said is part of them.

/** Control characters, and marks that turn the direction of what follows. */
const ACTING = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** What begins or ends something within a line. An underscore within a word is a letter. */
const SIGNS = /[\\`*[\]<>~|&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** What begins something at the beginning of a line. */
const BEGINNING = /^(\s*\d*)([-+#=]|(?<=\d)[.)])/u;

/** What is made a link without any sign. */
const ADDRESS = /(?<=\b[a-z][a-z\d+.-]*:)(?=\/\/)|(?<=\bwww)(?=\.)|(?=@)/giu;

/** Shows nothing and parts an address, which then leads nowhere. */
const NOTHING = "\u200b";

/** Text as it is, on one line, in which nothing is Markdown: no link, no image, no heading, and no line of its own. */
export const inMarkdown = (text: string): string =>
	text
		.replaceAll(/\s+/gu, " ")
		.replaceAll(ACTING, "\ufffd")
		.replaceAll(SIGNS, "\\$&")
		.replace(BEGINNING, "$1\\$2")
		.replaceAll(ADDRESS, NOTHING);

/** What Temporal takes for a summary, bytes; it refuses the workflow's task for a longer one. */
const LONGEST_SUMMARY = 400;

const bytesOf = (character: string): number => {
	const code = character.codePointAt(0) ?? 0;
	if (code < 0x80) return 1;
	if (code < 0x800) return 2;
	return code < 0x10000 ? 3 : 4;
};

/** The same as a summary: cut off where Temporal would not take more of it. */
export const asSummary = (text: string): string => {
	let summary = "";
	let bytes = bytesOf("…");
	for (const character of inMarkdown(text)) {
		bytes += bytesOf(character);
		// What was begun with a backslash is left out whole.
		if (bytes > LONGEST_SUMMARY) return `${summary.replace(/\\+$/, "")}…`;
		summary += character;
	}
	return summary;
};

/** Lines as they are, as one block in which nothing is Markdown. */
export const blockInMarkdown = (text: string): string => {
	let longest = 2;
	for (const [run] of text.matchAll(/`+/g))
		longest = Math.max(longest, run.length);
	const fence = "`".repeat(longest + 1);
	const lines = text
		.split("\n")
		.map((line) => line.replaceAll("\t", "  ").replaceAll(ACTING, "\ufffd"));
	return [fence, ...lines, fence].join("\n");
};
