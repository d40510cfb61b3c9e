import { planSettings } from "../src/config/promotion-settings.ts";
import { createAccountCheck, lookingAt } from "../src/engine/account-check.ts";
import { errorText } from "../src/errors.ts";
import { withReader } from "../src/mysql/step-session.ts";
import { explainCluster } from "../src/planning/explain.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { freshSnapshot } from "./cluster-view.ts";
import type { ActivityDeps } from "./dependencies.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";
import { nearOrFar } from "./near-or-far.ts";
import { seeingStore } from "./store-sight.ts";

/** Deadlines of a step's session, milliseconds. */
const LIMITS = { connectMs: 1_500, queryMs: 2_000 };

/** What a failover would do, and go through, without touching anything. */
export const createRehearsalActivities = (
	deps: Pick<
		ActivityDeps,
		"store" | "servers" | "standby" | "nowMs" | "config" | "watched" | "sight"
	>,
) => {
	/** @returns why a step could not look at the server; empty when it could */
	const whyNot = async (name: InstanceName): Promise<string> => {
		try {
			await withReader(
				deps.servers,
				name,
				LIMITS,
				(reader) => reader.look(),
				deps.standby,
			);
			return "";
		} catch (error) {
			return `${name}: ${errorText(error)}`;
		}
	};

	/** What would be done if the primary died now, in words. */
	const rehearse = async (input: {
		readonly identity: string;
	}): Promise<string> => {
		const snapshot = await freshSnapshot(deps, input.identity);
		const config = deps.config();
		const { plans, tell } = explainCluster(
			snapshot,
			{},
			planSettings(
				config,
				snapshot.instances.map((each) => each.name),
			),
		);
		const check = createAccountCheck(
			lookingAt(deps.servers),
			config.ReplicationCredentialsQuery,
		);
		return tell(await Promise.all(plans.map(check))).text;
	};

	return translated({
		...nearOrFar(seeingStore(deps.sight, { rehearse })),

		/** Whether the sessions that steps are run in can be had, in words. */
		reach: (input: { readonly identity: string }): Promise<string> =>
			beating(async () => {
				const { instances } = await freshSnapshot(deps, input.identity);
				const whys = await Promise.all(
					instances.map((each) => whyNot(each.name)),
				);
				const against = whys.filter((each) => each !== "");
				return against.length === 0
					? `steps can be run on each of the ${instances.length} servers`
					: `steps can NOT be run on ${against.join("; ")}`;
			}),
	});
};

export type RehearsalActivities = ReturnType<typeof createRehearsalActivities>;
