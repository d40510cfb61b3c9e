import { channelsOf } from "../topology/channels.ts";
import { withoutErrantHeld } from "../topology/gtid/errant-held.ts";
import { familyOf, received, union } from "../topology/gtid/gtid.ts";
import {
	type Instance,
	NO_COORDINATES,
	NO_REPLICATION,
	type Replication,
} from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../topology/lineage.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { serverEffects } from "./foresee-server-steps.ts";
import type { Done, Phase, Plan, Planner, Situation } from "./plan.ts";
import type { Step, StepKind, StepOf } from "./step.ts";

/** The server as the step leaves it when all goes well. */
type Effects = {
	readonly [Kind in StepKind]: (
		server: Instance,
		step: StepOf<Kind>,
		snapshot: Snapshot,
	) => Instance;
};

const withChannel = (
	server: Instance,
	name: string,
	change: Partial<Replication>,
): Instance => {
	const isNamed = (each: Replication) => each.channel === name;
	if (channelsOf(server).length === 0)
		return {
			...server,
			replication: { ...NO_REPLICATION, channel: name, ...change },
		};
	const changed = (each: Replication) =>
		isNamed(each) ? { ...each, ...change } : each;
	return {
		...server,
		replication: changed(server.replication),
		otherChannels: server.otherChannels.map(changed),
	};
};

const having = (server: Instance, sets: readonly string[]): Instance => ({
	...server,
	executedGtid: sets.reduce(
		(set, each) => union(familyOf(server), set, each),
		received(server),
	),
});

const heldBy = (
	snapshot: Snapshot,
	names: readonly InstanceName[],
): readonly string[] =>
	names.flatMap((name) => {
		const server = findInstance(snapshot, name);
		if (server === undefined) return [];
		const above = ancestorsOf(lineageOf(snapshot.instances), server);
		return [withoutErrantHeld(server, above)];
	});

/** Where the replica stands in the logs of its new source, as far as that can be foreseen: other logs, other places. */
const placeAfter = (
	{ by, source }: StepOf<"matchBelow">,
	snapshot: Snapshot,
): Partial<Replication> => {
	if (by.way === "same") return {};
	const rest = by.way === "pair" ? findInstance(snapshot, by.of) : undefined;
	const at =
		rest?.name === source
			? rest.selfCoordinates
			: (rest?.replication.execCoordinates ?? NO_COORDINATES);
	return { readCoordinates: at, execCoordinates: at };
};

const closed = (server: Instance): Instance => ({
	...server,
	readOnly: true,
	superReadOnly: server.flavor !== "MariaDB",
});

const opened = (server: Instance): Instance => ({
	...server,
	readOnly: false,
	superReadOnly: false,
});

const unchanged = (server: Instance): Instance => server;

const threadsAfter = ({
	leaveStopped,
	leaveApplying,
}: StepOf<"moveBelow" | "matchBelow">): Pick<
	Replication,
	"receiver" | "applier"
> => {
	const state = leaveStopped === true ? 0 : 1;
	return { receiver: state, applier: leaveApplying === true ? 1 : state };
};

const EFFECTS: Effects = {
	...serverEffects(withChannel),
	findCredential: unchanged,
	stopReceiver: (server, { channel }) =>
		withChannel(server, channel, { receiver: 0 }),
	startReceiver: (server, { channel }) =>
		withChannel(server, channel, { receiver: 1 }),
	startReplication: (server, { channel }) =>
		withChannel(server, channel, { receiver: 1, applier: 1 }),
	setDelay: (server, { channel, seconds }) =>
		withChannel(server, channel, { sqlDelaySeconds: seconds }),
	applyReceived: (server, { channel, of }, snapshot) =>
		withChannel(having(server, heldBy(snapshot, of)), channel, { applier: 1 }),
	moveBelow: (server, step) => {
		const { host, port } = splitName(step.source);
		return withChannel(server, step.channel, {
			sourceHost: host,
			sourcePort: port,
			...threadsAfter(step),
			usingOracleGtid: server.flavor !== "MariaDB",
			usingMariadbGtid: server.flavor === "MariaDB",
		});
	},
	matchBelow: (server, step, snapshot) => {
		const { host, port } = splitName(step.source);
		return withChannel(server, step.channel, {
			sourceHost: host,
			sourcePort: port,
			...threadsAfter(step),
			...placeAfter(step, snapshot),
		});
	},
	open: opened,
	close: closed,
	handOver: (server, { from }, snapshot) =>
		opened(having(server, heldBy(snapshot, [from]))),
	forgetSource: (server, { channel }) => {
		const [replication = NO_REPLICATION, ...otherChannels] = channelsOf(
			server,
		).filter((each) => each.channel !== channel);
		return { ...server, replication, otherChannels };
	},
	fitSemiSync: unchanged,
	endSemiSync: (server) => ({
		...server,
		semiSync: { ...server.semiSync, sourceEnabled: false, sourceActive: false },
	}),
};

const apply = <Kind extends StepKind>(
	server: Instance,
	step: StepOf<Kind> & { readonly do: Kind },
	snapshot: Snapshot,
): Instance => EFFECTS[step.do](server, step, snapshot);

/** The snapshot as it would be after the step, if that does what it is meant to do. */
export const afterStep = (snapshot: Snapshot, step: Step): Snapshot => ({
	...snapshot,
	instances: snapshot.instances.map((each) => {
		if (step.do === "handOver" && each.name === step.from) return closed(each);
		return each.name === step.on ? apply(each, step, snapshot) : each;
	}),
});

export const afterPhases = (
	snapshot: Snapshot,
	phases: readonly Phase[],
): Snapshot =>
	phases.flatMap((phase) => phase.steps).reduce<Snapshot>(afterStep, snapshot);

const asDone = (phases: readonly Phase[]): Done[] =>
	phases.flatMap((phase) =>
		phase.steps.map((step) => ({
			phase: phase.name,
			step,
			answer: {
				// Only a receiver that runs has an undo for being stopped.
				outcome:
					step.do === "stopReceiver" && step.undo === undefined
						? "already"
						: "done",
				effect: "changed",
				reached: "",
				says: "",
			},
		})),
	);

/** More than any operation plans: none goes round in circles. */
const MOST_PLANS = 12;

/**
 * The whole operation as one plan, as it would go if every step did what it is meant to do: what `explain`, `--dry-run` and the
 * check-list show of an operation that plans anew on its way.
 */
export const foresee = <Request>(
	planner: Planner<Request>,
	situation: Situation<Request>,
): Plan => {
	const phases: Phase[] = [];
	const notes = new Set<string>();
	let { snapshot } = situation;
	let done = situation.done;
	for (let round = 0; ; round++) {
		const plan = planner({ ...situation, snapshot, done });
		for (const note of plan.notes) notes.add(note);
		phases.push(...plan.phases);
		if (plan.refusal !== undefined) return { ...plan, notes: [...notes] };
		if (plan.continues !== true || round === MOST_PLANS) {
			const { continues: _, ...rest } = plan;
			return { ...rest, phases, notes: [...notes] };
		}
		snapshot = afterPhases(snapshot, plan.phases);
		done = [...done, ...asDone(plan.phases)];
	}
};
