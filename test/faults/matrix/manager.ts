// One node without Temporal: the engine of the break-glass command, in this process, whose life may end at any statement.

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

export interface ManagerOptions {
	readonly ground: Ground;
	readonly store: Store;
	readonly plant?: Plant;
	readonly trapOf?: (life: Life) => Trap;
	readonly onStatement?: (statement: Statement) => void;
}

const saying = { info: () => undefined, warning: () => undefined };

let managers = 0;

/** Runs the request by a manager of its own. */
export const runByManager = async (
	{
		ground,
		store,
		plant = (deps) => deps,
		trapOf,
		onStatement,
	}: ManagerOptions,
	request: OperationRequest,
): Promise<Ran> => {
	managers += 1;
	const life = createLife();
	const itsStore = mortal(store, life);
	const deps = createActivityDeps({
		store: itsStore,
		config: () => ground.config,
		log: pino({ level: "silent" }),
		node: { hostname: "matrix", token: `manager-${managers}` },
		servers: tapped({
			servers: ground.port,
			aliasOf: ground.aliasOf,
			life,
			trap: trapOf?.(life) ?? NO_TRAP,
			...(onStatement === undefined ? {} : { onStatement }),
		}),
		isRunning: async () => false,
	});
	const operator = createBreakGlass(
		plant(deps),
		createIdentityOf(itsStore, ground.config.DefaultInstancePort),
		saying,
	);
	const died = life.over.then((): Ran => ({ how: "died" }));
	const ran = operator.run(request as never).then(
		(outcome): Ran => ({ how: "ended", outcome }),
		(error: unknown): Ran => ({ how: "threw", says: String(error) }),
	);
	return Promise.race([ran, died]);
};
