import { errorText } from "../errors.ts";
import { isKept, standingNow } from "./accounted.ts";
import { accountForAll, CUT_OFF, NO_ANSWER } from "./missing-answer.ts";
import type { Done, Phase, Plan } from "./plan.ts";
import type { PlanPort, RanPhase } from "./plan-port.ts";
import { RunRecord, whyOf } from "./run-record.ts";
import { type Answer, isGood, isTidying, mayOpen, stepText } from "./step.ts";
import { phasesBack } from "./taking-back.ts";

/** What a phase may leave undone, and is through all the same. */
const GOES_ON: ReadonlySet<Phase["onFailure"]> = new Set(["goOn", "each"]);

/** Why a plan cannot go on, and what is to be done instead. */
export interface Halt {
	readonly next: "undo" | "replan" | "stuck";
	readonly says: string;
}

/**
 * One run of an operation.
 * 1. Before a server was opened every step that may have changed something is taken back when the operation fails or is interrupted.
 * 2. Nobody is opened while a server that may be open is unaccounted for.
 * 3. After a server was opened it only goes forward: what fails then is told, and what came after it is taken back alone.
 */
export class RunningPlan {
	readonly record = new RunRecord();
	/** Of how much of what was done there is no way back. */
	private passedTo = 0;
	/** Some of what was to be done each by itself was, and stays. */
	private isPartDone = false;
	/** The plan that opened a server. */
	opened: Plan | undefined;
	/** Planned already, by what the last phase found. */
	next: Plan | undefined;
	private readonly telling: Promise<unknown>[] = [];
	private readonly port: PlanPort;
	/** What came of the next phases, which were run already. */
	private readonly ahead: RanPhase[];

	constructor(port: PlanPort, ahead: readonly RanPhase[]) {
		this.port = port;
		this.ahead = [...ahead];
	}

	/** @returns why the plan cannot go on; undefined when it is through */
	async phases(plan: Plan): Promise<Halt | undefined> {
		this.port.show(plan);
		for (const phase of plan.phases) {
			// An interruption in the last moment of the phase before did not cut that off, and must not be outrun by an opening.
			if (this.opened === undefined && this.ahead.length === 0)
				this.port.goOn();
			// What follows an opening is not cut off either: a failover waits for it.
			const isShielded = phase.noReturn === true || this.opened !== undefined;
			const halt = isShielded
				? await this.port.shielded(() => this.phase(plan, phase))
				: await this.phase(plan, phase);
			if (halt !== undefined) return halt;
		}
		return undefined;
	}

	/** A phase without steps is its change of primary alone: with that it stands or falls. */
	private async recorded({ changesPrimary }: Phase): Promise<Halt | undefined> {
		if (changesPrimary === undefined) return undefined;
		try {
			await this.port.primaryChanged(changesPrimary);
			return undefined;
		} catch (error) {
			if (this.port.isInterruption(error)) throw error;
			return {
				next: "undo",
				says: `${changesPrimary.to} was not recorded as the primary: ${errorText(error)}`,
			};
		}
	}

	private async phase(plan: Plan, phase: Phase): Promise<Halt | undefined> {
		if (phase.steps.length === 0) return this.recorded(phase);
		const { answers, next, isTold } = await this.answersTo(plan, phase);
		await this.tidyAgain(plan, phase, answers);
		const unaccounted = await accountForAll(this.port, phase, answers);
		for (const [at, step] of phase.steps.entries())
			this.record.add(phase, step, answers[at] ?? NO_ANSWER);
		if (unaccounted !== undefined)
			return { next: "stuck", says: unaccounted.says };
		const failures = phase.steps.filter(
			(_, at) => !isGood(answers[at] ?? NO_ANSWER),
		);
		const opening = phase.steps.find(mayOpen);
		const hasOpened = opening !== undefined && !failures.includes(opening);
		if (phase.noReturn === true && hasOpened) {
			this.passedTo = this.record.done.length;
			this.opened = plan;
			this.record.heed(plan);
		}
		const isThrough =
			failures.length === 0 ||
			GOES_ON.has(phase.onFailure) ||
			(phase.noReturn === true && hasOpened);
		if (!isThrough)
			return {
				next: phase.onFailure === "replan" ? "replan" : "undo",
				says: whyOf(phase, failures, answers),
			};
		// Those that failed beside an opening are tried once more when clients are served again.
		const isAgain = failures.length > 0 && phase.onFailure === "replan";
		if (!isAgain) this.record.leave(phase, failures, answers);
		if (phase.onFailure === "each") await this.keepEach(plan, phase);
		if (phase.changesPrimary !== undefined && isTold !== true)
			this.tell(phase.changesPrimary);
		if (isAgain)
			return { next: "replan", says: whyOf(phase, failures, answers) };
		// What was planned before an unclear opening was looked into is out of date.
		this.next = phase.steps.some(mayOpen) ? undefined : next;
		return undefined;
	}

	/**
	 * No later operation finds out that a primary still names a source, or that a replica still waits for acknowledgements: what failed
	 * of that is tried once more, since the session may just have been lost.
	 */
	private async tidyAgain(
		plan: Plan,
		phase: Phase,
		answers: Answer[],
	): Promise<void> {
		if (phase.onFailure !== "goOn") return;
		const places = phase.steps.flatMap((step, at) =>
			isTidying(step) && answers[at]?.outcome === "failed" ? [at] : [],
		);
		if (places.length === 0) return;
		const steps = phase.steps.filter((_, at) => places.includes(at));
		const [ran] = await this.port.run([{ ...phase, steps }], plan, false);
		for (const [nth, at] of places.entries())
			answers[at] = ran?.answers[nth] ?? NO_ANSWER;
	}

	/**
	 * The phases that are run in one go from this one on. Where it only goes forward nothing is decided between them, and each go of its
	 * own would cost time in which clients or replicas wait.
	 */
	private inOneGo({ phases }: Plan, phase: Phase): readonly Phase[] {
		if (this.opened === undefined && phase.noReturn !== true) return [phase];
		const rest = phases.slice(phases.indexOf(phase));
		const end = rest.findIndex(({ steps }) => steps.length === 0);
		return end === -1 ? rest : rest.slice(0, end);
	}

	/** An interrupted phase counts as one of which nobody knows what it did. */
	private async answersTo(
		plan: Plan,
		phase: Phase,
	): Promise<RanPhase & { readonly answers: Answer[] }> {
		if (this.ahead.length === 0) await this.runFrom(plan, phase);
		const ran = this.ahead.shift();
		return { ...ran, answers: [...(ran?.answers ?? [])] };
	}

	private async runFrom(plan: Plan, phase: Phase): Promise<void> {
		const going = this.inOneGo(plan, phase);
		const isToItsEnd =
			plan.continues === true && going.at(-1) === plan.phases.at(-1);
		try {
			this.ahead.push(
				...(await this.port.run(
					going,
					plan,
					false,
					isToItsEnd ? this.record.done : undefined,
				)),
			);
		} catch (error) {
			for (const each of going)
				for (const step of each.steps)
					this.record.done.push({ phase: each.name, step, answer: CUT_OFF });
			throw error;
		}
	}

	/** What failed is taken back alone, from where it was on its way too; what came through stays, whatever follows. */
	private async keepEach(
		plan: Plan,
		{ steps, isOnTheWay }: Phase,
	): Promise<void> {
		const own = this.record.done.slice(-steps.length);
		const failed = own.filter(({ answer }) => !isGood(answer));
		const lost = new Set(failed.map(({ step }) => step.on));
		const back = this.record.done
			.slice(this.passedTo)
			.filter(({ step, isUndo }) => isUndo !== true && lost.has(step.on));
		const open = await this.port.shielded(() => this.takeBack(plan, back));
		if (open.length > 0)
			this.record.told.push(
				...standingNow(
					this.record.done.filter(({ step }) => lost.has(step.on)),
				),
			);
		if (isOnTheWay === true) return;
		this.passedTo = this.record.done.length;
		this.isPartDone ||= failed.length < own.length;
	}

	private tell(change: NonNullable<Phase["changesPrimary"]>): void {
		const telling = this.port.primaryChanged(change).catch((error: unknown) => {
			this.record.errors.push(
				`the change of primary to ${change.to} could not be told: ${errorText(error)}`,
			);
		});
		this.telling.push(telling);
	}

	/** What was told beside the phases is through. */
	async settle(): Promise<void> {
		await Promise.all(this.telling);
	}

	/** Takes back what was done since the last opening, last things first. @returns what could not be taken back, and what may be open */
	async takeBack(
		plan: Plan,
		since: readonly Done[] = this.record.done.slice(this.passedTo),
	): Promise<string[]> {
		const open: string[] = [];
		for (const phase of phasesBack(since)) {
			const [ran] = await this.port.run([phase], plan, true);
			const answers = [...(ran?.answers ?? [])];
			await accountForAll(this.port, phase, answers);
			for (const [at, step] of phase.steps.entries()) {
				const answer = answers[at] ?? NO_ANSWER;
				this.record.done.push({
					phase: phase.name,
					step,
					answer,
					isUndo: true,
				});
				if (!isGood(answer)) open.push(`${stepText(step)}: ${answer.says}`);
			}
		}
		this.record.errors.push(...open);
		return open;
	}

	/** Of what there is a way back from, what has none: it stays, on purpose. */
	get hasKept(): boolean {
		return (
			this.isPartDone || this.record.done.slice(this.passedTo).some(isKept)
		);
	}
}
