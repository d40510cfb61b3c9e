import { AnswerError } from "../compat/answer-error.ts";
import { okJson } from "../compat/json/envelope.ts";
import type { Json } from "../compat/json/go-json.ts";
import { BatonError } from "../errors.ts";
import type { ShownPlan } from "../planning/plan-text.ts";
import type { CommandContext } from "./command.ts";

/** Prints what would be done. @throws BatonError Refused where it would be refused: asking in advance fails for what asking in earnest does */
export const printPlan = (
	context: Pick<CommandContext, "print">,
	{ text, refusal }: ShownPlan,
): void => {
	context.print(text.replace(/\n$/, ""));
	if (refusal !== undefined) throw new BatonError("Refused", refusal);
};

/** The same as JSON: the plans as they would be run, each with the text that is shown of it. @throws AnswerError Refused, with them */
export const planJson = ({ text, refusal, plans }: ShownPlan): Json => {
	const details: Json = {
		Text: text,
		// Data alone, as workflows are given it: what is undefined is left out.
		Plans: JSON.parse(JSON.stringify(plans)),
	};
	if (refusal !== undefined) throw new AnswerError("Refused", refusal, details);
	return okJson("as it would be done now; nothing was changed", details);
};
