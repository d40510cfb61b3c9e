import type { Instance } from "../topology/instance.ts";
import { chooseCandidate } from "./candidate.ts";
import type { FailoverScene } from "./failover-scene.ts";
import { hasUnapplied } from "./holdings.ts";

const withoutDelay = (instance: Instance): Instance => ({
	...instance,
	replication: { ...instance.replication, sqlDelaySeconds: 0 },
});

/**
 * A change of the delay wants the applier stopped: with the receiver stopped too MySQL throws the relay log away. MariaDB wants
 * both stopped in any case.
 */
const canLoseDelay = (instance: Instance): boolean =>
	instance.flavor !== "MariaDB" &&
	(instance.replication.receiver > 0 || !hasUnapplied(instance));

const isDelayed = ({ replication }: Instance): boolean =>
	replication.sqlDelaySeconds > 0;

/**
 * The server whose delay is taken off, before receivers are stopped: the best one, when everybody that could be promoted is
 * delayed. Undefined when there is an undelayed one, or nobody's delay can be taken off.
 */
export const toUndelay = ({
	failed,
	standing,
	settings,
	requested,
}: FailoverScene): Instance | undefined => {
	if (!standing.some(isDelayed)) return undefined;
	const able = standing.filter(
		(each) => !isDelayed(each) || canLoseDelay(each),
	);
	const { ranking, chosen } = chooseCandidate(
		failed,
		able.map(withoutDelay),
		{ ...settings, refuseUnapplied: false },
		requested,
	);
	const possible = requested === undefined ? ranking : [{ name: chosen }];
	const isWanted = possible.every(({ name }) =>
		able.some((each) => each.name === name && isDelayed(each)),
	);
	return isWanted ? able.find((each) => each.name === chosen) : undefined;
};

/** The scene as it is once the delay is off. */
export const undelayed = (
	scene: FailoverScene,
	delayed: Instance | undefined,
): FailoverScene => {
	if (delayed === undefined) return scene;
	const lift = (each: Instance) =>
		each.name === delayed.name ? withoutDelay(each) : each;
	return {
		...scene,
		replicas: scene.replicas.map(lift),
		standing: scene.standing.map(lift),
	};
};
