import type { Json } from "../compat/json/go-json.ts";
import { type BatonError, errors } from "../errors.ts";
import { alike, didYouMean, meant } from "../naming/near.ts";
import type { Command } from "./command.ts";
import {
	COMMANDS,
	commandNamed,
	commandsByCategory,
	isNotBuilt,
	OWN_SYNONYMS,
	SYNONYMS,
} from "./command-table.ts";
import { usedInstead } from "./other-names.ts";
import { plainCommand, plainUsage, SHORT_WORDS } from "./plain-words.ts";

const NAME_COLUMNS = 40;

const MODES = ["http", "cli", "help", "version", "completion"];

/** The listing of commands. Ends in a newline. */
export const commandListing = (program: string): string => {
	const categories = commandsByCategory().map(
		({ category, commands }) =>
			`${category}:\n${commands
				.map((each) => `\t${each.name.padEnd(NAME_COLUMNS)}${each.summary}\n`)
				.join("")}`,
	);
	return [
		"Available commands (-c):\n",
		...categories,
		`Run '${program} help <command>' for detailed help on given command, e.g. '${program} help relocate'\n`,
		`Usage: ${program} -c <command> [-i <instance.fqdn>[:<port>]] [-alias <cluster>] [-d <destination>] ...\n`,
	].join("");
};

const commandJson = (command: Command) => ({
	Name: command.name,
	Category: command.category,
	Access: command.access,
	Summary: command.summary,
	Flags: command.flags.map(({ flag, isRequired }) => ({
		Flag: flag,
		Required: isRequired,
	})),
	Help: command.help,
});

/** The commands, for programs. */
export const listingJson = (): Json => COMMANDS.map(commandJson);

/** The same of one. */
export const topicJson = (command: Command): Json => commandJson(command);

/** A topic: its name, then its text. Unknown ones have none. */
export const topicText = (topic: string): string =>
	`${topic}:\n${commandNamed(topic)?.help ?? ""}\n`;

/** The same as Baton's own form tells it: how it is typed comes first. Ends in a newline. */
export const plainTopic = (program: string, command: Command): string =>
	`Usage: ${plainUsage(program, command)}\n\n${command.help}\n`;

/** All names that a command goes by. */
const NAMES: readonly string[] = [
	...COMMANDS.map((each) => each.name),
	...Object.keys(SYNONYMS),
	...Object.keys(OWN_SYNONYMS),
	...Object.keys(SHORT_WORDS),
];

/** Of a name that no command goes by here. */
export const unknownCommand = (program: string, name: string): BatonError => {
	const instead = usedInstead(name);
	if (instead !== undefined)
		return errors.usedInstead({ command: name, instead });
	return isNotBuilt(name)
		? errors.commandNotBuilt({ program, command: name })
		: errors.unknownCommand({
				program,
				command: name,
				near: didYouMean(name, NAMES),
			});
};

/** Of a word that is none of the modes. */
export const unknownWord = (
	program: string,
	word: string,
	command: string,
): BatonError => {
	if (command !== "" && plainCommand(word) !== undefined)
		return errors.wordAfterCommand({ program, word, command });
	const instead = usedInstead(word);
	if (instead !== undefined)
		return errors.usedInstead({ command: word, instead });
	const near = alike(word, [...MODES, ...NAMES]);
	return errors.unknownWord({ program, word, near: meant(near) });
};

/** What the bare invocation prints. */
export const cheatSheet = (program: string): string =>
	`${program} [-c command] [-i instance] [-d destination] [-alias cluster] [flags] [cli|http|help|command]

Serve the API and the pages, watch and recover:
    ${program} http
Show a replication tree:
    ${program} -c topology -alias mycluster
Say what is known of a cluster, and what would be done about it:
    ${program} why mycluster
Move a replica below another server:
    ${program} -c relocate -i db7.example.com -d db2.example.com
The same, and a planned change of primary, as plain words:
    ${program} relocate db7.example.com --below db2.example.com
    ${program} takeover mycluster --to db2.example.com

'${program} help' lists the commands, '${program} -help' the flags.
`;

/** Said on stderr to a word that is none of the modes. */
export const shortUsage = (program: string): string =>
	`Usage: ${program} [flags] -c command [cli]
       ${program} [flags] http
       ${program} command [words] [flags]
       ${program} [flags] help [topic]
`;
