// What operations lead to, asked of the servers.

import type { Channel, Seen } from "./judge.ts";
import type { Layout } from "./layout.ts";
import type { Stage } from "./stage.ts";

type Goal = NonNullable<Layout["goal"]>;

const runs = ({ receiver, applies }: Channel): boolean =>
	receiver === "runs" && applies;

const channelsIn = (now: readonly Seen[], alias: string): readonly Channel[] =>
	now.find((each) => each.alias === alias)?.channels ?? [];

/** Each replicates from that one, and from no other. */
export const standing =
	(places: Readonly<Record<string, string>>): Goal =>
	async (_, now) =>
		Object.entries(places).flatMap(([alias, source]) => {
			const channels = channelsIn(now, alias);
			return channels.length === 1 &&
				channels.every((each) => each.source === source && runs(each))
				? []
				: [
						`${alias} does not replicate from ${source}: ${JSON.stringify(channels)}`,
					];
		});

/** Its channel is as that says. */
export const channelIs =
	(
		alias: string,
		isSo: (channel: Channel | undefined) => boolean,
		says: string,
	): Goal =>
	async (_, now) => {
		const [channel] = channelsIn(now, alias);
		return isSo(channel)
			? []
			: [`${alias} is not ${says}: ${JSON.stringify(channel)}`];
	};

/** Since it began each of these servers has been told something, by what it counts. */
const heard =
	(
		what: "changes" | "starts",
		aliases: readonly string[],
		says: (alias: string) => string,
	): Goal =>
	async (_, now, before) =>
		aliases.flatMap((alias) => {
			const is = now.find((each) => each.alias === alias)?.heard;
			const was = before.find((each) => each.alias === alias)?.heard;
			if (is === undefined || was === undefined) return [];
			return is[what] > (is.by === was.by ? was[what] : 0) ? [] : [says(alias)];
		});

/** Their channels were laid since, wherever they lead. */
export const laidAnew = (...aliases: readonly string[]): Goal =>
	heard(
		"changes",
		aliases,
		(alias) => `the channel of ${alias} was not laid anew`,
	);

/** Their threads were started since. */
export const startedAnew = (...aliases: readonly string[]): Goal =>
	heard(
		"starts",
		aliases,
		(alias) => `the threads of ${alias} were not started anew`,
	);

/** The query gives 1 there: column `ok`. */
export const holds =
	(
		alias: string,
		query: (stage: Stage) => string | Promise<string>,
		says: string,
	): Goal =>
	async (stage) => {
		const sql = await query(stage);
		const [row] = await stage.ground.server(alias).query(sql);
		return Number(row?.ok) === 1 ? [] : [`${alias}: ${says}`];
	};

/** What the first of them lacks, where none is reached. */
export const eitherOf =
	(...goals: readonly Goal[]): Goal =>
	async (...asked) => {
		const found = await Promise.all(goals.map((each) => each(...asked)));
		return found.some((each) => each.length === 0) ? [] : (found[0] ?? []);
	};

export const all =
	(...goals: readonly Goal[]): Goal =>
	async (...asked) =>
		(await Promise.all(goals.map((each) => each(...asked)))).flat();
