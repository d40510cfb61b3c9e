import { afterEach, beforeEach, expect, it } from "vitest";
import { madePrimary } from "../../../test/support/made-primary.ts";
import { failing, NOW, server } from "../../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { markOf } from "../../topology/server-mark.ts";
import type { Fence, Store } from "../contract.ts";

let stores: TemporaryStores;
let store: Store;
let identity: string;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
	identity = await store.clusters.adopt("a:1", ["a:1", "b:1", "c:1"]);
});
afterEach(() => stores.remove());

const SERVER = { uuid: "u-u", serverId: 7, gtid: "" };
const met = (primary: "a:1" | "b:1") => ({
	primary,
	server: SERVER,
	sinceMs: 5,
});

it("a first meeting is recorded once, and what is seen later changes nothing", async () => {
	expect(await store.roles.of(identity)).toBeUndefined();
	expect(await store.roles.meet(identity, met("a:1"))).toBe(true);
	expect(await store.roles.meet(identity, met("b:1"))).toBe(false);
	await store.clusters.adopt("b:1", ["a:1", "b:1", "c:1"]);
	expect(await store.roles.of(identity)).toEqual({
		...met("a:1"),
		epoch: 0,
		word: "met",
	});
	expect(await store.clusters.byIdentity(identity)).toMatchObject({
		clusterName: "a:1",
		role: { primary: "a:1" },
	});
	expect([...(await store.roles.all()).keys()]).toEqual([identity]);
});

it("the name, its alias and its domain follow the word of an operation", async () => {
	await store.roles.meet(identity, met("a:1"));
	await store.clusters.setAliasOverride("a:1", "shop");
	await madePrimary(store, identity, "b:1");
	expect(await store.clusters.byIdentity(identity)).toMatchObject({
		clusterName: "b:1",
		alias: "shop",
		role: { primary: "b:1", word: "operation" },
	});
});

it("an operation that was overtaken records nothing", async () => {
	await store.roles.meet(identity, met("a:1"));
	const claim = (runId: string) =>
		store.operations.claim({
			identity,
			workflowId: "w",
			runId,
			kind: "recovery",
			nowMs: 1,
			...(runId === "second" ? { preempt: "first" } : {}),
		});
	await claim("first");
	await claim("second");
	const write = (epoch: number) =>
		store.roles.write(identity, {
			...met("b:1"),
			epoch,
			word: "operation",
		});
	expect(await write(1)).toBe(false);
	expect(await store.roles.of(identity)).toMatchObject({ primary: "a:1" });
	expect(await write(2)).toBe(true);
	expect(await store.roles.of(identity)).toMatchObject({
		primary: "b:1",
		epoch: 2,
	});
});

it("of a server that was forgotten, or belongs to another cluster now, the next meeting decides anew", async () => {
	await store.roles.meet(identity, met("a:1"));
	await store.inventory.forget("a:1");
	expect(await store.roles.of(identity)).toBeUndefined();
	await madePrimary(store, identity, "c:1");
	await store.clusters.adopt("x:1", ["x:1"]);
	await store.clusters.adopt("x:1", ["x:1", "c:1"]);
	expect(await store.roles.meet(identity, met("b:1"))).toBe(true);
	expect(await store.roles.of(identity)).toMatchObject({ primary: "b:1" });
});

it("what follows a primary is written with its record, or not at all", async () => {
	const fence = (instance: InstanceName, rest: Partial<Fence> = {}): Fence => ({
		instance,
		identity,
		successor: "",
		sinceMs: 1,
		state: "waiting",
		note: "",
		server: SERVER,
		...rest,
	});
	await store.fences.put(fence("b:1"));
	// The same server, by another name.
	await store.fences.put(fence("vip:1"));
	const other = { ...SERVER, uuid: "another" };
	await store.fences.put(fence("c:1", { state: "unaccounted", server: other }));
	await store.downtimes.begin({
		instance: "b:1",
		owner: "dba",
		reason: "was lost",
		beganAtMs: 1,
		endsAtMs: 9_999,
	});
	const change = (epoch: number) =>
		store.roles.write(
			identity,
			{ ...met("b:1"), epoch, word: "operation" },
			{
				fences: [fence("a:1", { successor: "b:1" })],
				pairs: [{ key: "mysql/master/shop", value: "b:1" }],
				domain: "shop.example.com",
			},
		);
	const standing = async () => ({
		fences: (await store.fences.all()).map(
			({ instance, state, successor }) => `${instance} ${state} ${successor}`,
		),
		pair: await store.keyValues.get("mysql/master/shop"),
		writer: await store.hostAttributes.get("*", "shop.example.com"),
		downtimes: (await store.downtimes.active(5)).length,
	});
	const before = await standing();
	expect(await change(7)).toBe(false);
	expect(await standing()).toEqual(before);
	expect(await change(0)).toBe(true);
	expect(await standing()).toEqual({
		fences: ["a:1 waiting b:1", "c:1 waiting b:1"],
		pair: "b:1",
		writer: "b:1",
		downtimes: 0,
	});
});

it("an attempt that a newer one of the same work has overtaken records nothing", async () => {
	const write = (primary: "a:1" | "b:1", attempt: number) =>
		store.roles.write(
			identity,
			{ ...met(primary), epoch: 0, word: "operation" },
			undefined,
			{ step: "7", attempt },
		);
	expect(await write("b:1", 2)).toBe(true);
	expect(await write("a:1", 1)).toBe(false);
	expect(await store.roles.of(identity)).toMatchObject({ primary: "b:1" });
	expect(await write("b:1", 2)).toBe(true);
});

it.each([
	["stays where both answer", undefined, ["old:3306"]],
	["goes where that name does not", failing("connection-refused"), []],
] as const)(
	"the fence of a server of which the new primary is a copy %s",
	async (_, check, left) => {
		const copy = server("copy", 1);
		await store.inventory.save([copy, server("old", 1)]);
		if (check !== undefined)
			await store.inventory.save([
				server("old", 1, { check: { ...check, checkedAtMs: NOW + 9 } }),
			]);
		await store.fences.put({
			instance: "old:3306",
			identity,
			successor: "b:1",
			sinceMs: 1,
			state: "fenced",
			note: "",
			server: markOf(copy),
		});
		await store.roles.write(identity, {
			primary: copy.name,
			server: markOf(copy),
			epoch: 0,
			word: "operation",
			sinceMs: 5,
		});
		expect((await store.fences.all()).map(({ instance }) => instance)).toEqual(
			left,
		);
	},
);
