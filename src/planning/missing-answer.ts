import type { Phase } from "./plan.ts";
import type { Account, PlanPort } from "./plan-port.ts";
import { type Answer, isGood, mayOpen, type Step } from "./step.ts";

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
const settled = (step: Step, answer: Answer, account: Account): Answer => {
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

/**
 * Replaces the answers of openings that may or may not have come about.
 * @returns a server that may be open and says nothing
 */
export const accountForAll = async (
	port: Pick<PlanPort, "account">,
	phase: Phase,
	answers: Answer[],
): Promise<Account | undefined> => {
	let silent: Account | undefined;
	for (const [at, step] of phase.steps.entries()) {
		const answer = answers[at];
		if (
			answer === undefined ||
			!mayOpen(step) ||
			isGood(answer) ||
			answer.effect === "unchanged"
		)
			continue;
		const account = await port.account(step.on);
		answers[at] = settled(step, answer, account);
		if (account.where === "silent") silent = account;
	}
	return silent;
};
