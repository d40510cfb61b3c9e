// A failover by bare SQL: what no manager can be faster than. It knows its
// cluster beforehand, checks nothing twice, and writes nothing down.

import type { Topology } from "../../test/lab/laying.ts";
import type { Failure, Rescuer } from "../failure-run.ts";
import { mostReceived, receivedOf } from "./choice.ts";
import { columnsSince, type FloorRecord, type Moments } from "./moments.ts";
import { pointTo, waitApplied } from "./moves.ts";
import { type FloorSession, openSession } from "./session.ts";
import { heardNothing } from "./silence.ts";

interface FloorOptions {
	readonly failure: Failure;
	/** Whether the new primary waits for an acknowledgement, as the old one did. */
	readonly semiSync: boolean;
}

export interface FloorRescuer extends Rescuer<FloorRecord> {
	close(): void;
}

/** Watches from now on, over connections that are open when it answers. */
export const createFloorRescuer = async (
	{ primary, replicas }: Topology,
	options: FloorOptions,
): Promise<FloorRescuer> => {
	const [watched, ...sessions] = await Promise.all(
		[primary, ...replicas].map(openSession),
	);
	if (watched === undefined) throw new Error("no primary");
	const ended = new AbortController();
	const noticed =
		options.failure === "kill"
			? watched.lost
			: heardNothing(sessions, ended.signal);
	const rescue = noticed.then(() => mend(sessions, options.semiSync));
	const gaveUp = rescue.then(() => new Promise<never>(() => {}));
	// Told where it is waited for; before that it may fail, or be ended.
	gaveUp.catch(() => {});
	return {
		gaveUp,
		record: async (failed) => {
			const columns = columnsSince(await rescue, failed);
			if ((columns["noticed_ms"] ?? 0) < 0)
				throw new Error("the floor acted before the primary had failed");
			return columns;
		},
		close: () => {
			ended.abort();
			for (const session of [watched, ...sessions]) session.close();
		},
	};
};

const mend = async (
	replicas: readonly FloorSession[],
	semiSync: boolean,
): Promise<Moments> => {
	const noticed_ms = performance.now();
	const has = new Map(await Promise.all(replicas.map(stopReceiver)));
	const stopped_ms = performance.now();
	const next = chosen(has);
	const others = replicas.filter((each) => each !== next);
	await waitApplied(next, has.get(next) ?? "");
	const applied_ms = performance.now();
	const open = async (): Promise<number> => {
		await next.ask(next.words.open(semiSync));
		return performance.now();
	};
	const point = async (): Promise<number> => {
		await Promise.all(others.map((each) => pointTo(each, next.server)));
		return performance.now();
	};
	const [opened_ms, repointed_ms] = await Promise.all([open(), point()]);
	await next.ask(next.words.forgetSource);
	return { noticed_ms, stopped_ms, applied_ms, opened_ms, repointed_ms };
};

const stopReceiver = async (
	session: FloorSession,
): Promise<readonly [FloorSession, string]> => {
	const { stopReceiver, channel, has } = session.words;
	const row = await session.ask([...stopReceiver, ...channel]);
	return [session, receivedOf(session.server.flavor, row, has)];
};

const chosen = (has: ReadonlyMap<FloorSession, string>): FloorSession => {
	const [any] = has.keys();
	if (any === undefined) throw new Error("no replica");
	const { name } = mostReceived(
		any.server.flavor,
		[...has].map(([{ server }, gtids]) => ({ name: server.name, gtids })),
	);
	return [...has.keys()].find(({ server }) => server.name === name) ?? any;
};
