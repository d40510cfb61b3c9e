import type { StepOf } from "../../planning/step.ts";
import { numberOf, textOf } from "../cell.ts";
import { serverFault } from "../driver-error.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

/** Threads of the server itself: replication would break by it. */
const OWN_USERS: ReadonlySet<string> = new Set([
	"system user",
	"event_scheduler",
]);

/** It ended by itself in between. */
const NO_SUCH_THREAD = 1094;

/** Ends the statement that a connection runs. Run twice it may end the next one too. */
export const killQuery = (
	run: StepRun,
	{ on, process }: StepOf<"killQuery">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const row = (await session.read(session.dialect.processesQuery)).find(
			(each) => numberOf(each, "id") === process,
		);
		const gone = finding("refused", `${on} has no connection ${process}`);
		if (row === undefined) return gone;
		const user = textOf(row, "user");
		if (OWN_USERS.has(user))
			return finding(
				"refused",
				`connection ${process} of ${on} is a thread of the server itself (${user}); use stop-replica for replication`,
			);
		try {
			await session.write(`KILL QUERY ${process}`, { isFleeting: true });
		} catch (error) {
			if (serverFault(error).errno === NO_SUCH_THREAD) return gone;
			throw error;
		}
		return finding(
			"done",
			`ended what connection ${process} of ${on} (${user}) was running`,
		);
	});
