import type { ShownPlan } from "../../planning/plan-text.ts";
import { AnswerError } from "../answer-error.ts";
import type { Json } from "./go-json.ts";

/** What is said of an operation that was only asked for in advance. */
export const WOULD_BE_DONE = "as it would be done now; nothing was changed";

/** The plans as they would be run, with the text that is shown of them. @throws AnswerError Refused, with them, where it would be refused */
export const planDetails = ({ text, refusal, plans }: ShownPlan): Json => {
	const details: Json = {
		Text: text,
		// Data alone, as workflows are given it: what is undefined is left out.
		Plans: JSON.parse(JSON.stringify(plans)),
	};
	if (refusal === undefined) return details;
	throw new AnswerError("Refused", refusal, details);
};
