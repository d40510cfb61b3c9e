/** The manual's page of the command line, made from the tables. `npx tsx src/manual/command-line.ts > docs/cli.md` */
import { pathToFileURL } from "node:url";
import type { Command } from "../cli/command.ts";
import {
	commandsByCategory,
	OWN_SYNONYMS,
	SYNONYMS,
} from "../cli/command-table.ts";
import { DROP_IN_FLAGS, OWN_FLAGS } from "../cli/flag-table.ts";
import type { FlagSpec } from "../cli/flags.ts";
import { SHORT_WORDS } from "../cli/plain-words.ts";

const cell = (text: string): string => text.replaceAll("|", "\\|");

const row = (...cells: readonly string[]): string =>
	`| ${cells.map(cell).join(" | ")} |`;

const table = (
	heads: readonly string[],
	rows: readonly (readonly string[])[],
): string =>
	[
		row(...heads),
		row(...heads.map(() => "---")),
		...rows.map((each) => row(...each)),
	].join("\n");

const flagsText = (command: Command): string =>
	command.flags
		.map(({ flag, isRequired }) =>
			isRequired ? `\`${flag}\`` : `[\`${flag}\`]`,
		)
		.join(" ");

const kindOf = ({ access, severity }: Command): string =>
	severity === undefined ? access : `operation: ${severity}`;

const flagRow = (flag: FlagSpec): string[] => [
	`\`-${flag.name}\``,
	flag.type,
	flag.default === "" ? "" : `\`${flag.default}\``,
	flag.usage,
];

/** The page as Markdown; ends in a newline. */
export const commandLinePage = (): string => {
	const sections = commandsByCategory().map(
		({ category, commands }) =>
			`### ${category || "Whole lists, for other programs"}\n\n${table(
				["command", "flags", "kind", "what it does"],
				commands.map((each) => [
					`\`${each.name}\``,
					flagsText(each),
					kindOf(each),
					each.help,
				]),
			)}`,
	);
	const synonyms = Object.entries({ ...SYNONYMS, ...OWN_SYNONYMS }).map(
		([from, to]) => [`\`${from}\``, `\`${to}\``],
	);
	const shortWords = Object.entries(SHORT_WORDS)
		.map(([word, name]) => `\`${word}\` for \`${name}\``)
		.join(", ");
	const flagHeads = ["flag", "type", "default", "meaning"];
	return `# The command line

This page is generated from the tables in \`src/cli\`: \`npx tsx src/manual/command-line.ts > docs/cli.md\`.

\`baton\` and \`orchestrator\` are the same program. Results go to stdout, everything else to stderr.

| call | effect |
| --- | --- |
| \`baton [flags] -c COMMAND\` | runs one command |
| \`baton [flags] http\` | serves the API and the pages, watches and recovers |
| \`baton COMMAND [WORDS] [flags]\` | runs one command as a person types it, see below |
| \`baton help\`, \`baton help COMMAND\` | lists the commands, explains one |
| \`baton -help\`, \`baton COMMAND --help\` | lists the flags; says how a command is typed |
| \`baton version\`, \`baton -version\` | prints the version |
| \`baton completion bash\`, \`zsh\`, \`fish\` | prints what completes commands, flags, clusters and servers in that shell |

Exit status: 0 done (also "nothing to do"), 1 failed, 2 wrong flags. A failure is one line on stderr, \`YYYY-MM-DD hh:mm:ss FATAL text\`.

Plain words name, in this order, what the command is about (a cluster, by its name, alias or one of its servers; else an instance), where to (\`-d\`, also
\`--to\` and \`--below\`), and what it cannot do without. Flags may stand anywhere; a word or a flag that the command has no use for is refused.
Short words: ${shortWords}. For example \`baton topology shop\`, \`baton takeover shop --to db2\`, \`baton relocate db7 db2\`, \`baton find '^db'\`.

\`-i\` takes \`host\`, \`host:port\` or a list, parted by commas or blanks: the command runs for each in turn and stops at the first failure.
A shortened host is completed when only one known instance matches. Without \`-i\` the local host is meant; text that is no instance is refused.
A cluster is selected by \`-alias\` (name or alias), else by an instance of it in \`-i\`, else by the local host when neither is given.

Commands of kind *reads* answer from the store (\`explain\` and \`why\` look at the servers too), those of kind *changes* change the store. *Operations* change servers and need Temporal,
one at a time for each cluster: a forced *failover*, and one that Baton starts by itself, ends a *planned* change or a *repair* that runs; any other is refused while one runs.

Every command that changes something can be asked for in advance: with \`-dry-run\`, or as plain words with \`explain\` in front of it (\`baton explain takeover shop --to db2\`).
Of an operation the plan is printed that would be run now, with whom it would touch, the candidates and why, while which phases no server takes writes, and what would be lost;
of a change of the store what would be changed, which is done in a transaction and taken back. Nothing is changed. It fails, with the reason, where the command would be refused.

\`-json\` is taken by every command: one line of JSON for each instance in \`-i\`. Reads tell what the API answers to the same thing, changes the API's envelope
\`{"Code", "Message", "Details"}\`, failures \`{"Code": "ERROR", …}\` beside the line on stderr; the exit status is the same as without. With \`-dry-run\` the plans of an operation are in \`Details\`.
Where a word is mistyped or a flag unknown, that is told as JSON, too.

## Commands

${sections.join("\n\n")}

## Flags

Flags are read as Go programs do: one or two dashes, \`-name value\` or \`-name=value\`, booleans take a value only with \`=\`,
and flags behind the first word that is no flag are not read. What is not read is told, and a command that changes something is then
refused. Baton's own \`why\` reads its flags wherever they stand.

${table(flagHeads, DROP_IN_FLAGS.map(flagRow))}

Baton's own:

${table(flagHeads, OWN_FLAGS.map(flagRow))}

## Older names

Accepted for the names on the right, as far as that command exists.

${table(["name", "command"], synonyms)}
`;
};

const isRunDirectly =
	process.argv[1] !== undefined &&
	import.meta.url === pathToFileURL(process.argv[1]).href;

if (isRunDirectly) process.stdout.write(commandLinePage());
