/** Clusters that were two because their primary's name was spelled in two ways become one. */
import { foldClusterName } from "../../topology/instance-name.ts";
import { mergeTable } from "../merging/merge-table.ts";
import type { Row } from "../merging/merged-rows.ts";
import { MERGED_TABLES, toIdentity } from "../merging/merged-tables.ts";
import type { Script, Spelling } from "../merging/script.ts";

const byEpoch = (a: Row, b: Row): number =>
	Number(b.epoch) - Number(a.epoch) ||
	Number(b.created_ms) - Number(a.created_ms);

function* setName(
	{ quoted }: Spelling,
	identity: unknown,
	name: string,
): Script<void> {
	yield {
		sql: `update ${quoted("baton_cluster")} set ${quoted("cluster_name")} = ? where ${quoted("identity")} = ?`,
		values: [name, identity],
	};
}

/**
 * The row of the one that is given up stays: its epoch goes on rising, should the identity be used again. A running operation keeps its
 * own: it ends under it.
 */
function* giveUp(
	spelling: Spelling,
	identity: unknown,
	kept: unknown,
	nowMs: number,
): Script<void> {
	for (const table of MERGED_TABLES.filter(({ ofCluster }) => ofCluster))
		yield* mergeTable(spelling, {
			table,
			which: { sql: "t.identity in (?, ?)", values: [identity, kept] },
			renamed: (_, row) =>
				row.identity === identity ? toIdentity(table, kept) : {},
			nowMs,
		});
	// No name of an instance, so that it is not folded again.
	yield* setName(spelling, identity, `${String(identity)}~1`);
}

/** @returns how many clusters go by another spelling now; those that are no longer there are added to `merged` */
export function* mergedIdentities(
	spelling: Spelling,
	nowMs: number,
	merged: Map<string, number>,
): Script<number> {
	const rows = yield {
		sql: `select identity, cluster_name, epoch, created_ms from ${spelling.quoted("baton_cluster")}`,
		values: [],
	};
	const byName = new Map<string, Row[]>();
	for (const row of rows) {
		const name = foldClusterName(String(row.cluster_name));
		byName.set(name, [...(byName.get(name) ?? []), row]);
	}
	let respelled = 0;
	for (const [name, group] of byName) {
		if (group.every((row) => row.cluster_name === name)) continue;
		const [kept, ...others] = group.sort(byEpoch);
		for (const { identity } of others) {
			yield* giveUp(spelling, identity, kept?.identity, nowMs);
			merged.set("baton_cluster", (merged.get("baton_cluster") ?? 0) + 1);
		}
		if (kept?.cluster_name !== name) {
			respelled += 1;
			yield* setName(spelling, kept?.identity, name);
		}
	}
	return respelled;
}
