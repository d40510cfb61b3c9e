/** Clusters that were two because their primary's name was spelled in two ways become one. */
import { foldClusterName } from "../../topology/instance-name.ts";
import type { Row } from "./merged-rows.ts";
import type { Script, Spelling } from "./script.ts";

/** Tables whose rows go with an identity that is given up. A running operation keeps its own: it ends under it. */
const FOLLOWING = ["baton_member", "baton_fence", "baton_recovery"] as const;

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

/** The row of the one that is given up stays: its epoch goes on rising, should the identity be used again. */
function* giveUp(
	spelling: Spelling,
	identity: unknown,
	kept: unknown,
): Script<void> {
	const { quoted } = spelling;
	for (const table of FOLLOWING)
		yield {
			sql: `update ${quoted(table)} set ${quoted("identity")} = ? where ${quoted("identity")} = ?`,
			values: [kept, identity],
		};
	const roles = yield {
		sql: `select identity from ${quoted("baton_role")} where identity = ?`,
		values: [kept],
	};
	if (roles.length === 0)
		yield {
			sql: `update ${quoted("baton_role")} set identity = ? where identity = ?`,
			values: [kept, identity],
		};
	// No name of an instance, so that it is not folded again.
	yield* setName(spelling, identity, `${String(identity)}~1`);
}

/** @returns how many clusters go by another spelling now; those that are no longer there are added to `merged` */
export function* mergedIdentities(
	spelling: Spelling,
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
			yield* giveUp(spelling, identity, kept?.identity);
			merged.set("baton_cluster", (merged.get("baton_cluster") ?? 0) + 1);
		}
		if (kept?.cluster_name !== name) {
			respelled += 1;
			yield* setName(spelling, kept?.identity, name);
		}
	}
	return respelled;
}
