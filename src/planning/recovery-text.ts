import type { InstanceName } from "../topology/instance-name.ts";
import type { RecoveryInput } from "./operation.ts";
import type { Promotion } from "./recovery-plan.ts";

/** The plan as Markdown: what a person sees first in the Temporal UI. */
export const recoveryTitle = (input: RecoveryInput, plan: Promotion): string =>
	[
		`**${input.analysis}** on ${input.instance}`,
		plan.promote === undefined
			? `nobody is promoted: ${plan.refusal}`
			: `promoting **${plan.promote}**`,
		...plan.candidacy.ranking.map(
			(each, at) => `${at + 1}. ${each.name}: ${each.says}`,
		),
		...plan.candidacy.excluded.map(
			(each) => `- ${each.name} is out: ${each.reason}`,
		),
		plan.loss.says === ""
			? "No acknowledged write is lost."
			: `Loss: ${plan.loss.says}`,
	].join("\n\n");

/** How a recovery ended, in one sentence: the audit's and the API's. */
export const recoverySays = (
	failed: InstanceName,
	successor: InstanceName,
	moved: number,
	plan: Promotion,
	lost: readonly InstanceName[],
	applied: boolean,
): string =>
	[
		applied
			? `${successor} is the new primary in place of ${failed}`
			: `${successor} was chosen in place of ${failed} and left for the hooks to promote (ApplyMySQLPromotionAfterMasterFailover is false)`,
		`${moved} ${moved === 1 ? "replica follows" : "replicas follow"} it`,
		...(lost.length === 0
			? []
			: [
					`left behind: ${plan.lost.map((each) => `${each.name} (${each.reason})`).join(", ") || lost.join(", ")}`,
				]),
		plan.loss.says === "" ? "no acknowledged write is lost" : plan.loss.says,
	].join("; ");
