/** For tests: one cluster of servers, and what rows of the two tables are given on either surface, in the words of each. */

import { object, safeParse } from "zod/mini";
import { ANALYSIS_DEFAULTS } from "../../src/analysis/facts.ts";
import { createTargets } from "../../src/cli/targets.ts";
import { documentedDefaults } from "../../src/config/keys.ts";
import { BatonError } from "../../src/errors.ts";
import { createNames } from "../../src/naming/names.ts";
import { analysisOfStore } from "../../src/reading/analysis-of-store.ts";
import type { Store } from "../../src/store/contract.ts";
import {
	type Resolve,
	resolveBy,
	type Typed,
} from "../../src/surface/argument.ts";
import type { RowContext } from "../../src/surface/context.ts";
import type { Described } from "../../src/surface/described.ts";
import type { Instance } from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import { madeUpRolling } from "./made-up-rolling.ts";
import { LOGGING, seen, seenAt } from "./made-up-servers.ts";

export const NOW = Date.UTC(2026, 0, 1, 12);
export const ASKER = "me";

const SILENT = {
	notice: () => {},
	fatal: () => {},
	error: () => {},
	warning: () => {},
	info: () => {},
	debug: () => {},
};

const member = (
	host: string,
	source: string,
	rest: Partial<Instance> = {},
): Instance => {
	const plain = seen(
		host,
		{ ...LOGGING, clusterName: "db1.ny:3306", check: seenAt(NOW), ...rest },
		NOW,
	);
	return source === ""
		? plain
		: {
				...plain,
				readOnly: true,
				depth: 1,
				replication: {
					...plain.replication,
					sourceHost: source,
					sourcePort: 3306,
				},
			};
};

const refusedAt = (host: string): Partial<Instance> => ({
	check: {
		...seenAt(NOW),
		outcome: "connection-refused",
		seenAtMs: NOW - 60_000,
		error: "refused",
	},
	clusterName: `${host}:3306`,
});

/** `shop`: db1 ← db2 and db3, db3 ← db4. The pair c1 ⇄ c2. A dead x1 ← x2. */
export const fillBoth = async (store: Store): Promise<void> => {
	const shop = [
		member("db1.ny", ""),
		member("db2.ny", "db1.ny"),
		member("db3.ny", "db1.ny"),
		member("db4.ny", "db3.ny"),
	];
	const pair = { clusterName: "c1:3306", isCoMaster: true };
	const co = [member("c1", "", pair), member("c2", "c1", pair)];
	const lost = member("x2", "x1", { clusterName: "x1:3306" });
	const failed = [
		member("x1", "", refusedAt("x1")),
		{ ...lost, replication: { ...lost.replication, receiver: 2 as const } },
	];
	await store.inventory.save([...shop, ...co, ...failed]);
	await store.clusters.adopt(
		"x1:3306",
		failed.map((each) => each.name),
	);
	await store.clusters.adopt(
		"db1.ny:3306",
		shop.map((each) => each.name),
	);
	await store.clusters.setAliasOverride("db1.ny:3306", "shop");
	await store.clusters.adopt(
		"c1:3306",
		co.map((each) => each.name),
	);
	await store.tags.put(
		{ instance: "db2.ny:3306", name: "role", value: "x" },
		NOW,
	);
};

export const contextOf = (store: Store): RowContext => {
	const known = async (name: InstanceName): Promise<Instance> => {
		const found = await store.inventory.get(name);
		if (found !== undefined) return found;
		throw new BatonError("ServerUnreachable", name);
	};
	return {
		store,
		configuration: documentedDefaults(),
		nowMs: NOW,
		node: { hostname: "node", token: "t" },
		discovery: async () => ({ discover: known, crawl: async () => {} }),
		crawlOn: () => {},
		rolling: async () => madeUpRolling(),
		analyse: (clusterName) =>
			analysisOfStore(store, ANALYSIS_DEFAULTS, NOW, clusterName),
		lookAt: known,
	};
};

export const namesOf = (store: Store) =>
	createNames({
		store: async () => store,
		resolveHost: async ({ host }) => host,
		defaultPort: () => 3306,
	});

export type Texts = Readonly<Record<string, string>>;

const NOTHING_TYPED = {
	instance: "",
	destination: "",
	alias: "",
	reason: "",
	duration: "",
	tag: "",
	pool: "",
	hostname: "",
	promotionRule: "prefer",
	isPlain: false,
	dryRun: false,
	binlog: "",
	pattern: "",
};

const typedOn = (store: Store, given: Texts): Typed => {
	const flags = { ...NOTHING_TYPED, ...given };
	const names = namesOf(store);
	const targetsOf = (instance: string) =>
		createTargets({
			flags: { ...flags, instance },
			defaultPort: 3306,
			store: async () => store,
			names,
			localHostname: () => "nowhere",
			log: SILENT,
		});
	return {
		...targetsOf(flags.instance),
		flags,
		names,
		configuration: documentedDefaults(),
		asker: given.owner ?? ASKER,
		listedInstance: (text) => targetsOf(text).literalInstance(),
	};
};

export const byFlags = (store: Store, given: Texts): Resolve =>
	resolveBy((argument) => argument.cli?.read(typedOn(store, given)));

export const byFields = (
	store: Store,
	row: Described,
	given: Texts,
): Resolve => {
	const parsed = safeParse(object(row.fields), given);
	const called = {
		names: namesOf(store),
		configuration: documentedDefaults(),
		asker: ASKER,
	};
	return resolveBy((argument) => {
		if (!parsed.success)
			throw new BatonError("BadInput", parsed.error.issues[0]?.message ?? "");
		return argument.api?.read(parsed.data, called);
	});
};

/** What came of it: a value, or the kind of failure. */
export const cameOf = async <T>(
	work: () => Promise<T>,
): Promise<T | string> => {
	try {
		return await work();
	} catch (error) {
		if (error instanceof BatonError) return `${error.code}: ${error.message}`;
		throw error;
	}
};
