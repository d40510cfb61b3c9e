import type { Servers } from "../mysql/servers.ts";
import { withReader } from "../mysql/step-session.ts";
import { findCredential } from "../mysql/steps/find-credential.ts";
import type { StepRun } from "../mysql/steps/step-context.ts";
import type { Plan } from "../planning/plan.ts";
import { searchIn, withoutAccount } from "../planning/sought-account.ts";

/** Deadlines of a session that only looks, milliseconds. */
const LIMITS = { connectMs: 1_500, queryMs: 5_000 };

/** What looking for an account takes of the servers. */
type Looking = Pick<StepRun, "reader" | "refusesLogin">;

/** It as {@link createAccountCheck} wants it. */
export const lookingAt = (servers: Servers): Looking => ({
	reader: (server, work) => withReader(servers, server, LIMITS, work),
	refusesLogin: (server, login) =>
		servers.refusesLogin(server, login, LIMITS.connectMs),
});

/**
 * Looks for the replication account that a plan needs, as its run would, and forgets it: nobody tells that a plan is fine which its run
 * refuses at its first step.
 */
export const createAccountCheck =
	(looking: Looking, credentialsQuery: string) =>
	async (plan: Plan): Promise<Plan> => {
		const search = searchIn(plan);
		if (search === undefined) return plan;
		const { outcome, says } = await findCredential(
			{
				...looking,
				credentialsQuery,
				credential: { get: () => undefined, keep: () => undefined },
			},
			search,
		);
		return outcome === "refused" ? withoutAccount(plan, says) : plan;
	};
