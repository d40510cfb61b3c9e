import { errors } from "../errors.ts";
import {
	commandNamed,
	commandsByCategory,
	isNotBuilt,
} from "./command-table.ts";

const NAME_COLUMNS = 40;

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

/** A topic: its name, then its text. Unknown ones have none. */
export const topicText = (topic: string): string =>
	`${topic}:\n${commandNamed(topic)?.help ?? ""}\n`;

/** Said of a word that names no command here. */
export const unknownCommand = (program: string, name: string): string =>
	isNotBuilt(name)
		? errors.commandNotBuilt({ program, command: name }).message
		: `Unknown command: ${JSON.stringify(name)}; '${program} help' lists those that there are`;

/** What the bare invocation prints. */
export const cheatSheet = (program: string): string =>
	`${program} [-c command] [-i instance] [-d destination] [-alias cluster] [flags] [cli|http|why|help]

Serve the API and the pages, watch and recover:
    ${program} http
Show a replication tree:
    ${program} -c topology -alias mycluster
Say what is known of a cluster, and what would be done about it:
    ${program} why mycluster
Move a replica below another server:
    ${program} -c relocate -i db7.example.com -d db2.example.com

'${program} help' lists the commands, '${program} -help' the flags.
`;

/** Said on stderr to a word that is none of the modes. */
export const shortUsage = (program: string, word: string): string =>
	`${program}: unknown word ${JSON.stringify(word)}
Usage: ${program} [flags] -c command [cli]
       ${program} [flags] http
       ${program} [flags] why [cluster]
       ${program} [flags] help [topic]
`;
