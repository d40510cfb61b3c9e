// The operations that faults are tried on, each with the state in which it begins.

import { setSemiSyncSource } from "../../lab/replication.ts";
import { commitErrant } from "../../lab/trouble.ts";
import {
	failover,
	failoverOfHung,
	failoverWithCatchUp,
} from "./failover-layouts.ts";
import { type Layout, nameOf } from "./layout.ts";
import { runByManager } from "./manager.ts";
import { MATCHES, PLACES } from "./match-layouts.ts";
import { MOVES } from "./moves-layouts.ts";
import {
	failoverForced,
	failoverForcedUndone,
	failoverOfDelayed,
	failoverUndone,
	failoverWithReplacement,
	failoverWithTwoChannels,
} from "./odd-failover-layouts.ts";
import { SERVER_CHANGES } from "./server-change-layouts.ts";
import {
	takeover,
	takeoverByHand,
	takeoverOfChain,
	takeoverOfTwo,
	takeoverUndone,
} from "./takeover-layouts.ts";

const relocation: Layout = {
	operation: "relocation",
	prepare: async (stage) => {
		await stage.write();
		return {
			kind: "relocation",
			instance: nameOf(stage, "s4"),
			below: nameOf(stage, "s3"),
		};
	},
	bystanders: [
		{ victim: "s1", faults: ["server-killed"] },
		{ victim: "s3", faults: ["server-killed", "server-stopped"] },
	],
};

const relocationUndone: Layout = {
	...relocation,
	operation: "relocation-undone",
	spoilt: { at: /^s4: START /, once: true },
};

/** The old primary is back with its writes open, and has nothing of its own. */
const rejoin: Layout = {
	operation: "rejoin",
	prepare: async (stage) => {
		const { ground, store } = stage;
		const failed = await failover.prepare(stage);
		await stage.rest();
		const ran = await runByManager({ ground, store }, failed);
		if (ran.how !== "ended" || !ran.outcome.successful)
			throw new Error(`no failover: ${JSON.stringify(ran)}`);
		await ground.server("s1").start();
		await stage.write({ acknowledged: true, not: "s1" });
		return {
			kind: "rejoin",
			cluster: nameOf(stage, "s2"),
			instance: nameOf(stage, "s1"),
		};
	},
	bystanders: [{ victim: "s2", faults: ["server-killed"] }],
};

/** The old primary is back with transactions that nobody else has. */
const rejoinHeldBack: Layout = {
	...rejoin,
	operation: "rejoin-held-back",
	prepare: async (stage) => {
		const request = await rejoin.prepare(stage);
		const s1 = stage.ground.server("s1");
		// Nobody acknowledges for it: it is open for a moment before Baton knows of it.
		await setSemiSyncSource(s1, false);
		await commitErrant(s1);
		await setSemiSyncSource(s1, true);
		return request;
	},
};

export const LAYOUTS: readonly Layout[] = [
	takeover,
	takeoverOfTwo,
	takeoverOfChain,
	takeoverByHand,
	takeoverUndone,
	failover,
	failoverOfHung,
	failoverWithCatchUp,
	failoverWithTwoChannels,
	failoverForced,
	failoverWithReplacement,
	failoverOfDelayed,
	failoverUndone,
	failoverForcedUndone,
	relocation,
	relocationUndone,
	rejoin,
	rejoinHeldBack,
	...MOVES,
	...MATCHES,
	...PLACES,
	...SERVER_CHANGES,
];
