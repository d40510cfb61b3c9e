import { setTimeout as delay } from "node:timers/promises";
import { errorText } from "../errors.ts";
import { runInUid } from "../operations/uid.ts";
import {
	instancesNamedBy,
	type OperationOutcome,
	type OperationRequest,
} from "../planning/operation.ts";
import type { RecoveryStep, Store } from "../store/contract.ts";
import type { CommandContext } from "./command.ts";
import { Progress } from "./progress.ts";

const EVERY_MS = 200;

/** By what the request names: its cluster, or a server of it. */
const identityOf = async (
	{ clusters }: Store,
	request: OperationRequest,
	defaultPort: number,
): Promise<string | undefined> => {
	const named =
		("cluster" in request ? request.cluster : undefined) ??
		instancesNamedBy(request)[0];
	return named === undefined
		? undefined
		: (await clusters.resolve(named, defaultPort))?.identity;
};

/** The steps of the operation of that kind which are told while it runs, and after it. */
class Following {
	private readonly store: Pick<Store, "operations" | "recoveries">;
	private readonly identity: string;
	private readonly kind: string;
	private readonly runs = new Set<string>();
	/** Of runs that are none of its own, or not known yet. */
	private others: readonly RecoveryStep[] = [];
	private last: number;

	constructor(
		store: Pick<Store, "operations" | "recoveries">,
		{ identity, kind }: { readonly identity: string; readonly kind: string },
		last: number,
	) {
		this.store = store;
		this.identity = identity;
		this.kind = kind;
		this.last = last;
	}

	isRun(runId: string): void {
		if (runId !== "") this.runs.add(runInUid(runId));
	}

	/** @returns what the steps say that are new */
	async next(): Promise<readonly string[]> {
		const { operations, recoveries } = this.store;
		const current = await operations.current(this.identity);
		if (current?.kind === this.kind) this.isRun(current.runId);
		const steps = await recoveries.stepsSince(this.last);
		this.last = steps.at(-1)?.id ?? this.last;
		const all = [...this.others, ...steps];
		const isOwn = ({ uid }: RecoveryStep) =>
			[...this.runs].some((run) => uid.includes(run));
		this.others = all.filter((each) => !isOwn(each));
		return all.filter(isOwn).map(({ message }) => message);
	}
}

/**
 * Tells each step of the operation as it happens, a line each, while the work lasts, and on a terminal how far it is. That it cannot be told is no failure of the
 * operation.
 */
export const tellingSteps = async <
	Told extends { readonly outcome: Pick<OperationOutcome, "runId"> },
>(
	context: Pick<
		CommandContext,
		"store" | "configuration" | "log" | "tellStep" | "foot"
	>,
	request: OperationRequest,
	work: () => Promise<Told>,
): Promise<Told> => {
	const { tellStep, foot, log } = context;
	if (tellStep === undefined) return work();
	const store = await context.store();
	const port = context.configuration.DefaultInstancePort;
	const identity = await identityOf(store, request, port);
	if (identity === undefined) return work();
	const following = new Following(
		store,
		{ identity, kind: request.kind },
		await store.recoveries.lastStepId(),
	);
	const progress = new Progress(performance.now());
	const tell = async (): Promise<void> => {
		for (const message of await following.next()) {
			progress.heard(message);
			tellStep(message.split("\n")[0] ?? "");
		}
		foot?.show(progress.text(performance.now()));
	};
	const ended = new AbortController();
	const telling = (async () => {
		while (!ended.signal.aborted) {
			await tell();
			await delay(EVERY_MS, undefined, { signal: ended.signal }).catch(
				// The work has ended.
				() => undefined,
			);
		}
		await tell();
	})().catch((error: unknown) =>
		log.warning(`its steps cannot be told any more: ${errorText(error)}`),
	);
	try {
		const told = await work();
		following.isRun(told.outcome.runId);
		return told;
	} finally {
		ended.abort();
		await telling;
		foot?.hide();
	}
};
