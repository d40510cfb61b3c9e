/** Servers as a failure leaves them, of which the manual's samples are made: db1 is the primary, as far as it is one. */

import { type Check, NEVER_CHECKED } from "../topology/check.ts";
import {
	type Instance,
	NO_REPLICATION,
	unknownInstance,
} from "../topology/instance.ts";
import { NO_SEMI_SYNC, type SemiSync } from "../topology/semi-sync.ts";

export const CHECKED_AT = 1_000_000_000_000;

export const CHECKED: Check = {
	...NEVER_CHECKED,
	outcome: "ok",
	checkedAtMs: CHECKED_AT,
	attemptedAtMs: CHECKED_AT,
	seenAtMs: CHECKED_AT,
};

const failed = (outcome: Check["outcome"], error: string): Check => ({
	...CHECKED,
	outcome,
	error,
	seenAtMs: CHECKED_AT - 60_000,
});

export const TIMED_OUT = failed("timeout", "no answer within 500 ms");
export const DENIED = failed("refused-by-server", "access denied");

export const primary = (
	check: Check = CHECKED,
	rest: Partial<Instance> = {},
): Instance => ({ ...unknownInstance("db1", 3306), check, ...rest });

export const replica = (
	number: number,
	replication: Partial<Instance["replication"]> = {},
	rest: Partial<Instance> = {},
): Instance => ({
	...unknownInstance(`db${number}`, 3306),
	check: CHECKED,
	depth: 1,
	replication: {
		...NO_REPLICATION,
		sourceHost: "db1",
		sourcePort: 3306,
		receiver: 1,
		applier: 1,
		...replication,
	},
	...rest,
});

export const LOST = { receiver: 2 } as const;
export const STOPPED = { receiver: 0 } as const;
export const FAILING = {
	receiver: 2,
	lastReceiverError: "error connecting to source 'repl@db1:3306'",
} as const;
export const LAGGING = { lagSeconds: 60 } as const;
export const AWAY = { check: TIMED_OUT } as const;

export const below = (source: number) =>
	({ sourceHost: `db${source}` }) as const satisfies Partial<
		Instance["replication"]
	>;

/** db2, a replica of db1 and a source itself. */
export const intermediate = (check: Check = CHECKED): Instance =>
	replica(2, {}, { check });
/** db1 and db2 replicate from each other. */
export const coPrimary = (check: Check = CHECKED): Instance =>
	replica(1, below(2), { check, isCoMaster: true });
export const other = (
	replication: Partial<Instance["replication"]> = {},
): Instance => replica(2, replication, { isCoMaster: true });

const SEMI_SYNC: SemiSync = {
	...NO_SEMI_SYNC,
	sourceEnabled: true,
	sourceActive: true,
	waitForReplicaCount: 1,
};
export const POSITION = { file: "binlog.000007", position: 4711 };

export const waiting = (clients: number): Instance =>
	primary(CHECKED, {
		semiSync: { ...SEMI_SYNC, clients },
		selfCoordinates: POSITION,
	});
