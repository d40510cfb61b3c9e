/** Completion for shells, made from the tables. */
import { errors } from "../errors.ts";
import type { Command } from "./command.ts";
import { COMMANDS } from "./command-table.ts";
import { OWN_DESTINATIONS } from "./flag-table.ts";
import { plainCommand, SHORT_WORDS } from "./plain-words.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

const MODES = ["http", "help", "version", "completion"];

/** That go with every command. */
const EVERYWHERE = ["-config", "-quiet", "-verbose", "-debug", "-json"];

interface Completed {
	readonly word: string;
	readonly summary: string;
	readonly flags: readonly string[];
	/** What its first word names. */
	readonly about: "cluster" | "instance" | "other";
}

const aboutOf = ({ flags }: Command): Completed["about"] => {
	if (flags.some(({ flag }) => flag === "-alias")) return "cluster";
	return flags.some(({ flag }) => flag === "-i") ? "instance" : "other";
};

const completed = (word: string, command: Command): Completed => ({
	word,
	summary: command.summary,
	flags: command.flags.flatMap(({ flag }) =>
		flag === "-d"
			? [flag, ...OWN_DESTINATIONS.map((name) => `-${name}`)]
			: [flag],
	),
	about: aboutOf(command),
});

const WORDS: readonly Completed[] = [
	...COMMANDS.map((each) => completed(each.name, each)),
	...Object.keys(SHORT_WORDS).flatMap((word) => {
		const command = plainCommand(word);
		return command === undefined ? [] : [completed(word, command)];
	}),
].toSorted((a, b) => (a.word < b.word ? -1 : 1));

const wordsAbout = (about: Completed["about"]): string =>
	WORDS.filter((each) => each.about === about)
		.map((each) => each.word)
		.join("|");

/** Not what a shell might read as anything but a word: servers give aliases, and the word stands on the line that is entered next. */
const PLAIN = `grep -av -e "[^[:alnum:]_.:@%+=,/-]" -e "^-"`;

/** What the store knows, asked when it is needed; a store that cannot be read completes nothing. */
const known = (program: string) => ({
	clusters: `${program} clusters-alias 2>/dev/null | cut -f2 | ${PLAIN}`,
	instances: `${program} all-instances 2>/dev/null | ${PLAIN}`,
});

const bash = (program: string): string => {
	const { clusters, instances } = known(program);
	return `# Completion of ${program} for bash: source it, or put it where bash-completion looks.
_${program}() {
	local word=\${COMP_WORDS[COMP_CWORD]} command=\${COMP_WORDS[1]} flags="" known="" IFS=$' \\n'
	COMPREPLY=()
	if [ "$COMP_CWORD" -eq 1 ]; then
		COMPREPLY=($(compgen -W "${[...MODES, ...WORDS.map((each) => each.word)].join(" ")}" -- "$word"))
		return
	fi
	if [[ $word == -* ]]; then
		case $command in
${WORDS.map((each) => `		${each.word}) flags="${each.flags.join(" ")}" ;;`).join("\n")}
		esac
		flags=" $flags ${EVERYWHERE.join(" ")}"
		if [[ $word == --* ]]; then flags=\${flags// -/ --}; fi
		COMPREPLY=($(compgen -W "$flags" -- "$word"))
		return
	fi
	case $command in
		help) COMPREPLY=($(compgen -W "${WORDS.map((each) => each.word).join(" ")}" -- "$word")) ;;
		completion) COMPREPLY=($(compgen -W "${SHELLS.join(" ")}" -- "$word")) ;;
		${wordsAbout("cluster")})
			if [ "$COMP_CWORD" -eq 2 ]; then
				known=$(${clusters})
			else
				known=$(${instances})
			fi ;;
		${wordsAbout("instance")}) known=$(${instances}) ;;
	esac
	# In single quotes: what -W is given is expanded once more.
	if [ -n "$known" ]; then COMPREPLY=($(compgen -W '$known' -- "$word")); fi
}
COMP_WORDBREAKS=\${COMP_WORDBREAKS//:/}
complete -F _${program} ${program}
`;
};

const zshText = (text: string): string =>
	text
		.replaceAll("'", "'\\''")
		.replaceAll(":", "\\:")
		.replaceAll("[", "(")
		.replaceAll("]", ")");

const zsh = (program: string): string => {
	const { clusters, instances } = known(program);
	return `#compdef ${program}
# Completion of ${program} for zsh: put it as _${program} in a folder of $fpath.
_${program}() {
	local -a words_known flags
	if (( CURRENT == 2 )); then
		words_known=(
${[
	...MODES.map((word) => `			'${word}'`),
	...WORDS.map((each) => `			'${each.word}:${zshText(each.summary)}'`),
].join("\n")}
		)
		_describe command words_known
		return
	fi
	if [[ $PREFIX == -* ]]; then
		case $words[2] in
${WORDS.map((each) => `			${each.word}) flags=(${each.flags.join(" ")}) ;;`).join("\n")}
		esac
		flags+=(${EVERYWHERE.join(" ")})
		if [[ $PREFIX == --* ]]; then flags=(-\${^flags}); fi
		compadd -- $flags
		return
	fi
	case $words[2] in
		help) compadd -- ${WORDS.map((each) => each.word).join(" ")} ;;
		completion) compadd -- ${SHELLS.join(" ")} ;;
		${wordsAbout("cluster")})
			if (( CURRENT == 3 )); then
				compadd -- \${(f)"$(${clusters})"}
			else
				compadd -- \${(f)"$(${instances})"}
			fi ;;
		${wordsAbout("instance")}) compadd -- \${(f)"$(${instances})"} ;;
	esac
}
if [ "$funcstack[1]" = "_${program}" ]; then _${program} "$@"; else compdef _${program} ${program}; fi
`;
};

const fishText = (text: string): string =>
	`'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

/** With one dash and with two, as they are read. */
const fishFlag = (flag: string): string => {
	const name = flag.slice(1);
	return name.length === 1 ? `-s ${name}` : `-o ${name} -l ${name}`;
};

const fish = (program: string): string => {
	const { clusters, instances } = known(program);
	const after = (words: string): string =>
		`-n '__fish_seen_subcommand_from ${words.replaceAll("|", " ")}'`;
	const line = (rest: string): string => `complete -c ${program} ${rest}`;
	return [
		`# Completion of ${program} for fish: put it as ${program}.fish in a folder of $fish_complete_path.`,
		line("-f"),
		...MODES.map((word) => line(`-n __fish_use_subcommand -a ${word}`)),
		...WORDS.map((each) =>
			line(
				`-n __fish_use_subcommand -a ${each.word} -d ${fishText(each.summary)}`,
			),
		),
		...WORDS.flatMap((each) =>
			each.flags.map((flag) => line(`${after(each.word)} ${fishFlag(flag)}`)),
		),
		...EVERYWHERE.map((flag) => line(fishFlag(flag))),
		line(`${after("help")} -a '${WORDS.map((each) => each.word).join(" ")}'`),
		line(`${after("completion")} -a '${SHELLS.join(" ")}'`),
		line(`${after(wordsAbout("cluster"))} -a '(${clusters})'`),
		line(
			`${after(`${wordsAbout("instance")}|${wordsAbout("cluster")}`)} -a '(${instances})'`,
		),
		"",
	].join("\n");
};

const SCRIPTS: Readonly<
	Record<(typeof SHELLS)[number], (program: string) => string>
> = { bash, zsh, fish };

/** The script that the shell reads. @throws BatonError BadInput for a shell that it is not made for */
export const completionOf = (program: string, shell: string): string => {
	const known = SHELLS.find((each) => each === shell);
	if (known === undefined)
		throw errors.noShell({ program, shell, shells: SHELLS.join("|") });
	return SCRIPTS[known](program);
};
