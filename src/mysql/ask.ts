import type { Answer } from "./answer.ts";
import { ServerFault } from "./driver-error.ts";
import type { PollStatements, StatementName } from "./poll-statements.ts";
import type { RefusedStatements } from "./refused-statements.ts";
import type { Session } from "./session.ts";

export type Answers = Map<StatementName, Answer>;

export const isConfigured = (name: StatementName): boolean =>
	name.startsWith("configured-");

/** Asks in one round trip what was not refused within the last minute. */
export const ask = async (
	session: Session,
	statements: PollStatements,
	refused: RefusedStatements,
): Promise<Answers> => {
	const answers: Answers = new Map();
	const sent: [StatementName, string][] = [];
	for (const [name, sql] of statements) {
		const fault = refused.recall(session.server, sql);
		if (fault === undefined) sent.push([name, sql]);
		else answers.set(name, fault);
	}
	const got = await session.queryAll(sent.map(([, sql]) => sql));
	let broken = false;
	for (const [index, [name, sql]] of sent.entries()) {
		const answer = got[index] ?? [];
		answers.set(name, answer);
		if (!(answer instanceof ServerFault) || name === "separator") continue;
		if (answer.outcome === "refused-by-server") {
			// Who it is and how it replicates is asked again at once: nothing else counts without it.
			if (name !== "identity" && name !== "replicaStatus")
				refused.note(session.server, sql, answer);
		} else if (!broken) {
			// Of those that a time-out left unanswered, only the first was begun.
			broken = true;
			if (isConfigured(name)) refused.note(session.server, sql, answer);
		}
	}
	return answers;
};
