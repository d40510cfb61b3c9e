import { afterEach, expect, it } from "vitest";
import { server } from "../../test/support/made-up-servers.ts";
import { temporaryStores } from "../../test/support/temporary-stores.ts";
import { createForgotten, rememberingForgets } from "./forgotten.ts";

const stores = temporaryStores();
afterEach(() => stores.remove());

it("who is forgotten through the store is not brought back for a minute, unless somebody asks for it", async () => {
	let nowMs = 1_000;
	const forgotten = createForgotten(() => nowMs);
	const store = rememberingForgets(await stores.open(), forgotten);
	const names = ["a:3306", "b:3306", "c:3306"] as const;
	await store.inventory.save(
		["a", "b", "c"].map((host, id) => server(host, id + 1)),
	);
	await store.clusters.adopt("b:3306", ["b:3306", "c:3306"]);
	const banned = () => names.filter(forgotten.has);
	expect(await store.inventory.forget("a:3306")).toBe(true);
	expect(banned()).toEqual(["a:3306"]);
	await store.inventory.forgetCluster("b:3306");
	expect(banned()).toEqual(names);
	expect(await store.inventory.all()).toEqual([]);
	forgotten.remove("b:3306");
	nowMs += 59_999;
	expect(banned()).toEqual(["a:3306", "c:3306"]);
	nowMs += 1;
	expect(banned()).toEqual([]);
});

it("what was on its way into the store when a server was forgotten does not bring it back", async () => {
	const nowMs = 1_000;
	const forgotten = createForgotten(() => nowMs);
	const bare = await stores.open();
	let meanwhile: () => Promise<unknown> = async () => undefined;
	const store = rememberingForgets(
		{
			...bare,
			inventory: {
				...bare.inventory,
				save: async (instances) => {
					await meanwhile();
					await bare.inventory.save(instances);
				},
			},
			clusters: {
				...bare.clusters,
				adopt: async (clusterName, members) => {
					await meanwhile();
					return bare.clusters.adopt(clusterName, members);
				},
			},
		},
		forgotten,
	);
	const [a, b] = [server("a", 1), server("b", 2)];
	const known = async () => ({
		rows: (await bare.inventory.all()).map(({ name }) => name),
		members: (await bare.clusters.members()).map(({ instance }) => instance),
	});

	meanwhile = () => store.inventory.forget("b:3306");
	await store.inventory.save([a, b]);
	await store.clusters.adopt("a:3306", ["a:3306"]);
	const onlyA = { rows: ["a:3306"], members: ["a:3306"] };
	expect(await known()).toEqual(onlyA);
	forgotten.remove("b:3306");
	await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	expect(await known()).toEqual(onlyA);

	meanwhile = async () => undefined;
	await store.inventory.save([b]);
	await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	expect(await known()).toEqual(onlyA);

	await bare.inventory.recall("b:3306");
	// Another process knows it again: what was read right after may be what was taken back meanwhile.
	forgotten.inStore("b:3306", nowMs + 5_000);
	await store.inventory.save([b]);
	expect(await known()).toEqual(onlyA);
	forgotten.inStore("b:3306", nowMs + 5_001);
	await store.inventory.save([b]);
	expect((await known()).rows).toEqual(["a:3306", "b:3306"]);
});

it("a store that was slow to let go of a server has not brought it back", async () => {
	let nowMs = 1_000;
	const forgotten = createForgotten(() => nowMs);
	const bare = await stores.open();
	const store = rememberingForgets(
		{
			...bare,
			inventory: {
				...bare.inventory,
				forget: async (name) => {
					// Whoever reads it meanwhile finds it there.
					nowMs += 6_000;
					forgotten.inStore(name, nowMs);
					return bare.inventory.forget(name);
				},
			},
		},
		forgotten,
	);
	await store.inventory.save([server("a", 1)]);
	await store.inventory.forget("a:3306");
	expect(forgotten.has("a:3306")).toBe(true);
	await store.inventory.save([server("a", 1)]);
	expect(await bare.inventory.names()).toEqual([]);
});
