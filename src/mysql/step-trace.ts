import type { Effect } from "../planning/step.ts";

/**
 * What one session's writing statements did to its server.
 * 1. Before the first of them is sent the effect is `unchanged`.
 * 2. While one is pending, and when the session was lost at or after one, it is `unknown`.
 * 3. One that was answered makes it `changed`; one that the server refused leaves it as it was.
 */
export interface StepTrace {
	readonly effect: Effect;
	sent(): void;
	answered(): void;
	refused(): void;
	/** The session is gone, or it cannot be told what its last statement did. */
	lost(): void;
	/** Somebody looked again and knows better. */
	settle(effect: Effect): void;
}

export const createTrace = (): StepTrace => {
	let pending = 0;
	let known: Effect = "unchanged";
	return {
		get effect() {
			return pending > 0 ? "unknown" : known;
		},
		sent: () => {
			pending++;
		},
		answered: () => {
			pending = Math.max(0, pending - 1);
			if (known === "unchanged") known = "changed";
		},
		refused: () => {
			pending = Math.max(0, pending - 1);
		},
		lost: () => {
			if (pending > 0 || known !== "unchanged") known = "unknown";
			pending = 0;
		},
		settle: (effect) => {
			known = effect;
		},
	};
};

const RANK: Readonly<Record<Effect, number>> = {
	unchanged: 0,
	changed: 1,
	unknown: 2,
};

/** Of several sessions: what is not known of one is not known of the whole. */
export const combined = (effects: readonly Effect[]): Effect =>
	effects.reduce<Effect>(
		(worst, each) => (RANK[each] > RANK[worst] ? each : worst),
		"unchanged",
	);
