/** An action that is asked for in the same words does and tells the same on both surfaces. */
import { expect, test } from "vitest";
import {
	byFields,
	byFlags,
	cameOf,
	contextOf,
	fillBoth,
	NOW,
	type Texts,
} from "../../test/support/both-surfaces.ts";
import { temporaryStores } from "../../test/support/temporary-stores.ts";
import { toGoJson } from "../compat/json/go-json.ts";
import type { Store } from "../store/contract.ts";
import type { Changed } from "./action.ts";
import { ACTIONS } from "./tables.ts";

/** An example of each action on both surfaces, in the words of each. */
const EXAMPLES: Readonly<Record<string, readonly (readonly [Texts, Texts])[]>> =
	{
		discover: [[{ instance: "db2.ny" }, { host: "db2.ny", port: "3306" }]],
		forget: [
			[{ instance: "db4" }, { host: "db4", port: "3306" }],
			[{ instance: "nobody" }, { host: "nobody", port: "3306" }],
		],
		"forget-cluster": [[{ alias: "shop" }, { clusterHint: "shop" }]],
		"begin-maintenance": [
			[
				{ instance: "db2", reason: "disk", owner: "ann" },
				{ host: "db2", port: "3306", reason: "disk", owner: "ann" },
			],
		],
		"end-maintenance": [[{ instance: "db2" }, { host: "db2", port: "3306" }]],
		"begin-downtime": [
			[
				{ instance: "db2", reason: "disk", owner: "ann", duration: "2h" },
				{
					host: "db2",
					port: "3306",
					reason: "disk",
					owner: "ann",
					duration: "2h",
				},
			],
			[
				{ instance: "db3", reason: "disk", owner: "ann" },
				{ host: "db3", port: "3306", reason: "disk", owner: "ann" },
			],
		],
		"rolling-maintenance": [
			[
				{ alias: "shop", reason: "upgrade" },
				{ clusterHint: "shop", reason: "upgrade" },
			],
		],
		"pause-rolling-maintenance": [[{ alias: "shop" }, { clusterHint: "shop" }]],
		"resume-rolling-maintenance": [
			[{ instance: "db2" }, { host: "db2", port: "3306" }],
		],
		"cancel-rolling-maintenance": [
			[{ alias: "shop" }, { clusterHint: "shop" }],
		],
		"skip-rolling-maintenance": [
			[{ instance: "db2" }, { host: "db2", port: "3306" }],
		],
		"end-downtime": [[{ instance: "db2" }, { host: "db2", port: "3306" }]],
		"ack-all-recoveries": [[{ reason: "seen" }, { comment: "seen" }]],
		"ack-cluster-recoveries": [
			[
				{ reason: "seen", alias: "shop" },
				{ comment: "seen", clusterHint: "shop" },
			],
		],
		"ack-instance-recoveries": [
			[
				{ reason: "seen", instance: "db1" },
				{ comment: "seen", host: "db1", port: "3306" },
			],
		],
		"disable-global-recoveries": [[{}, {}]],
		"enable-global-recoveries": [[{}, {}]],
		"register-candidate": [
			[
				{ instance: "db3", promotionRule: "must_not" },
				{ host: "db3", port: "3306", promotionRule: "must_not" },
			],
		],
		"register-hostname-unresolve": [
			[
				{ instance: "db1", hostname: "vip" },
				{ host: "db1", port: "3306", virtualname: "vip" },
			],
		],
		"deregister-hostname-unresolve": [
			[{ instance: "db1" }, { host: "db1", port: "3306" }],
		],
		"submit-pool-instances": [
			[
				{ pool: "p", instance: "db2,db3:3306, x:1,db2.ny" },
				{ pool: "p", instances: "db2,db3:3306, x:1,db2.ny" },
			],
			[{ pool: "p" }, { pool: "p" }],
		],
		tag: [
			[
				{ instance: "db3", tag: "role=y" },
				{ host: "db3", port: "3306", tagName: "role", tagValue: "y" },
			],
			[
				{ instance: "db3", tag: "spare" },
				{ host: "db3", port: "3306", tag: "spare" },
			],
		],
		untag: [
			[
				{ instance: "db2", tag: "role" },
				{ host: "db2", port: "3306", tagName: "role" },
			],
		],
		"untag-all": [
			[{ tag: "role=x" }, { tagName: "role", tagValue: "x" }],
			[{ tag: "role" }, { tag: "role" }],
		],
		"submit-masters-to-kv-stores": [
			[{ alias: "shop" }, { clusterHint: "shop" }],
		],
		"snapshot-topologies": [[{}, {}]],
		"reset-hostname-resolve-cache": [[{}, {}]],
	};

const onBoth = ACTIONS.filter((row) => !row.isApiOnly && row.routes.length > 0);

test("every action that is on both surfaces has an example here", () => {
	expect(onBoth.map((row) => row.name).sort()).toEqual(
		Object.keys(EXAMPLES).sort(),
	);
});

const toldOf = async (changed: Changed) => ({
	audited: changed.audited,
	lines: changed.lines,
	message: changed.message,
	// How long it took is not the same twice.
	json: toGoJson(await changed.json()).replace(/Took [^"]*/, "Took"),
});

test.each(
	onBoth.flatMap((row) =>
		(EXAMPLES[row.name] ?? []).map(
			([flags, fields]) => [row.name, flags, fields, row] as const,
		),
	),
)("%s %j does and tells the same as %j", async (_, flags, fields, row) => {
	const results = [];
	for (const resolveOn of [
		(store: Store) => byFlags(store, flags),
		(store: Store) => byFields(store, row, fields),
	]) {
		const stores = temporaryStores();
		const store = await stores.open({ clock: () => NOW });
		await fillBoth(store);
		results.push({
			told: await cameOf(async () =>
				toldOf(await row.run(contextOf(store), resolveOn(store))),
			),
			downtimes: await store.downtimes.active(NOW),
			maintenances: await store.maintenances.active(NOW),
			tags: await store.tags.all(),
			pools: await store.pools.members(0),
			rules: await store.candidates.since(0),
			virtualNames: await store.hostnames.unresolves(),
			known: await store.inventory.names(),
			disabled: await store.recoveries.isGloballyDisabled(),
		});
		await stores.remove();
	}
	const [onCommandLine, inApi] = results;
	if (typeof onCommandLine?.told === "string")
		expect(String(inApi?.told).split(":")[0]).toBe(
			onCommandLine.told.split(":")[0],
		);
	else expect(inApi).toEqual(onCommandLine);
});
