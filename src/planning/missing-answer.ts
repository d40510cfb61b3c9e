import type { Account } from "./plan-port.ts";
import type { Answer } from "./step.ts";

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

/** The answer to an opening, once it is known where its server stands. */
export const settled = (answer: Answer, account: Account): Answer => {
	const says = `${answer.says}; ${account.says}`;
	switch (account.where) {
		case "open":
			return { ...answer, outcome: "done", effect: "changed", says };
		case "closed":
		case "gone":
			return { ...answer, outcome: "failed", effect: "unchanged", says };
		case "silent":
			return { ...answer, outcome: "failed", effect: "unknown", says };
	}
};
