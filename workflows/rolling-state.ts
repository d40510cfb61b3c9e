import { ApplicationFailure } from "@temporalio/workflow";
import {
	hasEnded,
	ROLLING_ORDERS,
	type RollingOrder,
	type RollingPhase,
	type RollingStatus,
	type RollingTurn,
} from "../src/rolling/status.ts";
import { PARTS_IN_WORDS } from "../src/rolling/text.ts";
import { inMarkdown } from "../temporal/markdown.ts";
import { isText } from "./inputs.ts";

const refused = (says: string): ApplicationFailure =>
	ApplicationFailure.nonRetryable(says, "Refused");

/**
 * What a rolling maintenance knows of itself.
 * 1. At most one server has its turn.
 * 2. A person's pause and cancellation take effect between two turns; where a turn cannot go on, at once.
 */
export class RollingState {
	/** The turn cannot go on by itself: a person has to resume or cancel. */
	private isStuck = false;
	private wanted: "pause" | "cancel" | undefined;

	constructor(public status: RollingStatus) {
		// One that was carried over between two turns, or while it stood still.
		if (status.phase === "paused") {
			this.isStuck = status.current !== null;
			this.wanted = "pause";
		}
		if (status.phase === "pausing") this.wanted = "pause";
		if (status.phase === "cancelling") this.wanted = "cancel";
	}

	/** @throws ApplicationFailure where the order does not go with where it stands */
	check(order: unknown): void {
		const { phase } = this.status;
		if (!ROLLING_ORDERS.some((each) => each === order))
			throw ApplicationFailure.nonRetryable(
				`order must be one of ${ROLLING_ORDERS.join(", ")}`,
				"BadInput",
			);
		if (hasEnded(this.status))
			throw refused(`the rolling maintenance has ended: ${phase}`);
		if (phase === "cancelling" && order !== "cancel")
			throw refused(
				"the rolling maintenance is being cancelled: begin a new one behind it",
			);
		if (order === "resume" && this.wanted !== "pause")
			throw refused("the rolling maintenance is not paused: it goes on");
	}

	/** A person's word. */
	told(order: RollingOrder, by: string, nowMs: number): void {
		if (order === "resume") {
			this.wanted = undefined;
			this.isStuck = false;
			this.says("running", `resumed by ${by}`, nowMs);
			return;
		}
		this.wanted = order;
		const isNow = this.mayStop;
		if (order === "cancel")
			this.says("cancelling", `cancelled by ${by}`, nowMs);
		else if (this.status.phase !== "paused")
			this.says(isNow ? "paused" : "pausing", `paused by ${by}`, nowMs);
	}

	/** Nothing may be gone on with: paused between two turns, or stuck in one. */
	get isHeld(): boolean {
		return this.wanted === "pause" && this.mayStop;
	}

	/** It ends now, before anything else is done. */
	get isCancelled(): boolean {
		return this.wanted === "cancel" && this.mayStop;
	}

	/** Somebody has said something that a wait between two turns is to be broken off for. */
	get isWanted(): boolean {
		return this.wanted !== undefined;
	}

	private get mayStop(): boolean {
		return this.status.current === null || this.isStuck;
	}

	/** Between two turns, the pause that was asked for has come. */
	settle(nowMs: number): void {
		if (this.isHeld && this.status.phase === "pausing")
			this.says("paused", this.status.says, nowMs);
	}

	/** It cannot go on, for a reason that a person has to see to. */
	stuck(why: string, nowMs: number): void {
		this.isStuck = this.status.current !== null;
		if (this.wanted === "cancel") {
			this.says("cancelling", `${this.status.says}; ${why}`, nowMs);
			return;
		}
		this.wanted = "pause";
		this.says("paused", why, nowMs);
	}

	says(phase: RollingPhase, says: string, nowMs: number): void {
		if (phase === this.status.phase && says === this.status.says) return;
		this.status = { ...this.status, phase, says, saysSinceMs: nowMs };
	}

	/** What it waits for, while it goes on. */
	waits(says: string, nowMs: number): void {
		if (this.status.phase === "running") this.says("running", says, nowMs);
	}

	turn(current: RollingTurn | null): void {
		this.status = { ...this.status, current };
	}

	toCome(toCome: RollingStatus["toCome"]): void {
		this.status = { ...this.status, toCome };
	}

	done(says: string, nowMs: number): void {
		const { current, done, toCome } = this.status;
		if (current === null) return;
		const { server, sinceMs } = current;
		this.status = {
			...this.status,
			current: null,
			done: [...done, { server, sinceMs, endedAtMs: nowMs, says }],
			toCome: toCome.filter((each) => each !== server),
		};
	}

	/** A check-list in Markdown, for the Temporal UI. */
	details(): string {
		const { clusterAlias, clusterName, phase, says, done, current, toCome } =
			this.status;
		return [
			`${inMarkdown(clusterAlias || clusterName)}: **rolling maintenance ${phase}**${says === "" ? "" : `: ${inMarkdown(says)}`}`,
			"",
			...done.map(
				(each) =>
					`- [x] **${inMarkdown(each.server)}**: ${inMarkdown(each.says)}`,
			),
			...(current === null
				? []
				: [
						`- [ ] **${inMarkdown(current.server)}** ${PARTS_IN_WORDS[current.part]} …`,
					]),
			...toCome
				.filter((each) => each !== current?.server)
				.map((each) => `- [ ] ${inMarkdown(each)}`),
		].join("\n");
	}
}

/** What a status that was carried over has at least. */
export const isStatus = (given: unknown): given is RollingStatus => {
	const { identity, done, toCome, phase } = (given ?? {}) as Record<
		string,
		unknown
	>;
	return (
		isText(identity) &&
		isText(phase) &&
		Array.isArray(done) &&
		Array.isArray(toCome)
	);
};
