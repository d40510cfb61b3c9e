import type { Account } from "./plan-port.ts";
import type { Answer, Step } from "./step.ts";

/** Of a step that nobody answered for. */
export const NO_ANSWER: Answer = {
	outcome: "failed",
	effect: "unknown",
	reached: "",
	says: "no answer",
};

/** Of a step whose phase was broken off: nobody knows what it did. */
export const CUT_OFF: Answer = {
	...NO_ANSWER,
	says: "cut off: the operation was ended meanwhile",
};

/**
 * The answer to an opening, once it is known where its server stands. A hand-over has blocked another server's writes before: what it
 * did to that one stays as unknown as it was, and is taken back.
 */
export const settled = (
	step: Step,
	answer: Answer,
	account: Account,
): Answer => {
	const says = `${answer.says}; ${account.says}`;
	switch (account.where) {
		case "open":
			return { ...answer, outcome: "done", effect: "changed", says };
		case "closed":
		case "gone":
			return {
				...answer,
				outcome: "failed",
				effect: step.do === "handOver" ? answer.effect : "unchanged",
				says,
			};
		case "silent":
			return { ...answer, outcome: "failed", effect: "unknown", says };
	}
};
