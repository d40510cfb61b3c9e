/** Writes the manual's page of configuration keys. `npx tsx src/manual/configuration.ts` renews docs/configuration.md. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Effect, type KeyDefinition, reasonOf } from "../config/key.ts";
import {
	KEY_GROUPS,
	KEY_NAMES,
	KEYS,
	ORCHESTRATOR_KEYS,
} from "../config/keys.ts";

const INTRODUCTION = `# Configuration

This page is generated from the key tables in \`src/config\`; do not edit it.

Baton reads configuration files of orchestrator 3.2.6 as they are: one JSON object of the keys below. With
\`-config FILE\` only that file is read, and it must exist. Otherwise these are read, each on top of the previous ones,
and missing ones are skipped: \`/etc/orchestrator.conf.json\`, \`conf/orchestrator.conf.json\`, \`orchestrator.conf.json\`
(the last two from the working directory). Each file is checked by itself as soon as it has been read.

- **Names** are taken in any case. Unknown names are ignored, with a warning that names the nearest key; names that begin
  with \`#\` or \`_\` are comments. Of a repeated name the last one counts.
- **Types** are strict: \`"true"\` is no bool, \`1\` is no bool, \`5.0\` is no whole number. \`uint\` is a whole number that is
  not negative. \`null\` leaves a value as it is, and empties a list or map.
- **Layers**: a list replaces the earlier list; \`ClusterNameToAlias\` is added to.
- **No file at all**: the store is a SQLite file in \`BatonDataDirectory\`, and \`ListenAddress\` is \`127.0.0.1:3000\`. As
  soon as there is a file, the defaults below hold, which are orchestrator's.
- **Passwords**: \`\${NAME}\` anywhere in \`MySQLTopologyPassword\` or \`MySQLOrchestratorPassword\` replaces the whole value by
  that environment variable. No other key is expanded.
- **Credentials files** hold a section \`[client]\` with \`user\` and \`password\`, nothing else; \`#\` and \`;\` begin comments,
  double quotes keep them in a value. The file replaces both values, also by nothing.
- **Hosts** are shown, stored and compared in lower case, and IPv6 addresses without brackets in their shortest form: \`[0:0:0:0:0:0:0:1]\`
  is \`::1\`, \`::ffff:10.0.0.1\` is \`10.0.0.1\`. So are names of clusters, which are hosts. A virtual name
  (\`register-hostname-unresolve\`) stays as it was given. Patterns that are searched in hosts do not mind the case, and what
  \`DataCenterPattern\` and its kin take out of one is in lower case.
- **Host filters** are IP addresses, which must equal the host, or regular expressions searched in \`host:port\`.
- **Cluster filters** are, first match wins: the cluster's name, its alias, \`alias=NAME\`, \`alias~=REGEXP\`, \`*\`, or a
  regular expression searched in the cluster's name. An empty entry matches nothing.
- **Regular expressions** are those of Go (RE2), except flags inside an expression, Unicode classes and negated POSIX
  classes; \`(?i)\` at the start works. An invalid one never matches, and a warning says so.

**Reload** (SIGHUP to the node's process: \`kill -HUP PID\`) reads the same files again, on top of the values in force: a key
removed from a file keeps its value. A file that cannot be taken leaves the old configuration in force; orchestrator
exits in that case. *Reload* says when a new value acts: \`live\` at once, \`start\` at the next start, \`reload\` with the
reload, \`none\` never.

**Effect**: *yes* the key acts; *not yet* it is accepted and has no effect in this version; *none* it is accepted and has
none. Keys without effect that a file sets are named in one line each at start.
`;

const EFFECTS: Readonly<Record<Effect, string>> = {
	honoured: "yes",
	notYet: "not yet",
	none: "none",
};

const cell = (text: string): string => text.replaceAll("|", "\\|");

const typeOf = ({ type, unit, choices }: KeyDefinition): string => {
	if (choices !== undefined) return choices.join(", ");
	return unit === undefined || unit === "count" ? type : `${type}, ${unit}`;
};

const row = ([name, definition]: [string, KeyDefinition]): string => {
	const reason = reasonOf(definition);
	const says = `${definition.meaning}${reason === "" ? "" : ` *${reason}*`}`;
	const value = `\`${JSON.stringify(definition.default)}\``;
	return `| \`${name}\` | ${typeOf(definition)} | ${value} | ${definition.reload} | ${EFFECTS[definition.effect]} | ${cell(says)} |`;
};

const section = ({ title, keys }: (typeof KEY_GROUPS)[number]): string =>
	[
		`## ${title}\n`,
		"| Key | Type | Default | Reload | Effect | Meaning |",
		"|---|---|---|---|---|---|",
		...Object.entries(keys).map(row),
		"",
	].join("\n");

const summary = (): string => {
	const count = (effect: Effect) =>
		Object.values<KeyDefinition>(ORCHESTRATOR_KEYS).filter(
			(definition) => definition.effect === effect,
		).length;
	const own = KEY_NAMES.length - Object.keys(ORCHESTRATOR_KEYS).length;
	return `Of orchestrator's ${Object.keys(ORCHESTRATOR_KEYS).length} keys, ${count("honoured")} act, ${count("notYet")} do not yet, and ${count("none")} have nothing to act on. Baton adds ${own}, which begin with \`Baton\`.\n`;
};

const secrets = (): string =>
	`Shown blanked wherever a configuration is shown: ${KEY_NAMES.filter(
		(name) => (KEYS[name] as KeyDefinition).secret,
	)
		.map((name) => `\`${name}\``)
		.join(", ")}.\n`;

/** The whole page, as Markdown. */
export const configurationDocument = (): string =>
	[INTRODUCTION, summary(), secrets(), ...KEY_GROUPS.map(section)].join("\n");

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeFileSync(
		new URL("../../docs/configuration.md", import.meta.url),
		configurationDocument(),
	);
