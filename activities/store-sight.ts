import { setTimeout as delay } from "node:timers/promises";
import { errors, errorText } from "../src/errors.ts";

/** Whether this node reaches its store now. */
export interface StoreSight {
	/** Looks anew. @throws BatonError StoreUnavailable */
	check(): Promise<void>;
	/** It did not at the last look. */
	isAway(): boolean;
}

interface StoreSightDeps {
	/** A small question to the store. */
	readonly ask: () => Promise<unknown>;
	readonly nowMs: () => number;
}

/** A store that may just be starting again is tried for so long; others may take the work then. Milliseconds. */
const TRIED_FOR_MS = 1_000;
/** One that is known to be away is given so long to show that it is back. Milliseconds. */
const BACK_WITHIN_MS = 250;
const AGAIN_AFTER_MS = 100;

const pause = (ms: number): Promise<unknown> =>
	delay(ms, undefined, { ref: false });

/**
 * 1. No check takes longer than about a second, whether the store refuses or says nothing.
 * 2. Questions that hang do not pile up: there is one at a time.
 */
export const createStoreSight = ({
	ask,
	nowMs,
}: StoreSightDeps): StoreSight => {
	let asked: Promise<string> | undefined;
	let isAway = false;

	/** @returns what is wrong; empty when nothing is */
	const answer = (): Promise<string> => {
		asked ??= ask()
			.then(
				() => {
					// Also when nobody has waited for so long: a slow store is there.
					isAway = false;
					return "";
				},
				(error: unknown) => errorText(error),
			)
			.finally(() => {
				asked = undefined;
			});
		return asked;
	};

	const tryFor = async (withinMs: number): Promise<string> => {
		const untilMs = nowMs() + withinMs;
		for (;;) {
			const trouble = await Promise.race([
				answer(),
				pause(untilMs - nowMs()).then(() => "it says nothing"),
			]);
			const isOver = nowMs() + AGAIN_AFTER_MS >= untilMs;
			if (trouble === "" || isOver) return trouble;
			await pause(AGAIN_AFTER_MS);
		}
	};

	return {
		check: async () => {
			const trouble = await tryFor(isAway ? BACK_WITHIN_MS : TRIED_FOR_MS);
			isAway = trouble !== "";
			if (isAway) throw errors.storeNotSeen({ why: trouble });
		},
		isAway: () => isAway,
	};
};

export type Activities = Record<string, (input: never) => Promise<unknown>>;

/** Each of them as that runs it. */
export const wrapped = <T extends Activities>(
	activities: T,
	wrap: (run: () => Promise<unknown>) => Promise<unknown>,
): T =>
	Object.fromEntries(
		Object.entries(activities).map(([name, run]) => [
			name,
			(input: never) => wrap(() => run(input)),
		]),
	) as T;

/** What needs the store is not begun on a node that does not reach it: the next try may be another node's. */
export const seeingStore = <T extends Activities>(
	sight: StoreSight,
	activities: T,
): T =>
	wrapped(activities, async (run) => {
		await sight.check();
		return run();
	});
