import type { LoadedConfiguration } from "../config/load.ts";
import { errors } from "../errors.ts";
import { PROMOTION_RULES } from "../surface/arguments/words.ts";
import { DESTINATIONS, type Flags, OWN_DESTINATIONS } from "./flag-table.ts";
import type { FlagValues } from "./flags.ts";
import { type PlainLine, plainCommand, plainLineOf } from "./plain-words.ts";

/** The mode that the words after the flags select. */
export type Mode =
	| { readonly kind: "cheat-sheet" }
	| { readonly kind: "usage"; readonly word: string }
	| { readonly kind: "topic"; readonly topic: string }
	| { readonly kind: "http" }
	| { readonly kind: "version" }
	| { readonly kind: "completion"; readonly shell: string }
	/** Baton's own form. */
	| ({ readonly kind: "plain" } & PlainLine)
	| { readonly kind: "command"; readonly name: string };

const MODES_OF_DROP_IN: ReadonlySet<string> = new Set(["http", "cli", "help"]);

/** Words of Baton's own that are no commands. */
const OWN_MODES: ReadonlySet<string> = new Set(["version", "completion"]);

/** Whether the line is of Baton's own form, in which flags count behind words, too. Beside -c it is the drop-in one. */
export const isPlain = (command: string, word: string): boolean =>
	!MODES_OF_DROP_IN.has(word) &&
	(word === "why" ||
		(command === "" &&
			(OWN_MODES.has(word) || plainCommand(word) !== undefined)));

const plainMode = (typed: readonly string[]): Mode => {
	const [word = "", ...words] = typed;
	if (word === "version") return { kind: "version" };
	if (word === "completion")
		return { kind: "completion", shell: words.join(" ") };
	const line = plainLineOf(typed);
	return line === undefined
		? { kind: "usage", word }
		: { kind: "plain", ...line };
};

export const modeOf = (
	command: string,
	positional: readonly string[],
): Mode => {
	const [word, topic = ""] = positional;
	if (word === undefined)
		return command === ""
			? { kind: "cheat-sheet" }
			: { kind: "command", name: command };
	if (word === "http") return { kind: "http" };
	if (word === "cli") return { kind: "command", name: command };
	if (isPlain(command, word)) return plainMode(positional);
	if (word !== "help") return { kind: "usage", word };
	const asked = topic || command;
	return asked === ""
		? { kind: "command", name: "help" }
		: { kind: "topic", topic: asked };
};

/** Checks that need no configuration. */
export const checkFlags = (
	flags: Flags,
	values: FlagValues,
	mode: Mode,
): void => {
	const own = OWN_DESTINATIONS.find((name) => values[name] !== "");
	if (own !== undefined && mode.kind !== "plain")
		throw errors.flagNotTaken({
			command: flags.command || mode.kind,
			flag: `-${own}`,
		});
	const [first, second] = DESTINATIONS.filter((name) => values[name] !== "");
	if (first === "d" && second === "s") throw errors.bothDestinations();
	if (first !== undefined && second !== undefined)
		throw errors.givenTwice({
			word: String(values[first]),
			flag: `-${second}`,
			other: String(values[second]),
		});
	if (!PROMOTION_RULES.some((rule) => rule === flags.promotionRule))
		throw errors.noPromotionRule({
			text: flags.promotionRule,
			rules: PROMOTION_RULES,
		});
};

/** The reference keeps its direct command line away from a backend that raft owns. */
export const checkRaft = (loaded: LoadedConfiguration, flags: Flags): void => {
	if (loaded.config.RaftEnabled && !flags.ignoreRaftSetup)
		throw errors.raftConfigured();
};
