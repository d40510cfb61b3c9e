import { afterEach, expect, it } from "vitest";
import { server } from "../../test/workflows/made-up-cluster.ts";
import { temporaryStores } from "../store/temporary-store.ts";
import { createForgotten, rememberingForgets } from "./forgotten.ts";

const stores = temporaryStores();
afterEach(() => stores.remove());

it("who is forgotten through the store is not brought back for a minute, unless somebody asks for it", async () => {
	let nowMs = 1_000;
	const forgotten = createForgotten(() => nowMs);
	const store = rememberingForgets(await stores.open(), forgotten);
	const names = ["a:3306", "b:3306", "c:3306"];
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
