import { okJson } from "../compat/json/envelope.ts";
import type { Json } from "../compat/json/go-json.ts";
import { planDetails, WOULD_BE_DONE } from "../compat/json/plan.ts";
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

/** The same as JSON. @throws AnswerError Refused, with the plans */
export const planJson = (shown: ShownPlan): Json =>
	okJson(WOULD_BE_DONE, planDetails(shown));
