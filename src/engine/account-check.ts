import type { Servers } from "../mysql/servers.ts";
import { withReader } from "../mysql/step-session.ts";
import { findCredential } from "../mysql/steps/find-credential.ts";
import type { StepRun } from "../mysql/steps/step-context.ts";
import type { Plan } from "../planning/plan.ts";
import { soughtFrom, withoutAccount } from "../planning/sought-account.ts";

/** Deadlines of a session that only looks, milliseconds. */
const LIMITS = { connectMs: 1_500, queryMs: 5_000 };

/** A session that only looks, for {@link createAccountCheck}. */
export const readerOf =
	(servers: Servers): StepRun["reader"] =>
	(server, work) =>
		withReader(servers, server, LIMITS, work);

/**
 * Looks for the replication account that a plan needs, as its run would, and forgets it: nobody tells that a plan is fine which its run
 * refuses at its first step.
 */
export const createAccountCheck =
	(reader: StepRun["reader"], credentialsQuery: string) =>
	async (plan: Plan): Promise<Plan> => {
		const from = soughtFrom(plan);
		if (from === undefined) return plan;
		const { outcome, says } = await findCredential(
			{
				reader,
				credentialsQuery,
				credential: { get: () => undefined, keep: () => undefined },
			},
			from,
		);
		return outcome === "refused" ? withoutAccount(plan, says) : plan;
	};
