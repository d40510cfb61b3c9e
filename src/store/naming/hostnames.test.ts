import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12);

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

it("of two names that resolve to each other only the newer stays", async () => {
	const { hostnames } = store;
	await hostnames.saveResolve({ hostname: "b", resolved: "a", atMs: T0 });
	await hostnames.saveResolve({ hostname: "c", resolved: "a", atMs: T0 });
	const newer = { hostname: "a", resolved: "b", atMs: T0 + 1000 };
	await hostnames.saveResolve(newer);
	expect(await hostnames.resolves()).toEqual([
		newer,
		{ hostname: "c", resolved: "a", atMs: T0 },
	]);
	const itself = { hostname: "d", resolved: "d", atMs: T0 };
	await hostnames.saveResolve(itself);
	expect(await hostnames.resolves()).toContainEqual(itself);
});

it("resolves age, and can be thrown away", async () => {
	const { hostnames } = store;
	await hostnames.saveResolve({ hostname: "a", resolved: "x", atMs: T0 });
	await hostnames.saveResolve({
		hostname: "b",
		resolved: "x",
		atMs: T0 + 1000,
	});
	expect(await hostnames.expireResolves(T0 + 1000)).toBe(1);
	expect(await hostnames.resolves()).toHaveLength(1);
	await hostnames.clearResolves();
	expect(await hostnames.resolves()).toEqual([]);
});

it("a virtual name is registered for a host, replaced, and taken away", async () => {
	const { hostnames } = store;
	await hostnames.registerUnresolve({ hostname: "a", virtual: "v1", atMs: T0 });
	await hostnames.registerUnresolve({ hostname: "a", virtual: "v2", atMs: T0 });
	await hostnames.registerUnresolve({ hostname: "b", virtual: "v3", atMs: T0 });
	expect(await hostnames.unresolves()).toEqual([
		{ hostname: "a", virtual: "v2", atMs: T0 },
		{ hostname: "b", virtual: "v3", atMs: T0 },
	]);
	expect(await hostnames.deregisterUnresolve("a")).toBe(true);
	expect(await hostnames.deregisterUnresolve("a")).toBe(false);
	expect(await hostnames.expireUnresolves(T0)).toBe(0);
	expect(await hostnames.expireUnresolves(T0 + 1000)).toBe(1);
	expect(await hostnames.unresolves()).toEqual([]);
});

it("addresses are known once they were looked up, even when there are none", async () => {
	const { hostnames } = store;
	expect(await hostnames.addresses("a")).toBeUndefined();
	await hostnames.saveAddresses("a", { ipv4: "10.0.0.1", ipv6: "" }, T0);
	await hostnames.saveAddresses("a", { ipv4: "10.0.0.2", ipv6: "::2" }, T0);
	await hostnames.saveAddresses("b", { ipv4: "", ipv6: "" }, T0);
	expect(await hostnames.addresses("a")).toEqual({
		ipv4: "10.0.0.2",
		ipv6: "::2",
	});
	expect(await hostnames.addresses("b")).toEqual({ ipv4: "", ipv6: "" });
});

it("an attribute of a host holds its newest value", async () => {
	const { hostAttributes } = store;
	expect(await hostAttributes.get("*", "writer")).toBeUndefined();
	await hostAttributes.set("*", "writer", "db1:3306", T0);
	await hostAttributes.set("*", "writer", "db2:3306", T0);
	await hostAttributes.set("db1", "writer", "x", T0);
	expect(await hostAttributes.get("*", "writer")).toBe("db2:3306");
	expect(await hostAttributes.get("db1", "other")).toBeUndefined();
});
