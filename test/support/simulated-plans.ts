import { afterStep } from "../../src/planning/foresee.ts";
import { holdings } from "../../src/planning/holdings.ts";
import { recordedPrimary } from "../../src/planning/members.ts";
import type {
	Done,
	Phase,
	Plan,
	PlannedStep,
	Planner,
	PlanSettings,
} from "../../src/planning/plan.ts";
import {
	type Answer,
	isGood,
	isHarmless,
	mayOpen,
	type Step,
} from "../../src/planning/step.ts";
import { channelsFrom, channelsOf } from "../../src/topology/channels.ts";
import { withoutErrantHeld } from "../../src/topology/gtid/errant-held.ts";
import {
	contains,
	familyOf,
	received,
	union,
} from "../../src/topology/gtid/gtid.ts";
import {
	type Instance,
	sourceOf,
	type ThreadState,
} from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import { ancestorsOf, lineageOf } from "../../src/topology/lineage.ts";
import { findInstance, type Snapshot } from "../../src/topology/snapshot.ts";

// Made-up servers on which plans are run as the interpreter runs them, with faults where a test wants them.

/** What happens to a step: it goes well; it is refused or fails before or after its effect; its answer is lost; its server dies. */
export type Fate = "well" | "fails" | "fails late" | "is lost" | "dies";

export interface Run {
	readonly state: "succeeded" | "refused" | "undone" | "stuck";
	/** The servers as they are in the end. */
	readonly world: Snapshot;
	readonly plans: readonly Plan[];
	readonly done: readonly Done[];
	/** Every time that a server became writable, undoing left aside. */
	readonly openings: readonly InstanceName[];
	/** What was seen to go against the rules while it ran. */
	readonly faults: readonly string[];
	readonly primary: InstanceName | undefined;
	/** What replicas that were reached had received when a server was opened, and that one had not. */
	readonly missed: readonly InstanceName[];
}

export interface Simulation<Request> {
	readonly planner: Planner<Request>;
	readonly request: Request;
	readonly snapshot: Snapshot;
	readonly settings: PlanSettings;
	/** What each replica still receives before its receiver stops, beyond what the picture shows. */
	readonly late?: ReadonlyMap<InstanceName, string>;
	/** A server as it is when it is closed: it took writes until then. */
	readonly atClose?: Instance;
	/** One for each step that is run, in order; those behind the end go well. */
	readonly fates?: readonly Fate[];
	/** A server that is dead comes back as it was, right before that step, if nobody has been opened by then. */
	readonly returns?: { readonly name: InstanceName; readonly atStep: number };
}

const dead = (server: Instance): Instance => ({
	...server,
	check: {
		...server.check,
		outcome: "lost",
		checkedAtMs: Math.max(server.check.checkedAtMs, server.check.seenAtMs + 1),
		error: "it died",
	},
});

/** What a step does to semi-sync: planners go by how it was before. */
const withSemiSync = (server: Instance, step: Step): Instance => {
	const sourceEnabled =
		step.do === "close"
			? false
			: "semiSync" in step
				? step.semiSync?.sourceEnabled
				: undefined;
	return sourceEnabled === undefined
		? server
		: {
				...server,
				semiSync: {
					...server.semiSync,
					sourceEnabled,
					sourceActive: sourceEnabled,
				},
			};
};

const isAlive = (server: Instance | undefined): boolean =>
	server !== undefined && server.check.checkedAtMs <= server.check.seenAtMs;

export const receiverOf = (
	server: Instance | undefined,
	channel: string,
): ThreadState | undefined =>
	server === undefined
		? undefined
		: channelsOf(server).find((each) => each.channel === channel)?.receiver;

const sourceIn = (server: Instance | undefined): InstanceName | undefined =>
	server && sourceOf(server);

const replace = (snapshot: Snapshot, server: Instance): Snapshot => ({
	...snapshot,
	instances: snapshot.instances.map((each) =>
		each.name === server.name ? server : each,
	),
});

class World {
	snapshot: Snapshot;
	readonly faults: string[] = [];
	readonly openings: InstanceName[] = [];
	readonly missed: InstanceName[] = [];
	readonly #late: ReadonlyMap<InstanceName, string>;
	readonly #atClose: Instance | undefined;
	readonly #fates: Fate[];
	readonly #returns: Simulation<never>["returns"];
	#steps = 0;

	constructor(
		simulation: Pick<
			Simulation<never>,
			"snapshot" | "late" | "atClose" | "fates" | "returns"
		>,
	) {
		this.#returns = simulation.returns;
		this.snapshot = simulation.snapshot;
		this.#late = simulation.late ?? new Map();
		this.#atClose = simulation.atClose;
		this.#fates = [...(simulation.fates ?? [])];
	}

	server(name: InstanceName): Instance | undefined {
		return findInstance(this.snapshot, name);
	}

	/** What is errant on it, or above it, nobody else shall have. */
	#holdingsOf(server: Instance): string {
		const lineage = lineageOf(this.snapshot.instances);
		return withoutErrantHeld(server, ancestorsOf(lineage, server));
	}

	/** What the receiver gets in the very last moment. */
	#receiveLate(name: InstanceName): void {
		const server = this.server(name);
		const late = this.#late.get(name);
		if (server === undefined || late === undefined) return;
		if (server.replication.receiver === 0) return;
		this.snapshot = replace(this.snapshot, {
			...server,
			replication: {
				...server.replication,
				retrievedGtid: union(
					familyOf(server),
					server.replication.retrievedGtid,
					late,
				),
			},
		});
	}

	#return(): void {
		const back = this.server(this.#returns?.name ?? ("" as InstanceName));
		if (this.#steps++ !== this.#returns?.atStep || back === undefined) return;
		if (this.openings.length > 0) return;
		this.snapshot = replace(this.snapshot, {
			...back,
			check: { ...back.check, outcome: "ok", seenAtMs: back.check.checkedAtMs },
		});
	}

	/** Whose place it is to take, and that takes writes again. */
	#inTheWayOf(step: Step): InstanceName | undefined {
		const name = "inPlaceOf" in step ? step.inPlaceOf : undefined;
		const server = name && this.server(name);
		return server && isAlive(server) && !server.readOnly ? name : undefined;
	}

	/** Nothing comes to it, and it has not received what it shall apply. */
	#waitsInVain(step: Step): boolean {
		const server = this.server(step.on);
		if (step.do !== "applyReceived" || server === undefined) return false;
		if (receiverOf(server, step.channel) !== 0) return false;
		return step.of.some((name) => {
			const other = this.server(name);
			return (
				other !== undefined &&
				!contains(familyOf(server), received(server), this.#holdingsOf(other))
			);
		});
	}

	/** The place that it is to go by is none in the logs that the replica reads. */
	#isElsewhere(step: Step): boolean {
		if (step.do !== "matchBelow") return false;
		const { by, source, on } = step;
		const now = sourceIn(this.server(on));
		if (now === source) return false;
		if (by.way === "same") return now !== by.in;
		if (by.way !== "pair") return false;
		const rest = sourceIn(this.server(by.of));
		return by.of === source ? now !== rest : now !== by.of || rest !== source;
	}

	run(step: Step, isUndo: boolean): Answer {
		this.#return();
		const fate = this.#fates.shift() ?? "well";
		const answer = (
			outcome: Answer["outcome"],
			effect: Answer["effect"],
		): Answer => ({ outcome, effect, reached: "", says: `${step.do} ${fate}` });
		if (!isAlive(this.server(step.on))) return answer("failed", "unchanged");
		if (fate === "fails") return answer("failed", "unchanged");
		const inTheWay = this.#inTheWayOf(step);
		if (inTheWay !== undefined)
			return { ...answer("refused", "unchanged"), inTheWay };
		if (fate === "dies") {
			this.#act(step, isUndo);
			const server = this.server(step.on);
			if (server !== undefined)
				this.snapshot = replace(this.snapshot, dead(server));
			return answer("failed", "unknown");
		}
		if (this.#waitsInVain(step)) return answer("failed", "unchanged");
		if (this.#isElsewhere(step)) return answer("refused", "unchanged");
		const before = this.snapshot;
		this.#act(step, isUndo);
		if (fate === "fails late") return answer("failed", "changed");
		if (fate === "is lost") return answer("failed", "unknown");
		const wasStopped =
			step.do === "stopReceiver" &&
			receiverOf(findInstance(before, step.on), step.channel) === 0;
		return wasStopped
			? answer("already", "unchanged")
			: answer("done", "changed");
	}

	#act(step: Step, isUndo: boolean): void {
		if (step.do === "stopReceiver") this.#receiveLate(step.on);
		if (step.do === "close" && this.#atClose?.name === step.on)
			this.snapshot = replace(this.snapshot, this.#atClose);
		if (step.do === "moveBelow" && !isUndo) this.#checkMove(step);
		this.snapshot = afterStep(this.snapshot, step);
		const server = this.server(step.on);
		if (server !== undefined)
			this.snapshot = replace(this.snapshot, withSemiSync(server, step));
		if (mayOpen(step) && !isUndo) this.openings.push(step.on);
		const open = this.snapshot.instances.filter(
			(each) => isAlive(each) && !each.readOnly,
		);
		if (open.length > 1)
			this.faults.push(
				`writable at once: ${open.map((each) => each.name).join(", ")}`,
			);
	}

	#checkMove({ on, source }: Extract<Step, { do: "moveBelow" }>): void {
		const server = this.server(on);
		const above = this.server(source);
		if (server === undefined || above === undefined) return;
		if (channelsOf(server).length > 1)
			this.faults.push(`${on} has several channels and was moved`);
		// What a source that lives and replicates has yet to receive, it will.
		if (above.replication.receiver > 0) return;
		if (!contains(familyOf(server), received(above), this.#holdingsOf(server)))
			this.faults.push(`${on} was moved below ${source}, which lacks its own`);
	}
}

/** Sees what was done to the servers that took part. */
const seen = (
	picture: Snapshot,
	world: World,
	step: Step,
	{ inTheWay }: Answer,
): Snapshot => {
	const names = [
		step.on,
		...(step.do === "handOver" ? [step.from] : []),
		...(inTheWay === undefined ? [] : [inTheWay]),
	];
	return names.reduce((snapshot, name) => {
		const server = world.server(name);
		const known = findInstance(snapshot, name);
		return server === undefined || known === undefined
			? snapshot
			: replace(snapshot, { ...server, semiSync: known.semiSync });
	}, picture);
};

/** An opening that may have opened: found open it is done, else it has failed, and a server that is gone is fenced. */
const resolved = (world: World, step: Step, answer: Answer): Answer => {
	if (!mayOpen(step) || answer.effect === "unchanged") return answer;
	const server = world.server(step.on);
	const isOpen = isAlive(server) && server?.readOnly === false;
	return isOpen
		? { ...answer, outcome: "done", effect: "changed" }
		: { ...answer, outcome: "failed" };
};

interface Ran extends Done {
	readonly planned: PlannedStep;
}

/** Everything since the last point of no return is taken back, the last first. */
const takeBack = (world: World, ran: readonly Ran[]): boolean => {
	let complete = true;
	for (const { planned, answer } of ran.toReversed())
		if (planned.undo !== undefined && answer.effect !== "unchanged")
			complete = isGood(world.run(planned.undo, true)) && complete;
	return complete;
};

/** Nothing takes it back, on purpose. */
const isKept = ({ planned, answer }: Ran): boolean =>
	answer.effect !== "unchanged" &&
	!isHarmless(planned) &&
	planned.undo === undefined;

const MOST_ROUNDS = 20;

/** Runs an operation as the interpreter does. */
export const simulate = <Request>(simulation: Simulation<Request>): Run => {
	const world = new World(simulation);
	const ran: Ran[] = [];
	const plans: Plan[] = [];
	let picture = simulation.snapshot;
	let behind = 0;
	let primary: InstanceName | undefined;
	let isWhole = true;
	const end = (state: Run["state"]): Run => ({
		state,
		world: world.snapshot,
		plans,
		done: ran,
		openings: world.openings,
		faults: world.faults,
		primary,
		missed: world.missed,
	});
	const undo = (): Run => {
		const complete = takeBack(world, ran.slice(behind));
		if (!complete) return end("stuck");
		if (behind > 0) return end("succeeded");
		return end(ran.some(isKept) ? "stuck" : "undone");
	};
	const runPhase = (phase: Phase): boolean => {
		const done = phase.steps.map((planned): Ran => {
			checkOpening(world, simulation.snapshot, ran, planned);
			const answer = resolved(world, planned, world.run(planned, false));
			picture = seen(picture, world, planned, answer);
			return { phase: phase.name, step: planned, answer, planned };
		});
		ran.push(...done);
		if (phase.onFailure === "each") {
			const lost = new Set(
				done.filter(({ answer }) => !isGood(answer)).map(({ step }) => step.on),
			);
			const back = ran.slice(behind).filter(({ step }) => lost.has(step.on));
			isWhole = takeBack(world, back) && isWhole;
			if (phase.isOnTheWay !== true) behind = ran.length;
		}
		const opened = done.some(
			({ step, answer }) => mayOpen(step) && isGood(answer),
		);
		if (phase.noReturn === true && opened) behind = ran.length;
		const isThrough = done.every(({ answer }) => isGood(answer));
		if (
			phase.changesPrimary !== undefined &&
			(phase.noReturn === true ? opened : true)
		)
			primary = phase.changesPrimary.to;
		return isThrough;
	};
	for (let round = 0; round < MOST_ROUNDS; round++) {
		const plan = simulation.planner({
			request: simulation.request,
			snapshot: picture,
			settings: simulation.settings,
			done: ran,
		});
		plans.push(plan);
		if (plan.refusal !== undefined)
			return ran.length === 0 ? end("refused") : undo();
		const failed = plan.phases.find(
			(phase) =>
				!runPhase(phase) && !["goOn", "each"].includes(phase.onFailure),
		);
		if (failed?.onFailure === "undo") return undo();
		if (failed === undefined && plan.continues !== true)
			return end(isWhole ? "succeeded" : "stuck");
	}
	world.faults.push("it goes round in circles");
	return end("stuck");
};

/** Nobody is opened while a replica may still acknowledge for the old primary, unless it was tried to stop it. */
const checkOpening = (
	world: World,
	before: Snapshot,
	ran: readonly Ran[],
	step: Step,
): void => {
	const opened = world.server(step.on);
	const primary = recordedPrimary(before)?.name;
	if (step.do !== "open" || opened === undefined || primary === undefined)
		return;
	const tried = new Set(
		ran
			.filter(
				({ step: { do: kind }, answer }) =>
					kind === "stopReceiver" && !isGood(answer),
			)
			.map(({ step: { on } }) => on),
	);
	const reached = world.snapshot.instances.filter(
		(each) =>
			isAlive(findInstance(before, each.name)) &&
			isAlive(each) &&
			!tried.has(each.name) &&
			ran.some(
				({ step: { on, do: kind } }) =>
					kind === "stopReceiver" && on === each.name,
			),
	);
	for (const each of reached) {
		const receives = channelsOf(each).some(
			({ sourceHost, sourcePort, receiver }) =>
				`${sourceHost}:${sourcePort}` === primary && receiver !== 0,
		);
		if (receives)
			world.faults.push(`${each.name} still receives when ${step.on} opens`);
		const has = holdings(each, primary);
		if (!contains(familyOf(each), received(opened), has))
			world.missed.push(each.name);
	}
	const untried = before.instances.filter(
		(each) =>
			isAlive(each) &&
			channelsFrom(each, primary).length > 0 &&
			!ran.some(
				({ step: { on, do: kind } }) =>
					kind === "stopReceiver" && on === each.name,
			),
	);
	for (const each of untried)
		world.faults.push(`${each.name} was not stopped when ${step.on} opens`);
};
