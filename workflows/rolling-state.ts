import { ApplicationFailure } from "@temporalio/workflow";
import type { Turns } from "../src/rolling/next-server.ts";
import {
	ROLLING_ORDERS,
	type RollingPhase,
	type RollingStatus,
	type RollingTurn,
	type RollingWord,
} from "../src/rolling/status.ts";
import { PARTS_IN_WORDS } from "../src/rolling/text.ts";
import { whyNotTold } from "../src/rolling/word.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { inMarkdown } from "../temporal/markdown.ts";
import { fieldsOf, isServerName, isText } from "./inputs.ts";

const refused = (says: string): ApplicationFailure =>
	ApplicationFailure.nonRetryable(says, "Refused");

const badInput = (says: string): ApplicationFailure =>
	ApplicationFailure.nonRetryable(says, "BadInput");

type Said = Parameters<typeof whyNotTold>[1];

/** @throws ApplicationFailure where nothing can be meant by it */
const wordOf = (word: unknown): Said => {
	const { order, server } = fieldsOf(word);
	const known = ROLLING_ORDERS.find((each) => each === order);
	if (known !== undefined) return { order: known };
	if (order !== "skip")
		throw badInput(
			`order must be one of ${[...ROLLING_ORDERS, "skip"].join(", ")}`,
		);
	if (!isServerName(server))
		throw badInput("server must be the host:port of the one to skip");
	return { order, server };
};

/**
 * What a rolling maintenance knows of itself.
 * 1. At most one server has its turn.
 * 2. A person's pause and cancellation take effect between two turns; where a turn cannot go on, at once.
 */
export class RollingState {
	/** The turn cannot go on by itself: a person has to resume, skip or cancel. */
	private isStuck = false;
	private wanted: "pause" | "cancel" | undefined;
	/** Nobody has asked for the pause. */
	private isOwnPause = false;
	/** How often a person has said something. */
	private said = 0;

	constructor(public status: RollingStatus) {
		// One that was carried over between two turns, or while it stood still.
		if (status.phase === "paused") {
			this.isStuck = status.current !== null;
			this.wanted = "pause";
		}
		if (status.phase === "pausing") this.wanted = "pause";
		if (status.phase === "cancelling") this.wanted = "cancel";
	}

	/** @throws ApplicationFailure where the word does not go with where it stands */
	check(word: unknown): void {
		const said = wordOf(word);
		// What has no text of its own would fail the workflow's task, again and again.
		if (!isText(fieldsOf(word)["by"]))
			throw badInput("by must name the one who says so");
		const why = whyNotTold(this.status, said, this.isStuck);
		if (why !== "") throw refused(why);
	}

	/** A person's word. */
	told(word: RollingWord, nowMs: number): void {
		const { order, by } = word;
		this.said += 1;
		if (order === "skip") {
			this.skip(word.server, by, nowMs);
			return;
		}
		if (order === "resume") {
			this.wanted = undefined;
			this.isOwnPause = false;
			this.isStuck = false;
			this.says("running", `resumed by ${by}`, nowMs);
			return;
		}
		this.wanted = order;
		this.isOwnPause = false;
		const isNow = this.mayStop;
		if (order === "cancel")
			this.says("cancelling", `cancelled by ${by}`, nowMs);
		else if (this.status.phase !== "paused")
			this.says(isNow ? "paused" : "pausing", `paused by ${by}`, nowMs);
	}

	private skip(server: InstanceName, by: string, nowMs: number): void {
		const { current, toCome, done } = this.status;
		if (current?.server === server) {
			this.isStuck = false;
			this.turn({ ...current, part: "skip", skippedBy: by });
		} else {
			const says = `by ${by}, before its turn`;
			const times = { sinceMs: nowMs, endedAtMs: nowMs };
			this.status = {
				...this.status,
				done: [...done, { server, ...times, says, isSkipped: true }],
				toCome: toCome.filter((each) => each !== server),
			};
		}
		// Another one that stands still does so still.
		if (this.isStuck) return;
		if (this.isOwnPause) this.wanted = undefined;
		this.isOwnPause = false;
		const says = `${server} is skipped by ${by}`;
		if (this.wanted === "cancel")
			this.says("cancelling", `${this.status.says}; ${says}`, nowMs);
		else if (this.wanted === "pause")
			this.says(this.mayStop ? "paused" : "pausing", says, nowMs);
		else this.says("running", says, nowMs);
	}

	/** It was done, or skipped. */
	hadTurn(server: InstanceName): boolean {
		return this.status.done.some((each) => each.server === server);
	}

	/** Who has had a turn, as the choice of the next one goes by it. */
	get turns(): Turns {
		const { done } = this.status;
		const named = (isSkipped: boolean) =>
			done
				.filter((each) => (each.isSkipped ?? false) === isSkipped)
				.map(({ server }) => server);
		return { done: named(false), skipped: named(true) };
	}

	/** The server whose turn it is is skipped. */
	get isSkipping(): boolean {
		return this.status.current?.part === "skip";
	}

	/** @returns whether a person has said anything that a wait between two turns is to be broken off for */
	listen(): () => boolean {
		const before = this.said;
		return () => this.said !== before || this.wanted !== undefined;
	}

	/** Nothing may be gone on with: paused between two turns, or stuck in one. */
	get isHeld(): boolean {
		return this.wanted === "pause" && this.mayStop;
	}

	/** It ends now, before anything else is done. */
	get isCancelled(): boolean {
		return this.wanted === "cancel" && this.mayStop;
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
		this.isOwnPause = this.wanted === undefined;
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
		const { server, sinceMs, skippedBy } = current;
		const isSkipped =
			skippedBy === undefined ? {} : { isSkipped: true as const };
		this.status = {
			...this.status,
			current: null,
			done: [
				...done,
				{ server, sinceMs, endedAtMs: nowMs, says, ...isSkipped },
			],
			toCome: toCome.filter((each) => each !== server),
		};
	}

	/** Of one that was skipped: what became of it behind its turn. */
	leftBehind(server: InstanceName, told: string): void {
		const { done } = this.status;
		this.status = {
			...this.status,
			done: done.map((each) =>
				each.server === server && each.isSkipped
					? { ...each, says: `${each.says}; ${told}` }
					: each,
			),
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
					`- [x] **${inMarkdown(each.server)}**: ${each.isSkipped ? "skipped " : ""}${inMarkdown(each.says)}`,
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
