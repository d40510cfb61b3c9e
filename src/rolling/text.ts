import type { LeftBehind } from "../planning/plan.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { RollingPlan } from "./next-server.ts";
import type { Stray } from "./primary.ts";
import type { RollingPart, RollingStatus, RollingTurn } from "./status.ts";

/** What is done with a server, part by part. */
export const PARTS_IN_WORDS: Readonly<Record<RollingPart, string>> = {
	moveAway: "its replicas are moved away",
	downtime: "its downtime is begun",
	hook: "its hook runs",
	back: "it is waited for until it is back",
	moveBack: "its replicas are moved back",
	skip: "it is skipped: it is seen how it stands",
};

const at = (ms: number): string =>
	new Date(ms).toISOString().replace("T", " ").slice(0, 19);

/** What is being done with the server whose turn it is. */
const turnText = ({ server, part, sinceMs }: RollingTurn): string =>
	`${server}: ${PARTS_IN_WORDS[part]} (its turn since ${at(sinceMs)})`;

/** What a person has to see to of a server that is left as it is. */
export const leftOut = (
	{ server, replicas, below }: RollingTurn,
	lacks = "",
): string =>
	`${server} is out, and downtimed still${lacks === "" ? "" : ` (${lacks})`}: bring it back, and end its downtime${replicas.length === 0 ? "" : `; its replicas were moved below ${below} before, and are not moved back: ${replicas.join(", ")}`}`;

/** Of one that was skipped, behind a takeover that could not bring it along. */
export const leftBehind = (
	{ name, reason }: LeftBehind,
	from: InstanceName,
	to: InstanceName,
): string =>
	`left behind below ${from} when ${to} took over, since ${reason}: bring it along with relocate -i ${name} -d ${to}, and end its downtime`;

/** Of one whose source was replaced while it was out: whom it replicates from, and whom it should. */
export const notBroughtAlong = (
	server: InstanceName,
	{ from, below }: Stray,
	says: string,
): string =>
	`while ${server} was out, ${below} has become the primary in place of ${from}; ${server} is still a replica of ${from}, and could not be moved below ${below}: ${says}`;

/** A line for each server, with where it stands: what the command line prints. */
export const statusLines = (status: RollingStatus): string[] => [
	`${status.clusterAlias || status.clusterName}: rolling maintenance ${status.phase} since ${at(status.saysSinceMs)}${status.says === "" ? "" : `: ${status.says}`}`,
	`begun ${at(status.beganAtMs)} by ${status.requestedBy}${status.reason === "" ? "" : `: ${status.reason}`}`,
	...status.done.map(({ server, endedAtMs, says, isSkipped }) =>
		isSkipped
			? `[-] ${server}: skipped ${at(endedAtMs)}, ${says}`
			: `[x] ${server}: done ${at(endedAtMs)}, ${says}`,
	),
	...(status.current === null ? [] : [`[>] ${turnText(status.current)}`]),
	...status.toCome
		.filter((name) => name !== status.current?.server)
		.map((name) => `[ ] ${name}`),
];

/** The plan of one as it would be run now: a line for each server. */
export const rollingPlanLines = ({
	turns,
	waits,
}: Pick<RollingPlan, "turns" | "waits">): string[] => [
	...turns.map(
		({ server, says }, nth) =>
			`${nth + 1}. ${server}: ${says === "" ? "" : `${says}; `}downtime, hook, wait until it is back`,
	),
	...waits.map((each) => `it would wait first: ${each}`),
];

/** The same for programs: times in milliseconds since the epoch. */
export const rollingJson = ({ done, current, ...status }: RollingStatus) => ({
	...status,
	done: done.map((each) => ({ ...each })),
	current: current === null ? null : { ...current },
});
