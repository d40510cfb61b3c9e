/** Writes the manual's page of errors. `npx tsx src/manual/errors.ts` renews docs/errors.md. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ERROR_KINDS, SUBJECTS } from "../errors.ts";

const INTRODUCTION = `# Errors

This page is generated from the catalogue in \`src/errors.ts\`; do not edit it.

Each error has a code, and a message that names the thing, the reason and, where there is one, the remedy. The code decides
how a call ends:

- **HTTP status**: of the routes that are Baton's own. Those of orchestrator answer 500 for every failure, as there, with the
  message in the envelope.
- **Exit**: the exit code of the command line.
- **Passes**: the same call may succeed later, without anything else being changed.

A workflow fails with the code as the type of its \`ApplicationFailure\`.

## Codes

| Code | HTTP status | Exit | Passes | What it is |
|---|---|---|---|---|`;

const PASSED_ON = `Not in these tables is what Baton passes on: what the schema of a request says of a field, why an operation or its plan was
refused, and what the driver, the operating system or Temporal says of a fault that none of these covers (\`Internal\`).
`;

const codeRow = ([code, kind]: [
	string,
	(typeof ERROR_KINDS)[keyof typeof ERROR_KINDS],
]): string =>
	`| \`${code}\` | ${kind.httpStatus} | ${kind.exitCode} | ${kind.retryable ? "yes" : "no"} | ${kind.says} |`;

/** As code, in which Markdown leaves `<` and `|` as they are; two backticks, since some messages have one. */
const inCode = (words: string): string =>
	`\`\` ${words.replaceAll("|", "\\|")} \`\``;

const section = ([title, templates]: [
	string,
	(typeof SUBJECTS)[keyof typeof SUBJECTS],
]): string =>
	[
		`### ${title}\n`,
		"| Code | Says |",
		"|---|---|",
		...Object.values(templates).map(
			({ code, words }) => `| \`${code}\` | ${inCode(words)} |`,
		),
		"",
	].join("\n");

/** The whole page, as Markdown. */
export const errorsDocument = (): string =>
	[
		INTRODUCTION,
		...Object.entries(ERROR_KINDS).map(codeRow),
		"",
		"## Messages\n",
		"`<name>` stands for what is put in; within quotes it is escaped as in JSON.\n",
		...Object.entries(SUBJECTS).map(section),
		PASSED_ON,
	].join("\n");

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeFileSync(
		new URL("../../docs/errors.md", import.meta.url),
		errorsDocument(),
	);
