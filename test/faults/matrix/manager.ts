// One node in this process, whose life may end at any statement: the engine of the break-glass command, or that of its workflows.

import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import type { ActivityDeps } from "../../../activities/dependencies.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../../../src/planning/operation.ts";
import type { Store } from "../../../src/store/contract.ts";
import { createIdentityOf } from "../../../temporal/operator.ts";
import { createBreakGlass } from "../../../workers/break-glass.ts";
import { createActivityDeps } from "../../../workers/deps.ts";
import type { Node, TemporalServer } from "./by-temporal.ts";
import type { Ground } from "./ground.ts";
import { NO_TRAP } from "./spoil.ts";
import type { Statement } from "./statements.ts";
import { createLife, type Life, mortal, type Trap, tapped } from "./tap.ts";

/** What came of a run. */
export type Ran =
	| { readonly how: "ended"; readonly outcome: OperationOutcome }
	| { readonly how: "threw"; readonly says: string }
	| { readonly how: "died" };

/** A bug that the harness puts into the engine, to show that it would be found. */
export type Plant = (deps: ActivityDeps) => ActivityDeps;

/** What somebody else does while the operation runs. */
export interface Asking {
	/** Asks for its end. */
	cancel(): Promise<void>;
	/** Asks for the same again, and goes on when that was refused or waits. */
	again(): Promise<void>;
}

export interface ManagerOptions {
	readonly ground: Ground;
	readonly store: Store;
	readonly plant?: Plant;
	/** Runs it by workflows; missing: as the break-glass command does. */
	readonly temporal?: TemporalServer;
	readonly trapOf?: (life: Life, asking: Asking) => Trap;
	/** Why a cancellation changes nothing any more; empty when it was asked for. */
	readonly onCancel?: (says: string) => void;
	/** What came of the second one, when the first has ended. */
	readonly onOther?: (ran: Ran) => void;
	readonly onStatement?: (statement: Statement) => void;
}

const saying = { info: () => undefined, warning: () => undefined };

let managers = 0;

const ranOf = (running: Promise<OperationOutcome>): Promise<Ran> =>
	running.then(
		(outcome): Ran => ({ how: "ended", outcome }),
		(error: unknown): Ran => ({ how: "threw", says: String(error) }),
	);

/** A second one that is refused is refused by then. */
const REFUSED_MS = 500;

/** Runs the request by a manager of its own. */
export const runByManager = async (
	{
		ground,
		store,
		plant = (deps) => deps,
		temporal,
		trapOf,
		onCancel,
		onOther,
		onStatement,
	}: ManagerOptions,
	request: OperationRequest,
): Promise<Ran> => {
	managers += 1;
	const life = createLife();
	const itsStore = mortal(store, life);
	const identityFor = createIdentityOf(
		itsStore,
		ground.config.DefaultInstancePort,
	);
	let node: Node | undefined;
	const running = (): Node => {
		if (node === undefined) throw new Error("only a node can be asked for it");
		return node;
	};
	const others: Promise<Ran>[] = [];
	const ends: Promise<string>[] = [];
	const asking: Asking = {
		cancel: async () => {
			const asked = identityFor(request).then((of) => running().cancel(of));
			// The operation may be over before its step goes on.
			ends.push(asked.then(({ says }) => says));
			await asked;
		},
		again: async () => {
			others.push(ranOf(running().operator.run(request as never)));
			await sleep(REFUSED_MS);
		},
	};
	const deps = plant(
		createActivityDeps({
			store: itsStore,
			config: () => ground.config,
			log: pino({ level: "silent" }),
			node: { hostname: "matrix", token: `manager-${managers}` },
			servers: tapped({
				servers: ground.port,
				aliasOf: ground.aliasOf,
				life,
				trap: trapOf?.(life, asking) ?? NO_TRAP,
				...(onStatement === undefined ? {} : { onStatement }),
			}),
			isRunning: temporal?.isRunning ?? (async () => false),
		}),
	);
	node = await temporal?.start(deps);
	const operator =
		node?.operator ?? createBreakGlass(deps, identityFor, saying);
	const died = life.over.then((): Ran => ({ how: "died" }));
	try {
		const ran = await Promise.race([
			ranOf(operator.run(request as never)),
			died,
		]);
		for (const end of ends) onCancel?.(await end);
		for (const other of others) onOther?.(await other);
		return ran;
	} finally {
		await node?.stop();
	}
};
