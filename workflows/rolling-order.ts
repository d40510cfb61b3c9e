import type { LeftBehind } from "../src/planning/plan.ts";
import type { RollingStep } from "../src/rolling/next-server.ts";
import { leftBehind } from "../src/rolling/text.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { asSummary } from "../temporal/markdown.ts";
import { rolling, rollingWaits } from "./activities.ts";
import type { RollingAsking } from "./rolling-asking.ts";
import type { RollingState } from "./rolling-state.ts";
import { roundMs, unlessTold } from "./rolling-waits.ts";

interface OrderDeps {
	readonly identity: string;
	readonly reason: string;
	readonly state: RollingState;
	readonly asking: RollingAsking;
}

/** Who comes next, as the cluster stands by then. @returns what begins the next turn */
export const createRollingOrder = ({
	identity,
	reason,
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

	/** @returns of whom it began: that of others was there before */
	const beginDowntimes = async (
		leaves: readonly LeftBehind[],
	): Promise<InstanceName[]> => {
		const begun: InstanceName[] = [];
		for (const { name } of leaves) {
			const hasBegun = await rolling.rollingDowntime.executeWithOptions(
				{ summary: asSummary(`downtime ${name}, which is left behind`) },
				[{ server: name, reason }],
			);
			if (hasBegun) begun.push(name);
		}
		return begun;
	};

	/** Nobody was left behind: whoever was downtimed for that is as before. */
	const endDowntimes = async (
		begun: readonly InstanceName[],
	): Promise<void> => {
		for (const server of begun)
			await rolling.rollingUptime.executeWithOptions(
				{ summary: asSummary(`end the downtime of ${server}`) },
				[{ server, isStillOut: true }],
			);
	};

	const tell = async (
		leaves: readonly LeftBehind[],
		from: InstanceName,
		to: InstanceName,
	): Promise<void> => {
		for (const each of leaves) {
			const told = leftBehind(each, from, to);
			state.leftBehind(each.name, told);
			await audit(`${each.name} is ${told}`, each.name);
		}
	};

	/** Whom it leaves behind is downtimed first, since no takeover leaves anybody else. */
	const takeOver = async ({
		from,
		to,
		leaves = [],
	}: Extract<RollingStep, { do: "takeover" }>): Promise<void> => {
		const says = `${to} takes over from ${from}`;
		state.waits(says, Date.now());
		await show();
		await audit(says, from);
		const begun = await beginDowntimes(leaves);
		const asked = await ask(
			{ kind: "takeover", cluster: identity, to, auto: true },
			says,
		);
		if (asked.end === "done" || asked.isPartDone) await tell(leaves, from, to);
		else await endDowntimes(begun);
		if (asked.end === "failed") await stuck(asked.says);
	};

	/** Begins the next turn, or has the primary changed first. @returns whether all is done */
	return async (): Promise<boolean> => {
		const step = await nextStep();
		if (step === undefined || step.do === "wait") return false;
		if (step.do === "finish") return true;
		if (step.do === "takeover") {
			await takeOver(step);
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
