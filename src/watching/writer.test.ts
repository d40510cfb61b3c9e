import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { replica, server } from "../../test/support/made-up-servers.ts";
import { temporaryStores } from "../../test/support/temporary-stores.ts";
import { clusterOf, sees } from "../../test/support/watched.ts";
import { BatonError } from "../errors.ts";
import type { Inventory, Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import { createStoreLine } from "./store-line.ts";
import { createWriter } from "./writer.ts";

const UP = server("p", 1);
const GOOD = replica("a", 2);

const set = (rowsAWrite = 100, store?: Pick<Store, "inventory">) => {
	const saves: (readonly Instance[])[] = [];
	let save = async (instances: readonly Instance[]): Promise<void> => {
		saves.push(instances);
	};
	const cluster = clusterOf(UP, GOOD);
	const writer = createWriter({
		store: store ?? {
			inventory: { save: (given) => save(given) } as Inventory as never,
		},
		line: createStoreLine({
			what: "write to the store",
			nowMs: Date.now,
			log: { warn: () => undefined, info: () => undefined },
			onTrouble: () => undefined,
		}),
		onStored: () => undefined,
		settings: () => ({ flushMs: 1, rowsAWrite }),
	});
	const change = (instance: Instance): void => {
		sees(cluster, instance);
		const member = cluster.members.get(instance.name);
		if (member !== undefined) writer.changed(cluster, member);
	};
	return {
		saves,
		cluster,
		writer,
		change,
		storeIs: (how: typeof save) => {
			save = how;
		},
		names: () => saves.map((each) => each.map(({ name }) => name)),
	};
};

it("writes what changed together, and nothing twice", async () => {
	const { writer, change, names } = set();
	change(UP);
	change(GOOD);
	await writer.flush();
	change(GOOD);
	await writer.flush();
	expect(names()).toEqual([["p:3306", "a:3306"]]);
	change({ ...GOOD, readOnly: false });
	await writer.flush();
	expect(names()).toHaveLength(2);
});

it("splits what is too much for one write", async () => {
	const { writer, change, names } = set(1);
	change(UP);
	change(GOOD);
	await writer.flush();
	expect(names()).toEqual([["p:3306"], ["a:3306"]]);
});

it("keeps what could not be written, and then writes the latest picture of it", async () => {
	const { writer, change, saves, storeIs } = set();
	storeIs(() => Promise.reject(new Error("locked")));
	change({ ...GOOD, uptimeSeconds: 1 });
	await writer.flush();
	change({ ...GOOD, uptimeSeconds: 2 });
	await writer.flush();
	expect(saves).toEqual([]);
	storeIs(async (given) => {
		saves.push(given);
	});
	await writer.flush();
	expect(saves.map((each) => each.map((one) => one.uptimeSeconds))).toEqual([
		[2],
	]);
});

it("a store that hangs takes one write, and changes go on being collected", async () => {
	const { writer, change, saves, storeIs } = set();
	let answer = (): void => undefined;
	storeIs(
		(given) =>
			new Promise((resolve) => {
				answer = () => {
					saves.push(given);
					resolve();
				};
			}),
	);
	change(UP);
	const hung = writer.flush();
	await delay(5);
	for (let uptimeSeconds = 0; uptimeSeconds < 1_000; uptimeSeconds++)
		change({ ...GOOD, uptimeSeconds });
	await delay(5);
	answer();
	await hung;
	const next = writer.flush();
	await delay(5);
	answer();
	await next;
	expect(saves.map((each) => each.map((one) => one.uptimeSeconds))).toEqual([
		[0],
		[999],
	]);
});

it("tries a task until it is done; a newer one of the same key takes its place; another one is not held up", async () => {
	const { writer } = set();
	const done: string[] = [];
	writer.later("a", () => Promise.reject(new Error("not yet")));
	writer.later("b", async () => {
		done.push("b");
	});
	await writer.flush();
	expect(done).toEqual(["b"]);
	writer.later("a", async () => {
		done.push("a");
	});
	await writer.flush();
	await writer.flush();
	expect(done).toEqual(["b", "a"]);
});

it("does not write who was forgotten meanwhile", async () => {
	const { writer, change, cluster, names } = set();
	change(GOOD);
	cluster.remove("a:3306");
	await writer.flush();
	expect(names()).toEqual([]);
});

it("says once what the store cannot hold, and goes on with the rest", async () => {
	const { writer, change, storeIs, saves } = set();
	let tried = 0;
	const refuse = async () => {
		tried++;
		throw new BatonError("BadInput", "cannot hold a given value");
	};
	const done: string[] = [];
	storeIs(async (instances) => {
		saves.push(instances);
		await refuse();
	});
	writer.later("refused", refuse);
	writer.later("fine", async () => {
		done.push("fine");
	});
	change(UP);
	for (let round = 0; round < 3; round++) await writer.flush();
	expect(done).toEqual(["fine"]);
	expect(tried).toBe(2);
	change({ ...UP, readOnly: !UP.readOnly });
	await writer.flush();
	expect(saves).toHaveLength(2);
});

it("brings nobody back whom another process has forgotten, however late that is heard of here", async () => {
	const stores = temporaryStores();
	try {
		const store = await stores.open();
		await store.inventory.save([UP, GOOD]);
		await store.clusters.adopt("p:3306", ["p:3306", "a:3306"]);
		const { cluster, writer, change } = set(100, store);
		change({ ...UP, uptimeSeconds: 9 });
		change({ ...GOOD, uptimeSeconds: 9 });
		await (await stores.open()).inventory.forget("a:3306");
		await writer.flush();
		expect(cluster.members.has("a:3306")).toBe(true);
		expect(
			(await store.inventory.all()).map((each) => [
				each.name,
				each.uptimeSeconds,
			]),
		).toEqual([["p:3306", 9]]);
	} finally {
		await stores.remove();
	}
});
