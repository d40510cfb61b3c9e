import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { FailoverScene } from "./failover-scene.ts";
import type { Loss } from "./loss.ts";
import type { LeftBehind } from "./plan.ts";
import { wasStoppedByHand } from "./stopped-by-hand.ts";

const leftText = (left: readonly LeftBehind[]): string =>
	left.map(({ name, reason }) => `${name} (${reason})`).join(", ");

/** Whom a person had stopped is below it, and follows nobody. */
const followText = (
	moved: readonly Instance[],
	scene: FailoverScene,
): string[] => {
	const stopped = moved.filter((each) => wasStoppedByHand(each, scene));
	const follow = moved.length - stopped.length;
	return [
		`${follow} ${follow === 1 ? "replica follows" : "replicas follow"} it`,
		...(stopped.length === 0
			? []
			: [
					`below it with their receivers stopped, as they were: ${stopped.map(({ name }) => name).join(", ")}`,
				]),
	];
};

/**
 * How a failover ended, in one sentence: the audit's and the API's.
 * @param lowered what the new primary promises less than the old one
 */
export const failoverSays = (
	scene: FailoverScene,
	successor: InstanceName,
	moved: readonly Instance[],
	left: readonly LeftBehind[],
	loss: Loss,
	lowered: readonly string[],
): string => {
	const { failed, settings } = scene;
	return [
		settings.appliesPromotion
			? `${successor} is the new primary in place of ${failed.name}`
			: `${successor} was chosen in place of ${failed.name} and left for the hooks to promote (ApplyMySQLPromotionAfterMasterFailover is false)`,
		...followText(moved, scene),
		...(left.length === 0 ? [] : [`left behind: ${leftText(left)}`]),
		loss.says === "" ? "no acknowledged write is lost" : loss.says,
		...lowered,
	].join("; ");
};
