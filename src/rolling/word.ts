import type { InstanceName } from "../topology/instance-name.ts";
import { hasEnded, type RollingStatus, type RollingWord } from "./status.ts";
import { PARTS_IN_WORDS } from "./text.ts";

type Said =
	| Pick<Exclude<RollingWord, { order: "skip" }>, "order">
	| { readonly order: "skip"; readonly server: InstanceName };

/** Its turn cannot go on by itself. */
const standsStill = ({ phase, current }: RollingStatus): boolean =>
	phase === "paused" && current !== null;

const whyNotSkipped = (
	status: RollingStatus,
	server: InstanceName,
	isStuck: boolean,
): string => {
	const { current, toCome, done } = status;
	if (done.some((each) => each.server === server))
		return `${server} has had its turn in the rolling maintenance`;
	if (current?.server !== server)
		return toCome.includes(server)
			? ""
			: `${server} has no turn in the rolling maintenance`;
	return isStuck || current.part === "back"
		? ""
		: `${server} has its turn, and ${PARTS_IN_WORDS[current.part]}: it can be skipped when that stands still, or while it is waited for until it is back`;
};

/**
 * Why what a person says does not go with where the rolling maintenance stands; empty where it does.
 * @param isStuck its turn cannot go on by itself, as whoever has it knows
 */
export const whyNotTold = (
	status: RollingStatus,
	said: Said,
	isStuck: boolean = standsStill(status),
): string => {
	const { phase } = status;
	if (hasEnded(status)) return `the rolling maintenance has ended: ${phase}`;
	if (said.order === "skip") return whyNotSkipped(status, said.server, isStuck);
	if (phase === "cancelling" && said.order !== "cancel")
		return "the rolling maintenance is being cancelled: begin a new one behind it";
	if (said.order === "resume" && phase !== "paused" && phase !== "pausing")
		return "the rolling maintenance is not paused: it goes on";
	return "";
};
