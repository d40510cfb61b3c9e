// One case: an operation with one fault in it, whatever a node would do next, and the same operation once more.

import { setTimeout as sleep } from "node:timers/promises";
import type { OperationRequest } from "../../../src/planning/operation.ts";
import { checkWrites } from "../../lab/checker.ts";
import { waitCaughtUp } from "../../lab/replication.ts";
import {
	askedOfPerson,
	closingReturned,
	isTold,
	nextOperation,
} from "./caretaker.ts";
import { type Case, caseText, isByTemporal } from "./cases.ts";
import type { Ground } from "./ground.ts";
import { type Inflicted, inflicting } from "./inflict.ts";
import { judgeEnd, judgeRun, type Observed, type Seen } from "./judge.ts";
import type { Layout } from "./layout.ts";
import { type Asking, type Ran, runByManager } from "./manager.ts";
import { observe } from "./observe.ts";
import type { Planted } from "./planted.ts";
import { bothOf, NO_TRAP, spoiling } from "./spoil.ts";
import { createStage, type Stage } from "./stage.ts";
import type { Statement } from "./statements.ts";
import type { Life, Trap } from "./tap.ts";
import { judgeAsked, recordedIn, toldIn, withAliases } from "./told.ts";

export interface CaseReport {
	readonly case: Case | undefined;
	/** The operation came to the point. */
	readonly isReached: boolean;
	/** What does not hold; empty for a sound run. */
	readonly verdicts: readonly string[];
	/** What was run and what came of it, a line each. */
	readonly story: readonly string[];
	readonly ms: number;
	/** The operation was run all through by its first manager, and said these. */
	readonly statements: readonly Statement[];
}

/** Servers need a moment to come to what they were told. */
const SETTLE_MS = 4_000;
const CONVERGE_MS = 12_000;
const MOST_FOLLOW_UPS = 5;

const EARLY = 250;

/** What is put in on purpose, and the verdict with which the case is over. */
type Bug = Pick<Planted, "plant" | "verdict">;

class CaseRun {
	readonly story: string[] = [];
	readonly ran: Ran[] = [];
	readonly statements: Statement[] = [];
	/** What does not hold of what somebody was told. */
	readonly remarks: string[] = [];
	inflicted: Inflicted | undefined;
	readonly before: readonly Seen[];
	private readonly stage: Stage;
	private readonly request: OperationRequest;
	private readonly the: Case | undefined;
	private readonly bug: Bug | undefined;
	private readonly layout: Layout;

	constructor(
		stage: Stage,
		layout: Layout,
		request: OperationRequest,
		before: readonly Seen[],
		the?: Case,
		bug?: Bug,
	) {
		this.stage = stage;
		this.layout = layout;
		this.request = request;
		this.before = before;
		this.the = the;
		this.bug = bug;
	}

	private tell(what: string, ran: Ran, tookMs: number): void {
		const says =
			ran.how === "ended"
				? `${ran.outcome.successful ? "successful" : "NOT successful"}, ${ran.outcome.changed ? "changed" : "unchanged"}: ${ran.outcome.says}${ran.outcome.left.map((each) => ` | left ${each.name}: ${each.reason}`).join("")}`
				: ran.how === "threw"
					? `threw ${ran.says}`
					: "its manager was killed";
		this.story.push(
			withAliases(
				this.stage,
				`${what}: ${says} [${(tookMs / 1000).toFixed(1)} s]`,
			),
		);
	}

	private trapFor(life: Life, asking: Asking): Trap {
		const { stage, the, layout } = this;
		const spoilt =
			layout.spoilt === undefined ? NO_TRAP : spoiling(layout.spoilt);
		if (the === undefined) return spoilt;
		this.inflicted = inflicting({
			the,
			life,
			serverOf: stage.ground.server,
			onHit: (server, fault) =>
				stage.hit(stage.ground.aliasOf(server.name), fault),
			cut: stage.ground.network.cut,
			asking,
		});
		return bothOf(this.inflicted, spoilt);
	}

	async run(
		what: string,
		request: OperationRequest,
		isFaulty = false,
	): Promise<Ran> {
		const { stage, bug, the } = this;
		const others: Ran[] = [];
		let refusal: string | undefined;
		const startedMs = performance.now();
		const ran = await runByManager(
			{
				ground: stage.ground,
				store: stage.store,
				...(bug === undefined ? {} : { plant: bug.plant }),
				...(isFaulty
					? {
							trapOf: (...its) => this.trapFor(...its),
							onCancel: (says) => {
								refusal = says;
							},
							onOther: (other) => others.push(other),
							...(the !== undefined && isByTemporal(the)
								? { temporal: await stage.ground.temporal() }
								: {}),
							onStatement: (each) => this.statements.push(each),
						}
					: {}),
			},
			request,
		);
		this.ran.push(ran, ...others);
		const tookMs = performance.now() - startedMs;
		this.tell(what, ran, tookMs);
		if (refusal !== undefined)
			this.story.push(
				`its end was ${refusal === "" ? "taken up" : `refused: ${refusal}`}`,
			);
		for (const other of others) this.tell("the same meanwhile", other, tookMs);
		this.remarks.push(...judgeAsked({ ran, refusal, others }));
		return ran;
	}

	/** The operation with the fault; another manager takes it over when the first one died. */
	async first(): Promise<void> {
		const { request } = this;
		const ran = await this.run(request.kind, request, true);
		if (ran.how === "died")
			await this.run(`${request.kind} by another manager`, request);
	}

	/** The judge has said of the bug what it should. */
	isFoundIn(verdicts: readonly string[]): boolean {
		return verdicts.some((each) => this.bug?.verdict.test(each));
	}

	async followUp(): Promise<void> {
		let last = "";
		for (let count = 0; count < MOST_FOLLOW_UPS; count++) {
			const next = await nextOperation(this.stage);
			if (next === undefined || JSON.stringify(next) === last) return;
			last = JSON.stringify(next);
			await this.run(
				`then ${next.kind} of ${"instance" in next ? this.stage.ground.aliasOf(next.instance) : ""}`,
				next,
			);
		}
	}

	/** The same operation, now that all is whole; and, where nobody is open all the same, what a person does. */
	async again(): Promise<void> {
		await this.run("once more", this.request);
		await this.followUp();
		const person = await askedOfPerson(this.stage);
		if (person === undefined || this.layout.isClosing === true) return;
		if (!isTold(toldIn(this.stage, this.ran, this.request.kind)))
			this.remarks.push(
				"unattended: nobody takes writes, and nothing tells a person what to do",
			);
		await this.run("then, by a person", person);
		await this.followUp();
	}

	async observed(): Promise<Observed> {
		const { stage } = this;
		const { servers, aliasOf } = stage.ground;
		const { leaves, isClosing, isPairing, isStrict, goal } = this.layout;
		const now = await observe(servers, aliasOf, stage.hung);
		return {
			before: this.before,
			now,
			asked: this.request.kind,
			unmet: now.every(({ answers }) => answers)
				? ((await goal?.(stage, now, this.before)) ?? [])
				: [],
			told: toldIn(stage, this.ran, this.request.kind),
			hasDied: this.ran.some(({ how }) => how === "died"),
			recorded: await recordedIn(stage),
			doubles: stage.doubles(),
			...(leaves === undefined ? {} : { leaves }),
			...(isClosing === undefined ? {} : { isClosing }),
			...(isPairing === undefined ? {} : { isPairing }),
			...(isStrict === undefined ? {} : { isStrict }),
		};
	}

	/** Judges again and again until all holds, or the time is over. */
	async judged(
		judge: (observed: Observed) => readonly string[],
		withinMs: number,
	): Promise<readonly string[]> {
		const endMs = performance.now() + withinMs;
		for (;;) {
			const verdicts = judge(await this.observed());
			if (verdicts.length === 0 || performance.now() > endMs) return verdicts;
			await sleep(EARLY);
		}
	}
}

/** Writes that were acknowledged and are not on the primary, and on replicas that have applied all. */
const missing = async (
	stage: Stage,
	{ isDelayed = false }: Layout,
): Promise<readonly string[]> => {
	await stage.rest();
	const { servers, aliasOf } = stage.ground;
	const seen = await observe(servers, aliasOf);
	const primaries = seen.filter(({ isOpen }) => isOpen);
	const [primary] = primaries;
	if (primary === undefined || primaries.length > 1) return [];
	const source = stage.ground.server(primary.alias);
	const verdicts: string[] = [];
	for (const { alias, channels } of seen) {
		const server = stage.ground.server(alias);
		const isFollower = channels.some(
			(each) =>
				each.source === primary.alias &&
				each.receiver === "runs" &&
				each.applies,
		);
		if (server !== source && (isDelayed || !isFollower)) continue;
		if (server !== source)
			try {
				await waitCaughtUp(server, source);
			} catch (error) {
				const rows = await server.query("SHOW FULL PROCESSLIST");
				verdicts.push(
					`stalled: ${String(error).slice(0, 3000)} ${JSON.stringify(rows)}`,
				);
				continue;
			}
		const { missingAcknowledged: lost } = await checkWrites(
			server,
			stage.records(),
		);
		if (lost.length > 0)
			verdicts.push(
				`lost: ${lost.length} acknowledged writes are missing on ${alias}: ${lost.slice(0, 5).join(", ")}`,
			);
	}
	return verdicts;
};

/** Deposed servers first: a node has long closed them when others come back by chance in the same moment. */
const heal = async (stage: Stage, run: CaseRun): Promise<void> => {
	const fences = await stage.store.fences.open();
	if (fences.length > 0) {
		const stopClosing = closingReturned(stage, fences);
		await stage
			.heal(fences.map(({ instance }) => stage.ground.aliasOf(instance)))
			.finally(stopClosing);
		await run.followUp();
	}
	await stage.heal();
	// What a server that wakes up does with what it was told while it slept.
	await sleep(EARLY);
	await run.followUp();
};

const play = async (
	stage: Stage,
	layout: Layout,
	run: CaseRun,
): Promise<readonly string[]> => {
	await run.first();
	const first = await run.judged(judgeRun, SETTLE_MS);
	if (run.isFoundIn(first)) return first;
	await run.followUp();
	await heal(stage, run);
	await run.again();
	const last = await run.judged(judgeEnd, CONVERGE_MS);
	const lost = await missing(stage, layout);
	return [
		...first,
		...run.remarks,
		...last.map((each) => `end: ${each}`),
		...lost,
	];
};

export const runCase = async (
	ground: Ground,
	layout: Layout,
	the?: Case,
	bug?: Bug,
): Promise<CaseReport> => {
	const startedMs = performance.now();
	const stage = await createStage(ground, layout);
	const of: { run?: CaseRun } = {};
	const whole = async (): Promise<readonly string[]> => {
		const request = await layout.prepare(stage);
		if (the?.fault === "cut-off")
			await ground.network.lay(ground.server(the.victim));
		stage.begin();
		const before = await observe(ground.servers, ground.aliasOf, stage.hung);
		of.run = new CaseRun(stage, layout, request, before, the, bug);
		return play(stage, layout, of.run);
	};
	try {
		const verdicts = await whole().catch((error: unknown) => [
			`harness: ${the === undefined ? "" : `${caseText(the)}: `}${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
		]);
		return {
			case: the,
			isReached: the === undefined || of.run?.inflicted?.isReached === true,
			verdicts,
			story: of.run?.story ?? [],
			statements: of.run?.statements ?? [],
			ms: performance.now() - startedMs,
		};
	} finally {
		await stage.end();
	}
};
