import type { InstanceName } from "../topology/instance-name.ts";
import type { FailoverScene } from "./failover-scene.ts";
import type { Loss } from "./loss.ts";
import type { LeftBehind } from "./plan.ts";

const leftText = (left: readonly LeftBehind[]): string =>
	left.map(({ name, reason }) => `${name} (${reason})`).join(", ");

/**
 * How a failover ended, in one sentence: the audit's and the API's.
 * @param lowered what the new primary promises less than the old one
 */
export const failoverSays = (
	{ failed, settings }: FailoverScene,
	successor: InstanceName,
	moved: number,
	left: readonly LeftBehind[],
	loss: Loss,
	lowered: readonly string[],
): string =>
	[
		settings.appliesPromotion
			? `${successor} is the new primary in place of ${failed.name}`
			: `${successor} was chosen in place of ${failed.name} and left for the hooks to promote (ApplyMySQLPromotionAfterMasterFailover is false)`,
		`${moved} ${moved === 1 ? "replica follows" : "replicas follow"} it`,
		...(left.length === 0 ? [] : [`left behind: ${leftText(left)}`]),
		loss.says === "" ? "no acknowledged write is lost" : loss.says,
		...lowered,
	].join("; ");
