/**
 * The steps of operations as server-sent events.
 *
 * 1. A `step` for each as it is written, and an `end` for the last of an operation, which says how it ended. Their ids are those of the
 *    steps: a client that connects again with the last one (Last-Event-ID) goes on from there, and may get one twice.
 * 2. The stream of one operation begins with what it has done so far, and ends with the operation.
 * 3. So many are served at once, and no more. A client that does not take what it is sent is let go, not queued for.
 */
import type { Request, Response } from "express";
import type { Logger } from "pino";
import { errors } from "../errors.ts";
import { runInUid } from "../operations/uid.ts";
import type { OperationClaim, RecoveryStep, Store } from "../store/contract.ts";
import {
	createAudience,
	type EventStream,
	openEventStream,
} from "./event-stream.ts";
import { createStepFeed, type NamedStep } from "./step-feed.ts";

interface OperationEventsDeps {
	readonly store: Pick<Store, "clusters" | "operations" | "recoveries">;
	readonly log: Logger;
	readonly nowMs: () => number;
}

/** Bytes that a client may be behind: some plans are long. */
const BACKLOG_BYTES = 1_000_000;
/** How far back a client may go on from. */
const MOST_PAST = 2_000;
/** Steps that may come while a client takes those of the past. */
const MOST_WAITING = 500;
/** One that has let go of its cluster has told its end by then, or never will. */
const SILENT_MS = 3_000;

/** What somebody listens to. */
interface Subject {
	isOf(step: RecoveryStep): boolean;
	/** What was told before the client came, of what it has not seen yet. */
	past(after: number): AsyncIterable<readonly RecoveryStep[]>;
	/** Of one operation, which ends: whether it is among those that run. */
	readonly isRunning?: (claims: readonly OperationClaim[]) => boolean;
}

const eventOf = (step: NamedStep): string => {
	const { id, uid, identity, clusterName, atMs, message, end } = step;
	const data = JSON.stringify({
		uid,
		identity,
		clusterName,
		atMs,
		...(end === undefined ? {} : { outcome: end }),
		says: message,
	});
	return `id: ${id}\nevent: ${end === undefined ? "step" : "end"}\ndata: ${data}\n\n`;
};

const END_UNKNOWN = `event: end\ndata: ${JSON.stringify({
	outcome: "unknown",
	says: "it has let go of its cluster without a last word: the audit and the Temporal UI may tell more",
})}\n\n`;

/** One client. */
class Listening {
	private readonly stream: EventStream;
	private readonly subject: Subject;
	private readonly nowMs: () => number;
	private readonly sent = new Set<number>();
	/** Until it has got what was before. */
	private waiting: NamedStep[] | undefined = [];
	private silentSince: number | undefined;

	constructor(stream: EventStream, subject: Subject, nowMs: () => number) {
		this.stream = stream;
		this.subject = subject;
		this.nowMs = nowMs;
	}

	private isNews(step: NamedStep): boolean {
		return this.subject.isOf(step) && !this.sent.has(step.id);
	}

	private isLast({ end }: NamedStep): boolean {
		return this.subject.isRunning !== undefined && end !== undefined;
	}

	/** Of the past, as fast as it is taken. */
	async catchUp(steps: readonly NamedStep[]): Promise<void> {
		for (const step of steps) {
			if (!this.isNews(step) || !this.stream.isOpen()) continue;
			this.sent.add(step.id);
			await this.stream.send(eventOf(step));
			if (this.isLast(step)) this.stream.end();
		}
	}

	goOn(): void {
		const waiting = this.waiting ?? [];
		this.waiting = undefined;
		this.steps(waiting);
	}

	steps(steps: readonly NamedStep[]): void {
		const news = steps.filter((each) => this.isNews(each));
		if (this.waiting !== undefined) {
			this.waiting.push(...news);
			if (this.waiting.length > MOST_WAITING) this.stream.end();
			return;
		}
		for (const step of news) {
			this.stream.write(eventOf(step));
			if (this.isLast(step)) this.stream.end();
		}
	}

	running(claims: readonly OperationClaim[]): void {
		const { isRunning } = this.subject;
		if (isRunning === undefined || this.waiting !== undefined) return;
		if (isRunning(claims)) {
			this.silentSince = undefined;
			return;
		}
		this.silentSince ??= this.nowMs();
		if (this.nowMs() - this.silentSince < SILENT_MS) return;
		this.stream.write(END_UNKNOWN);
		this.stream.end();
	}
}

/** @returns undefined where the client has seen none. @throws BatonError BadInput */
const lastEventOf = ({ headers }: Request): number | undefined => {
	const text = headers["last-event-id"];
	if (text === undefined || text === "") return undefined;
	if (typeof text === "string" && /^\d{1,15}$/.test(text)) return Number(text);
	throw errors.noStepId({ text: String(text) });
};

export const createOperationEvents = ({
	store,
	log,
	nowMs,
}: OperationEventsDeps) => {
	const { operations, recoveries } = store;
	const feed = createStepFeed({ store, log, nowMs });
	const streams = new Set<EventStream>();
	const counted = createAudience("the steps of operations");

	async function* pagesBehind(after: number) {
		for (let from = after; ; ) {
			const page = await recoveries.stepsSince(from);
			const last = page.at(-1);
			if (last === undefined) return;
			yield page;
			from = last.id;
		}
	}

	const follow = async (
		request: Request,
		response: Response,
		subject: Subject,
		/** Where one begins who has seen none; missing: with what comes from now on. */
		beginning?: number,
	): Promise<void> => {
		const seen = lastEventOf(request);
		const newest = await recoveries.lastStepId();
		if (seen !== undefined && seen > newest)
			throw errors.stepNotYet({ id: seen, newest });
		if (seen !== undefined && newest - seen > MOST_PAST)
			throw errors.stepsTooFarBack({ id: seen, most: MOST_PAST });
		const stream = openEventStream(request, response, {
			backlogBytes: BACKLOG_BYTES,
		});
		streams.add(stream);
		const listener = new Listening(stream, subject, nowMs);
		const leave = feed.listen(listener, newest);
		const ended = new Promise<void>((resolve) => stream.onEnd(resolve));
		try {
			// Behind joining: what is written while this is read comes by the feed.
			for await (const page of subject.past(seen ?? beginning ?? newest)) {
				if (!stream.isOpen()) break;
				await listener.catchUp(await feed.named(page));
			}
			listener.goOn();
			await ended;
		} finally {
			leave();
			streams.delete(stream);
		}
	};

	/** By its uid, or by the id of a run that holds a cluster. @throws BatonError UnknownOperation */
	const operation = async (id: string): Promise<Subject> => {
		const running = await operations.running();
		const isThis = ({ runId }: OperationClaim) =>
			runId !== "" && (runId === id || id.includes(`:${runInUid(runId)}`));
		const claim = running.find(isThis);
		const ownUid = claim && (await operations.pictureUid(claim.identity));
		const key = id.includes(":") ? id : `:${runInUid(id)}`;
		const uid = ownUid?.includes(key) ? ownUid : id;
		const isKnown =
			claim !== undefined || (await recoveries.steps(uid)).length > 0;
		if (!isKnown) throw errors.unknownOperation({ id });
		return {
			isOf: (step) => step.uid.includes(key),
			past: async function* (after) {
				const steps = await recoveries.steps(uid);
				yield steps.filter((step) => step.id > after);
			},
			isRunning: (claims) => claims.some(isThis),
		};
	};

	return {
		/** Serves one client until it goes, or the operation has ended. @throws BatonError before anything is answered */
		serveOperation: (
			request: Request,
			response: Response,
			id: string,
		): Promise<void> =>
			counted(async () => follow(request, response, await operation(id), 0)),
		/** Of every cluster, or of one, until the client goes. @throws BatonError before anything is answered */
		serveAll: (
			request: Request,
			response: Response,
			identity: string | undefined,
		): Promise<void> =>
			counted(() =>
				follow(request, response, {
					isOf: (step) => identity === undefined || step.identity === identity,
					past: pagesBehind,
				}),
			),
		/** Sends every client away, for shutdown. */
		close: (): void => {
			for (const stream of streams) stream.end();
		},
	};
};

export type OperationEvents = ReturnType<typeof createOperationEvents>;
