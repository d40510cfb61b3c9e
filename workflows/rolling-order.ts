import type { RollingStep } from "../src/rolling/next-server.ts";
import { rollingWaits } from "./activities.ts";
import type { RollingAsking } from "./rolling-asking.ts";
import type { RollingState } from "./rolling-state.ts";
import { roundMs, unlessTold } from "./rolling-waits.ts";

interface OrderDeps {
	readonly identity: string;
	readonly state: RollingState;
	readonly asking: RollingAsking;
}

/** Who comes next, as the cluster stands by then. @returns what begins the next turn */
export const createRollingOrder = ({
	identity,
	state,
	asking: { show, audit, stuck, ask },
}: OrderDeps): (() => Promise<boolean>) => {
	/** Looks at the cluster until the next step can be taken. Undefined when a person has said something, or when it cannot go on. */
	const nextStep = async (): Promise<RollingStep | undefined> => {
		const sinceMs = Date.now();
		const isTold = state.listen();
		for (let round = 0; ; round++) {
			const forMs = round === 0 ? 0 : roundMs(round - 1);
			const seen = await unlessTold(isTold, () =>
				rollingWaits.rollingNext.executeWithOptions(
					{ summary: "see who comes next" },
					[{ identity, ...state.turns, forMs }],
				),
			);
			if (seen === undefined) return undefined;
			const { step, toCome, waitMs } = seen;
			// Where nobody can say who the primary is, it is not known anew.
			if (toCome.length > 0 || step.do === "finish") state.toCome(toCome);
			if (step.do !== "wait") return step;
			if (Date.now() - sinceMs >= waitMs) {
				await stuck(`nobody is taken out: ${step.says}`);
				return undefined;
			}
			state.waits(`waiting: ${step.says}`, Date.now());
			await show();
		}
	};

	/** Begins the next turn, or has the primary changed first. @returns whether all is done */
	return async (): Promise<boolean> => {
		const step = await nextStep();
		if (step === undefined || step.do === "wait") return false;
		if (step.do === "finish") return true;
		if (step.do === "takeover") {
			state.waits(`${step.to} takes over from ${step.from}`, Date.now());
			await show();
			await audit(`${step.to} takes over from ${step.from}`, step.from);
			const { end, says } = await ask(
				{ kind: "takeover", cluster: identity, to: step.to, auto: true },
				`${step.to} takes over from ${step.from}`,
			);
			if (end === "failed") await stuck(says);
			return false;
		}
		state.waits("", Date.now());
		state.turn({
			server: step.server,
			part: "moveAway",
			sinceMs: Date.now(),
			replicas: step.replicas,
			below: step.below,
			hookRun: 0,
			hookSays: "",
		});
		await show();
		return false;
	};
};
