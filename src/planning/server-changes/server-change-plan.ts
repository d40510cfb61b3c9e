import type { AnalysisSettings } from "../../analysis/facts.ts";
import { type Instance, isLastCheckValid } from "../../topology/instance.ts";
import { findInstance, type Snapshot } from "../../topology/snapshot.ts";
import { underMaintenance } from "../members.ts";
import type { RequestOf } from "../operation.ts";
import { NOTHING_LOST, type Plan, refused, type Situation } from "../plan.ts";
import { cannot } from "../privileges.ts";
import { planFlush, planKill, planPurge } from "./binary-logs.ts";
import { planErrantInject, planErrantReset } from "./errant.ts";
import { planReadOnly, planWriteable } from "./read-only.ts";
import type { ArgumentsOf, ChangeName, ChangePlanner } from "./scene.ts";
import {
	planReplicaOff,
	planReplicaOn,
	planSourceOff,
	planSourceOn,
} from "./semi-sync.ts";
import { planSkip } from "./skip.ts";
import {
	planDelay,
	planDetach,
	planDisableGtid,
	planEnableGtid,
	planReattach,
	planReset,
} from "./source.ts";
import { planRestart, planStart, planStop, planStopNicely } from "./threads.ts";

/** How each change of one server is planned. */
const CHANGES: {
	readonly [Name in ChangeName]: ChangePlanner<ArgumentsOf<Name>>;
} = {
	"stop-replica": planStop,
	"stop-replica-nice": planStopNicely,
	"start-replica": planStart,
	"restart-replica": planRestart,
	"reset-replica": planReset,
	"detach-replica-master-host": planDetach,
	"reattach-replica-master-host": planReattach,
	"skip-query": planSkip,
	"enable-gtid": planEnableGtid,
	"disable-gtid": planDisableGtid,
	"gtid-errant-reset-master": planErrantReset,
	"gtid-errant-inject-empty": planErrantInject,
	"enable-semi-sync-master": planSourceOn,
	"disable-semi-sync-master": planSourceOff,
	"enable-semi-sync-replica": planReplicaOn,
	"disable-semi-sync-replica": planReplicaOff,
	"set-read-only": planReadOnly,
	"set-writeable": planWriteable,
	"flush-binary-logs": planFlush,
	"purge-binary-logs": planPurge,
	"delay-replication": planDelay,
	"kill-query": planKill,
};

/** What whoever works at a server under maintenance would not expect: where it replicates from, and what it knows of it. */
const HELD_BY_MAINTENANCE: ReadonlySet<ChangeName> = new Set([
	"reset-replica",
	"detach-replica-master-host",
	"reattach-replica-master-host",
	"enable-gtid",
	"disable-gtid",
	"gtid-errant-reset-master",
]);

const POINTING = "point";

/** What Baton's account must be able to do for it, where a probe tells whether it is. */
const NEEDED: Partial<Record<ChangeName, Parameters<typeof cannot>[1]>> = {
	"stop-replica": POINTING,
	"stop-replica-nice": POINTING,
	"start-replica": POINTING,
	"restart-replica": POINTING,
	"reset-replica": POINTING,
	"detach-replica-master-host": POINTING,
	"reattach-replica-master-host": POINTING,
	"skip-query": POINTING,
	"enable-gtid": POINTING,
	"disable-gtid": POINTING,
	"delay-replication": POINTING,
	"gtid-errant-reset-master": POINTING,
	"set-read-only": "open",
	"set-writeable": "open",
};

/** Why it is not begun, whatever it is. */
const objection = (
	snapshot: Snapshot,
	instance: Instance,
	name: ChangeName,
	hasBegun: boolean,
): string | undefined => {
	// What was begun is gone on with: its own session may have been lost.
	if (!hasBegun && !isLastCheckValid(instance))
		return `${instance.name} cannot be reached: ${instance.check.error}`;
	const needed = NEEDED[name];
	return (
		(HELD_BY_MAINTENANCE.has(name)
			? underMaintenance(snapshot, [instance])
			: undefined) ??
		(needed === undefined ? undefined : cannot(instance, needed))
	);
};

/** One server is changed. */
export const planServerChange = ({
	request: { instance: name, change },
	snapshot,
	...rest
}: Situation<Pick<RequestOf<"serverChange">, "instance" | "change">> & {
	readonly analysis: AnalysisSettings;
}): Plan => {
	const title = `${change.name} of ${name}`;
	const instance = findInstance(snapshot, name);
	if (instance === undefined)
		return refused(
			title,
			`${name} is not in cluster ${snapshot.clusterName}; discover it first`,
		);
	const why = objection(snapshot, instance, change.name, rest.done.length > 0);
	if (why !== undefined) return refused(title, why);
	// That the change is of that name the compiler sees for each, but not for any.
	const plan = CHANGES[change.name] as ChangePlanner<typeof change>;
	const proposed = plan({ ...rest, instance, snapshot }, change);
	return typeof proposed === "string"
		? refused(title, proposed)
		: { title, loss: NOTHING_LOST, notes: [], left: [], ...proposed };
};
