import { CancellationScope, sleep } from "@temporalio/workflow";
import type { Stray } from "../src/rolling/primary.ts";
import type { RollingTurn } from "../src/rolling/status.ts";
import { leftOut, notBroughtAlong } from "../src/rolling/text.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { asSummary } from "../temporal/markdown.ts";
import { rolling, rollingHooks, rollingWaits } from "./activities.ts";
import type { RollingAsking } from "./rolling-asking.ts";
import type { RollingState } from "./rolling-state.ts";
import { LENGTHEN_EVERY, roundMs, unlessTold } from "./rolling-waits.ts";

/** Long enough for a server that is in order to be seen to be so. Milliseconds. */
const SKIP_LOOK_MS = 6_000;

interface TurnDeps {
	readonly identity: string;
	readonly reason: string;
	readonly state: RollingState;
	readonly asking: RollingAsking;
	/** Of the first run. */
	readonly runId: string;
}

/** The turn of one server: it is taken out, its hook runs, and it comes back. @returns what does its next part */
export const createRollingTurn = ({
	identity,
	reason,
	state,
	asking: { show, audit, lengthen, stuck, ask, askAgain },
	runId,
}: TurnDeps): ((turn: RollingTurn) => Promise<void>) => {
	const goTo = async (
		part: RollingTurn["part"],
		more: Partial<RollingTurn> = {},
	) => {
		const { current } = state.status;
		if (current === null) return;
		state.turn({ ...current, ...more, part });
		await show();
	};

	/** @returns who stays where it is, and why */
	const bringBack = async (
		server: InstanceName,
		replicas: readonly InstanceName[],
	): Promise<string[]> => {
		const stay: string[] = [];
		for (const replica of replicas) {
			const { end, says } = await askAgain(
				{ kind: "relocation", instance: replica, below: server },
				`move ${replica} back below ${server}`,
			);
			if (end !== "done") stay.push(`${replica} (${says})`);
		}
		return stay;
	};

	const moveAway = async (turn: RollingTurn): Promise<void> => {
		const { server, replicas, below } = turn;
		if (replicas.length === 0 || below === "") return goTo("downtime");
		const { end, says, moved } = await ask(
			{ kind: "moves", instance: server, below, way: "replicas" },
			`move the replicas of ${server} below ${below}`,
		);
		if (end === "done") return goTo("downtime");
		const isSkipped = (name: InstanceName) =>
			state.turns.skipped.includes(name);
		// Those that were skipped hold nobody up: they lose their source for a while.
		if (
			end === "failed" &&
			replicas.every((each) => moved.includes(each) || isSkipped(each))
		)
			return goTo("downtime", {
				replicas: replicas.filter((each) => moved.includes(each)),
			});
		// Nothing is out yet: whoever goes on with it has the cluster looked at anew.
		const stay = await bringBack(server, moved);
		state.turn(null);
		if (end === "failed")
			await stuck(
				`${server} is not taken out, since its replicas could not be moved away: ${[says, ...stay].join("; ")}`,
			);
	};

	const takeOut = async ({ server }: RollingTurn): Promise<void> => {
		await rolling.rollingDowntime.executeWithOptions(
			{ summary: asSummary(`downtime ${server}`) },
			[{ server, reason }],
		);
		await audit("taken out", server);
		await goTo("hook");
	};

	const runHook = async (before: RollingTurn): Promise<void> => {
		const turn = { ...before, hookRun: before.hookRun + 1 };
		const { server, replicas, hookRun } = turn;
		state.turn(turn);
		const watch = new CancellationScope();
		watch
			.run(async () => {
				for (;;) {
					await sleep(LENGTHEN_EVERY);
					await lengthen();
				}
			})
			.catch(() => undefined);
		const ran = await rollingHooks.rollingHook
			.executeWithOptions({ summary: asSummary(`hook of ${server}`) }, [
				{
					identity,
					server,
					replicas,
					reason,
					// Of this turn, and of this try in it.
					key: `${runId}/${state.status.done.length + 1}-${hookRun}`,
					sinceMs: Date.now(),
				},
			])
			.finally(() => watch.cancel());
		if (ran.end === "ran") return goTo("back", { hookSays: ran.says });
		await stuck(
			ran.end === "failed"
				? `the hook of ${server} failed: ${ran.says}. The server is out and downtimed; resume runs the hook again, skip-rolling-maintenance goes on without it`
				: `nobody can say how the hook of ${server} ended: ${ran.says}. See whether it has done its work; resume runs it again, skip-rolling-maintenance goes on without it`,
		);
	};

	/** It came back to a source that was replaced while it was out. @returns why it cannot be brought below the new one; empty when it was */
	const bringAlong = async (
		server: InstanceName,
		{ from, below }: Stray,
	): Promise<string> => {
		const { end, says } = await askAgain(
			{ kind: "relocation", instance: server, below },
			`move ${server} from ${from}, which was replaced, below ${below}, the new primary`,
		);
		return end === "done" ? "" : notBroughtAlong(server, { from, below }, says);
	};

	const comeBack = async ({ server }: RollingTurn): Promise<void> => {
		const sinceMs = Date.now();
		for (let round = 0; ; round++) {
			const seen = await unlessTold(
				() => state.isSkipping,
				() =>
					rollingWaits.rollingBack.executeWithOptions(
						{ summary: asSummary(`wait for ${server}`) },
						[{ identity, server, forMs: roundMs(round) }],
					),
			);
			if (seen === undefined) return;
			const { lacks, stray, waitMs } = seen;
			if (lacks === "") break;
			const isOver = Date.now() - sinceMs >= waitMs;
			const why = stray && !isOver ? await bringAlong(server, stray) : "";
			if (state.isSkipping) return;
			if (why !== "")
				return stuck(
					`${why}. No other server is taken out; mend it and resume, or skip it`,
				);
			if (isOver)
				return stuck(
					`${server} did not come back within ${Math.round(waitMs / 1000)} s: ${lacks}. No other server is taken out; mend it and resume, or skip it`,
				);
			state.waits(`waiting: ${lacks}`, Date.now());
			await show();
			await lengthen();
		}
		await goTo("moveBack");
	};

	/** Its turn is over. */
	const endTurn = async ({ server, skippedBy }: RollingTurn, says: string) => {
		const by = skippedBy === undefined ? "" : `by ${skippedBy}; `;
		state.done(`${by}${says}`, Date.now());
		state.waits("", Date.now());
		await audit(`${by === "" ? "done: " : "skipped "}${by}${says}`, server);
		await show();
	};

	const moveBack = async (turn: RollingTurn): Promise<void> => {
		const { server, replicas, sinceMs, hookSays } = turn;
		const stay = await bringBack(server, replicas);
		await rolling.rollingUptime.executeWithOptions(
			{ summary: asSummary(`end the downtime of ${server}`) },
			[{ server }],
		);
		const says = [
			`back after ${Math.round((Date.now() - sinceMs) / 1000)} s`,
			...(hookSays === "" ? [] : [hookSays]),
			...(stay.length === 0
				? []
				: [
						`its replicas that were not moved back below it: ${stay.join("; ")}`,
					]),
		].join("; ");
		await endTurn(turn, says);
	};

	/** It is brought in if it is in order by now, and else left as it is. */
	const skip = async (turn: RollingTurn): Promise<void> => {
		const { server } = turn;
		const { lacks } = await rollingWaits.rollingBack.executeWithOptions(
			{ summary: asSummary(`see how ${server} stands`) },
			[{ identity, server, forMs: SKIP_LOOK_MS }],
		);
		if (lacks === "") await goTo("moveBack");
		else await endTurn(turn, leftOut(turn, lacks));
	};

	const PARTS: Readonly<
		Record<RollingTurn["part"], (turn: RollingTurn) => Promise<void>>
	> = {
		moveAway,
		downtime: takeOut,
		hook: runHook,
		back: comeBack,
		moveBack,
		skip,
	};

	return (turn) => PARTS[turn.part](turn);
};
