// One case's servers, writers and store, from the reset to the last look.

import type { Store } from "../../../src/store/contract.ts";
import { createWriter, type Writer } from "../../lab/writer.ts";
import type { WriteRecord } from "../../lab/writes.ts";
import type { FaultKind } from "./cases.ts";
import { type DoubleOpening, doubleOpenings } from "./exposure.ts";
import type { Ground } from "./ground.ts";
import type { Layout } from "./layout.ts";
import { startSampler } from "./sampler.ts";

/** What a server that wakes up tells of its replicas is old: its threads have yet to notice that they have gone. */
const DOUBTFUL_MS = 1_500;

/** Writes a second to each server. */
const RATE = 40;

export interface Stage {
	readonly ground: Ground;
	readonly store: Store;
	/** Lets a writer of its own try each server; answers when the primary has acknowledged some, where that is asked for. */
	write(options?: {
		readonly acknowledged: boolean;
		/** Nobody tries this one. */
		readonly not?: string;
	}): Promise<void>;
	/** Lets the store know the servers as they are now. */
	know(): Promise<void>;
	/** Ends them. */
	rest(): Promise<void>;
	/** Of all writers so far. */
	records(): readonly WriteRecord[];
	/** Servers that are stopped now. */
	readonly hung: ReadonlySet<string>;
	/** Servers that no manager reaches now. */
	readonly cutOff: ReadonlySet<string>;
	hit(alias: string, fault: FaultKind): void;
	/** Wakes, starts and lets reach whatever is hung, down or cut off, or these of it. */
	heal(aliases?: readonly string[]): Promise<void>;
	/** All is prepared. */
	begin(): void;
	/** Of the time since {@link begin}. */
	doubles(): readonly DoubleOpening[];
	end(): Promise<void>;
}

export const createStage = async (
	ground: Ground,
	{ replicas }: Pick<Layout, "replicas">,
): Promise<Stage> => {
	const store = await ground.reset(replicas);
	const { servers, aliasOf } = ground;
	const sampler = startSampler(servers, aliasOf);
	const hung = new Set<string>();
	const cutOff = new Set<string>();
	const silences: {
		readonly alias: string;
		readonly fromMs: number;
		toMs: number;
	}[] = [];
	let writers: Writer[] = [];
	const before: WriteRecord[] = [];
	let nextId = 1;
	let beganMs = 0;

	const isDoubtful = (server: string, atMs: number): boolean =>
		silences.some(
			({ alias, fromMs, toMs }) =>
				alias === server && fromMs <= atMs && atMs <= toMs + DOUBTFUL_MS,
		);
	const rest = async (): Promise<void> => {
		await Promise.all(writers.map((each) => each.stop()));
		before.push(...writers.flatMap((each) => each.records));
		writers = [];
	};
	return {
		ground,
		store,
		write: async ({ acknowledged, not } = { acknowledged: true }) => {
			writers = servers
				.filter((each) => aliasOf(each.name) !== not)
				.map((server) => {
					nextId += 1_000_000;
					return createWriter({
						servers: [server],
						ratePerSecond: RATE,
						firstId: nextId,
						name: aliasOf(server.name),
					});
				});
			for (const writer of writers) writer.start();
			if (acknowledged)
				await Promise.any(
					writers.map((each) => each.waitAcknowledged(4, 10_000)),
				);
		},
		know: () => ground.learn(store),
		rest,
		records: () => [...before, ...writers.flatMap((each) => each.records)],
		hung,
		cutOff,
		hit: (alias, fault) => {
			if (fault === "cut-off") cutOff.add(alias);
			if (fault !== "server-stopped") return;
			hung.add(alias);
			silences.push({
				alias,
				fromMs: performance.now(),
				toMs: Number.POSITIVE_INFINITY,
			});
		},
		heal: async (aliases = servers.map((each) => aliasOf(each.name))) => {
			for (const alias of aliases) {
				if (hung.delete(alias)) ground.server(alias).resume();
				if (cutOff.delete(alias)) ground.network.mend(ground.server(alias));
				for (const each of silences)
					if (each.alias === alias)
						each.toMs = Math.min(each.toMs, performance.now());
			}
			await Promise.all(aliases.map((each) => ground.server(each).start()));
		},
		begin: () => {
			beganMs = performance.now();
		},
		doubles: () =>
			doubleOpenings(sampler.samples, isDoubtful).filter(
				({ toMs }) => toMs > beganMs,
			),
		end: async () => {
			for (const alias of hung) ground.server(alias).resume();
			hung.clear();
			ground.network.stop();
			await Promise.all([rest(), sampler.stop()]);
		},
	};
};
