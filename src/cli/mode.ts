import type { LoadedConfiguration } from "../config/load.ts";
import { errors } from "../errors.ts";
import { PROMOTION_RULES } from "../surface/arguments/words.ts";
import type { Flags } from "./flag-table.ts";
import type { FlagValues } from "./flags.ts";

/** The mode that the words after the flags select. */
export type Mode =
	| { readonly kind: "cheat-sheet" }
	| { readonly kind: "usage"; readonly word: string }
	| { readonly kind: "topic"; readonly topic: string }
	| { readonly kind: "http" }
	/** Baton's own; `hint` names the cluster, empty when the flags do. */
	| { readonly kind: "why"; readonly hint: string }
	| { readonly kind: "command"; readonly name: string };

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
	if (word === "why") return { kind: "why", hint: topic };
	if (word === "cli") return { kind: "command", name: command };
	if (word !== "help") return { kind: "usage", word };
	const asked = topic || command;
	return asked === ""
		? { kind: "command", name: "help" }
		: { kind: "topic", topic: asked };
};

/** Checks that need no configuration. */
export const checkFlags = (flags: Flags, { s, d }: FlagValues): void => {
	if (s !== "" && d !== "") throw errors.bothDestinations();
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
