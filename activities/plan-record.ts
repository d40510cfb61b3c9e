import type { Plan } from "../src/planning/plan.ts";
import { planText } from "../src/planning/plan-text.ts";
import type { ActivityDeps } from "./dependencies.ts";

/** Characters: orchestrator's column of a MySQL store holds 64 KiB. */
const LONGEST = 16_000;

/**
 * The plan stays with the record, in the words in which `explain` and the Temporal UI show it, in front of what its steps say. Of one
 * that does nothing the operation's own end tells.
 */
export const createPlanRecord =
	({ store, nowMs }: Pick<ActivityDeps, "store" | "nowMs">) =>
	async (uid: string, plan: Plan): Promise<void> => {
		if (plan.phases.length === 0) return;
		const text = planText(plan);
		await store.recoveries.addStep(
			uid,
			`plan: ${text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text}`,
			nowMs(),
		);
	};
