import { CancellationScope, isCancellation, sleep } from "@temporalio/workflow";
import type { RollingTurn } from "../src/rolling/status.ts";
import { asSummary } from "../temporal/markdown.ts";
import { rolling, rollingHooks, rollingWaits } from "./activities.ts";
import { textOf } from "./failures.ts";
import type { RollingAsking } from "./rolling-asking.ts";
import type { RollingState } from "./rolling-state.ts";

/** A wait is looked at by one activity for so long; then it is told anew what is waited for. Milliseconds. */
const FIRST_ROUND_MS = 10_000;
const ROUND_MS = 60_000;

/** The downtime of a server that is out is lengthened each hour. */
export const LENGTHEN_EVERY = "1 hour";

export const roundMs = (round: number): number =>
	round === 0 ? FIRST_ROUND_MS : ROUND_MS;

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
	asking: { show, audit, lengthen, stuck, ask },
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

	const moveAway = async (turn: RollingTurn): Promise<void> => {
		const { server, replicas, below } = turn;
		if (replicas.length > 0 && below !== "") {
			const isMoved = await ask(
				{ kind: "moves", instance: server, below, way: "replicas" },
				`move the replicas of ${server} below ${below}`,
			);
			if (!isMoved) {
				state.turn(null);
				return;
			}
		}
		await goTo("downtime");
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
		const { server, hookRun } = turn;
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
				? `the hook of ${server} failed: ${ran.says}. The server is out and downtimed; resume runs the hook again`
				: `nobody can say how the hook of ${server} ended: ${ran.says}. See whether it has done its work; resume runs it again`,
		);
	};

	const comeBack = async ({ server }: RollingTurn): Promise<void> => {
		const sinceMs = Date.now();
		for (let round = 0; ; round++) {
			const { lacks, waitMs } =
				await rollingWaits.rollingBack.executeWithOptions(
					{ summary: asSummary(`wait for ${server}`) },
					[{ identity, server, forMs: roundMs(round) }],
				);
			if (lacks === "") break;
			if (Date.now() - sinceMs >= waitMs)
				return stuck(
					`${server} did not come back within ${Math.round(waitMs / 1000)} s: ${lacks}. No other server is taken out; mend it, and resume`,
				);
			state.waits(`waiting: ${lacks}`, Date.now());
			await show();
			await lengthen();
		}
		await goTo("moveBack");
	};

	const moveBack = async ({
		server,
		replicas,
		sinceMs,
		hookSays,
	}: RollingTurn): Promise<void> => {
		const stay: string[] = [];
		for (const replica of replicas)
			try {
				const isMoved = await ask(
					{ kind: "relocation", instance: replica, below: server },
					`move ${replica} back below ${server}`,
				);
				if (!isMoved) stay.push(replica);
			} catch (error) {
				if (isCancellation(error)) throw error;
				stay.push(`${replica} (${textOf(error)})`);
			}
		await rolling.rollingUptime.executeWithOptions(
			{ summary: asSummary(`end the downtime of ${server}`) },
			[{ server }],
		);
		const says = [
			`back after ${Math.round((Date.now() - sinceMs) / 1000)} s`,
			...(hookSays === "" ? [] : [hookSays]),
			...(stay.length === 0
				? []
				: [`its replicas that stay where they were moved: ${stay.join("; ")}`]),
		].join("; ");
		state.done(says, Date.now());
		state.waits("", Date.now());
		await audit(`done: ${says}`, server);
		await show();
	};

	const PARTS: Readonly<
		Record<RollingTurn["part"], (turn: RollingTurn) => Promise<void>>
	> = {
		moveAway,
		downtime: takeOut,
		hook: runHook,
		back: comeBack,
		moveBack,
	};

	return (turn) => PARTS[turn.part](turn);
};
