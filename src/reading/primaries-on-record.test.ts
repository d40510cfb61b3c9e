import { afterEach, beforeEach, expect, it } from "vitest";
import { madePrimary } from "../../test/support/made-primary.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Store } from "../store/contract.ts";
import { primariesOnRecord } from "./primaries-on-record.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

const at = (
	name: "p:1" | "a:1" | "x:1",
	clusterName: string,
	rest: { depth?: number; isCoMaster?: boolean; readOnly?: boolean } = {},
) => ({
	name,
	clusterName,
	depth: 0,
	isCoMaster: false,
	readOnly: false,
	...rest,
});

const found = async (...instances: ReturnType<typeof at>[]) =>
	(await primariesOnRecord(store, instances)).map(({ name }) => name);

it("goes by the servers where nobody is on record", async () => {
	expect(await found(at("p:1", "p:1"), at("x:1", "x:1"))).toEqual([
		"p:1",
		"x:1",
	]);
});

it("goes by the record where there is one, whoever else takes writes", async () => {
	const identity = await store.clusters.adopt("p:1", ["p:1", "a:1"]);
	await madePrimary(store, identity, "a:1");
	// The old one is back with a tree of its own.
	expect(
		await found(at("p:1", "p:1"), at("a:1", "a:1"), at("x:1", "x:1")),
	).toEqual(["a:1", "x:1"]);
	// The recorded one was made to replicate from it.
	expect(
		await found(
			at("p:1", "a:1"),
			at("a:1", "a:1", { depth: 1, readOnly: true }),
		),
	).toEqual([]);
	// They replicate from each other.
	expect(
		await found(
			at("p:1", "a:1", { depth: 1, isCoMaster: true }),
			at("a:1", "a:1", { isCoMaster: true, readOnly: true }),
		),
	).toEqual(["p:1"]);
});
