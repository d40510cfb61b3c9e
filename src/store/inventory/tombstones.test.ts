import { afterEach, expect, it } from "vitest";
import { server } from "../../../test/support/made-up-servers.ts";
import { temporaryStores } from "../../../test/support/temporary-stores.ts";
import { FORGOTTEN_MS } from "./tombstones.ts";

const stores = temporaryStores();
afterEach(() => stores.remove());

it("who was forgotten is taken up by no process that still finds it, until somebody asks for it or its time is over", async () => {
	let nowMs = 1_000_000;
	const clock = () => nowMs;
	const store = await stores.open({ clock });
	const other = await stores.open({ clock });
	const [a, b] = [server("a", 1), server("b", 2)];
	const take = async () => {
		await other.inventory.save([a, b]);
		await other.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
		const members = await other.clusters.members();
		expect(members.map(({ instance }) => instance)).toEqual(
			await other.inventory.names(),
		);
		return members.length;
	};
	expect(await take()).toBe(2);

	await store.inventory.forget("b:3306");
	expect(await other.inventory.forgotten()).toEqual(new Set(["b:3306"]));
	expect(await take()).toBe(1);
	await other.inventory.recall("b:3306");
	expect(await take()).toBe(2);

	await store.inventory.forgetCluster("a:3306");
	expect(await take()).toBe(0);
	expect(await other.clusters.identityOf("a:3306")).toBeUndefined();
	nowMs += FORGOTTEN_MS - 1;
	expect(await take()).toBe(0);
	nowMs += 1;
	expect(await other.inventory.forgotten()).toEqual(new Set());
	expect(await take()).toBe(2);
});
