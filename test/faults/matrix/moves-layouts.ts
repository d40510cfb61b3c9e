// One replica, or several, put below another server; two that change places, or replicate from each other.

import type {
	OperationRequest,
	RequestOf,
} from "../../../src/planning/operation.ts";
import type { InstanceName } from "../../../src/topology/instance-name.ts";
import { changeChannel, sayOfChannel } from "../../lab/statements.ts";
import { all, channelIs, eitherOf, laidAnew, standing } from "./goals.ts";
import { type Layout, nameOf } from "./layout.ts";
import type { Stage } from "./stage.ts";

/** Puts replicas below another one before the operation begins, by GTID. */
export const laidBelow = async (
	stage: Stage,
	source: string,
	...replicas: readonly string[]
): Promise<void> => {
	const { server } = stage.ground;
	for (const alias of replicas) {
		await sayOfChannel(server(alias), "STOP", "");
		await changeChannel(server(alias), [`PORT = ${server(source).port}`]);
		await sayOfChannel(server(alias), "START", "");
	}
};

/** s1 → s2 → s3, s4. */
const tree = (stage: Stage): Promise<void> =>
	laidBelow(stage, "s2", "s3", "s4");

type Name = (alias: string) => InstanceName;

interface Move {
	readonly operation: string;
	/** Missing: all replicate from s1. */
	readonly laid?: (stage: Stage) => Promise<void>;
	readonly ask: (name: Name) => OperationRequest;
	/** Who replicates from whom when it is through. */
	readonly ends: Readonly<Record<string, string>>;
	/** A server that is hit wherever it stands. */
	readonly target: string;
}

export const moveLayout = ({
	operation,
	laid,
	ask,
	ends,
	target,
}: Move): Layout => ({
	operation,
	isStrict: true,
	prepare: async (stage) => {
		await laid?.(stage);
		await stage.know();
		await stage.write();
		return ask((alias) => nameOf(stage, alias));
	},
	goal: standing(ends),
	bystanders: [
		{
			victim: target,
			faults: ["server-killed", "server-stopped", "cut-off"],
		},
	],
});

export const several =
	(
		way: RequestOf<"moves">["way"],
		instance: string,
		below?: string,
	): Move["ask"] =>
	(name) => ({
		kind: "moves",
		way,
		instance: name(instance),
		...(below === undefined ? {} : { below: name(below) }),
	});

export const one =
	(
		way: NonNullable<RequestOf<"relocation">["way"]>,
		instance: string,
		below?: string,
	): Move["ask"] =>
	(name) => ({
		kind: "relocation",
		way,
		instance: name(instance),
		...(below === undefined ? {} : { below: name(below) }),
	});

const FLAT = { s2: "s1", s3: "s1", s4: "s1" } as const;
const BELOW_S2 = { s2: "s1", s3: "s2", s4: "s2" } as const;

/** The primary stays open, and gets what the other would write. */
export const PAIRING: Layout = {
	...moveLayout({
		operation: "make-co-master",
		ask: (name) => ({ kind: "coPrimary", instance: name("s2") }),
		ends: {},
		target: "s2",
	}),
	isPairing: true,
	goal: all(standing({ s1: "s2", ...FLAT }), async (_, now) =>
		now
			.filter(({ alias, isOpen }) => isOpen !== (alias === "s1"))
			.map(({ alias }) => `${alias} is not as open as it was`),
	),
};

let pid: number | undefined;

/** A person has stopped the receiver of s4: it goes along, and stays so, unless its server is started anew. */
const withOneStopped: Layout = {
	...moveLayout({
		operation: "relocate-replicas-stopped",
		laid: async ({ ground }) => {
			const s4 = ground.server("s4");
			pid = s4.pid;
			await sayOfChannel(s4, "STOP", "IO_THREAD");
		},
		ask: several("replicas", "s1", "s2"),
		ends: {},
		target: "s2",
	}),
	goal: all(standing({ s2: "s1", s3: "s2" }), (stage, ...asked) =>
		channelIs(
			"s4",
			(channel) =>
				channel?.source === "s2" &&
				(channel.receiver === "stopped" ||
					stage.ground.server("s4").pid !== pid),
			"stopped below s2",
		)(stage, ...asked),
	),
};

/** Seconds. */
const BEHIND_S = 1.5;

/** Its applier waits for a client that has locked what it writes to. */
const fallBehind = async ({ ground }: Stage, alias: string): Promise<void> => {
	const client = await ground.server(alias).connect();
	await client.query("LOCK TABLES app.writes READ");
	void client
		.query(`SELECT SLEEP(${BEHIND_S})`)
		.catch(() => undefined)
		.finally(() => client.destroy());
};

const relocateReplicas = moveLayout({
	operation: "relocate-replicas",
	ask: several("replicas", "s1", "s2"),
	ends: BELOW_S2,
	target: "s2",
});

/** The new source has yet to apply what the replicas have: that is waited for first. */
const belowOneBehind: Layout = {
	...relocateReplicas,
	operation: "relocate-replicas-behind",
	prepare: async (stage) => {
		const request = await relocateReplicas.prepare(stage);
		await fallBehind(stage, "s2");
		return request;
	},
};

/** Who of s3 and s4 has most is a matter of the moment: a rule leaves s3 alone, which stays below s2 and gets the other. */
export const regrouping = (layout: Layout): Layout => ({
	...layout,
	prepare: async (stage) => {
		await stage.store.candidates.register(
			nameOf(stage, "s4"),
			"must_not",
			Date.now(),
		);
		return layout.prepare(stage);
	},
	goal: standing({ s3: "s2", s4: "s3" }),
});

/** Asked once more when s3 has gone up, s4 is its sibling no longer: one that was left behind stays where it was. */
export const madeLocal = (layout: Layout): Layout => ({
	...layout,
	goal: eitherOf(
		standing({ s2: "s1", s3: "s1", s4: "s3" }),
		standing({ s2: "s1", s3: "s1", s4: "s2" }),
	),
});

const takeSiblings = moveLayout({
	operation: "take-siblings",
	ask: several("siblings", "s2"),
	ends: BELOW_S2,
	target: "s2",
});

export const MOVES: readonly Layout[] = [
	relocateReplicas,
	belowOneBehind,
	withOneStopped,
	moveLayout({
		operation: "move-replicas-gtid",
		ask: several("gtid", "s1", "s3"),
		ends: { s2: "s3", s3: "s1", s4: "s3" },
		target: "s3",
	}),
	moveLayout({
		operation: "move-up-replicas",
		laid: tree,
		ask: several("up", "s2"),
		ends: FLAT,
		target: "s2",
	}),
	{
		...moveLayout({
			operation: "repoint-replicas",
			ask: several("repoint", "s1"),
			ends: FLAT,
			target: "s3",
		}),
		goal: all(standing(FLAT), laidAnew("s2", "s3", "s4")),
	},
	takeSiblings,
	// One of two does not come through, and is put back alone.
	{
		...takeSiblings,
		operation: "take-siblings-partly",
		spoilt: { at: /^s4: START /, once: true },
	},
	regrouping(
		moveLayout({
			operation: "regroup-replicas",
			laid: tree,
			ask: several("regroup", "s2"),
			ends: {},
			target: "s3",
		}),
	),
	regrouping(
		moveLayout({
			operation: "regroup-replicas-gtid",
			laid: tree,
			ask: several("regroupGtid", "s2"),
			ends: {},
			target: "s3",
		}),
	),
	madeLocal(
		moveLayout({
			operation: "make-local-master",
			laid: tree,
			ask: several("local", "s3"),
			ends: {},
			target: "s3",
		}),
	),
	moveLayout({
		operation: "take-master",
		laid: tree,
		ask: (name) => ({ kind: "exchange", instance: name("s3") }),
		ends: { s3: "s1", s2: "s3", s4: "s2" },
		target: "s3",
	}),
	PAIRING,
	moveLayout({
		operation: "move-up",
		laid: tree,
		ask: one("up", "s4"),
		ends: { s4: "s1" },
		target: "s2",
	}),
	moveLayout({
		operation: "move-gtid",
		ask: one("gtid", "s4", "s3"),
		ends: { s2: "s1", s3: "s1", s4: "s3" },
		target: "s3",
	}),
	moveLayout({
		operation: "move-below",
		ask: one("siblings", "s4", "s3"),
		ends: { s4: "s3" },
		target: "s3",
	}),
	{
		...moveLayout({
			operation: "repoint",
			ask: one("repoint", "s4"),
			ends: FLAT,
			target: "s2",
		}),
		goal: all(standing(FLAT), laidAnew("s4")),
	},
];
