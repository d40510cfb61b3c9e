import type { StepOf } from "../../planning/step.ts";
import type { Dialect, Statement } from "../dialect.ts";
import type { StepSession } from "../step-session.ts";
import { behindOthers } from "./behind.ts";
import { channelsIn, through } from "./channel.ts";
import { inTheWay } from "./in-the-way.ts";
import {
	readSemiSync,
	type SemiSyncChange,
	semiSyncChange,
} from "./semi-sync.ts";
import { type Finding, finding, type StepRun } from "./step-context.ts";

const OPEN_MS = 10_000;

/**
 * Semi-sync and the end of read-only in one statement: the server takes all of it or nothing. Semi-sync alone would make a replica
 * wait for acknowledgements of what it applies, and a server that is open without it would acknowledge on its own.
 */
const openingStatement = (
	dialect: Dialect,
	semiSync: SemiSyncChange | undefined,
): Statement => {
	const sql = dialect.setReadOnly({ readOnly: false, superReadOnly: false });
	return semiSync === undefined
		? { sql, values: [] }
		: {
				sql: `${semiSync.apply.sql}, ${sql.replace(/^SET /, "")}`,
				values: semiSync.apply.values,
			};
};

/** The statement after which clients may write. Whoever loses its answer does not know whether they can. */
export const openTheServer = async (
	session: StepSession,
	semiSync: SemiSyncChange | undefined,
	deadlineMs = OPEN_MS,
): Promise<void> => {
	session.part("opening");
	await session.write(openingStatement(session.dialect, semiSync), {
		deadlineMs: Math.min(OPEN_MS, deadlineMs),
	});
};

/** Some round trips, of which one to the server itself shows how long they take. Milliseconds at least. */
const BACK_WITHIN_MS = 40;
const ROUND_TRIPS = 10;

/**
 * Makes the server writable, and does nothing else that could fail. A receiver that still runs would go on bringing the old
 * primary's writes.
 */
export const open = (
	run: StepRun,
	{ on, semiSync, inPlaceOf, unlessBehind = [] }: StepOf<"open">,
): Promise<Finding> =>
	run.session(on, async (session) => {
		const beganMs = run.nowMs();
		const before = await session.look();
		const running = channelsIn(before).find(({ receiver }) => receiver > 0);
		if (running !== undefined)
			return finding(
				"refused",
				`the receiver of ${on} runs${through(running.channel)}: it must be stopped before the server is opened`,
			);
		// One that was opened by an attempt before this one is finished, whoever is back by now.
		const inTheWay =
			inPlaceOf !== undefined && before.readOnly
				? inTheWayOf(
						run,
						inPlaceOf,
						Math.max(BACK_WITHIN_MS, ROUND_TRIPS * (run.nowMs() - beganMs)),
					)
				: undefined;
		const change =
			semiSync && semiSyncChange(await readSemiSync(session), semiSync);
		if (typeof change === "string")
			return finding("refused", `${on} is not opened: ${change}`);
		if (!before.readOnly && change === undefined)
			return finding("already", `${on} is writable`);
		const { has, unasked } = await behindOthers(run, before, unlessBehind);
		if (has.length > 0)
			return finding(
				"refused",
				`${on} stays read-only, since it lacks what was written elsewhere meanwhile: ${has.join("; ")}. Promote one that has it with force-master-failover`,
			);
		const back = await inTheWay;
		if (back !== undefined) return back;
		await openTheServer(session, change);
		session.part("opened");
		return (await session.look()).readOnly
			? finding("failed", `${on} is still read-only`)
			: finding(
					"done",
					`${on} is writable${unasked.length === 0 ? "" : `; whether more was written meanwhile could not be asked of ${unasked.join(", ")}`}`,
				);
	});

/** It is looked into beside the rest: clients wait. Who does not come to the end of that need not be told. */
const inTheWayOf = (
	...asked: Parameters<typeof inTheWay>
): ReturnType<typeof inTheWay> => {
	const looking = inTheWay(...asked);
	looking.catch(() => undefined);
	return looking;
};
