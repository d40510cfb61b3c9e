import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { running, server } from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Proof } from "../mysql/one-process.ts";
import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { createIdentity } from "./identity.ts";
import { createKnownAliases } from "./known-aliases.ts";

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

/** Of which pairs it is asked whether they are one, and what is told. */
const identify = (
	outcome: Proof["outcome"],
	own: { hosts: string[]; port: number } = { hosts: [], port: 0 },
) => {
	const asked: string[] = [];
	const told: string[] = [];
	const aliases = createKnownAliases(store);
	const identity = createIdentity({
		store,
		aliases,
		proveOne: async (one, other) => {
			asked.push(`${one} ${other}`);
			return outcome === "one"
				? { outcome, own }
				: outcome === "two"
					? { outcome }
					: { outcome, why: "refused" };
		},
		tell: async ({ type, instance }) => void told.push(`${type} ${instance}`),
		nowMs: () => 5,
		log: { info: () => undefined, warn: () => undefined },
	});
	return { identity, aliases, asked, told };
};

const known = async (address: string, id: number): Promise<void> => {
	const instance = server(address, id);
	await store.inventory.save([instance]);
	await store.clusters.adopt(instance.name, [instance.name]);
};

describe("a server that is looked at", () => {
	it("is itself where nobody is like it", async () => {
		await known("a", 1);
		const { identity, asked } = identify("one");
		expect(await identity.settle(server("b", 2))).toEqual({
			name: "b:3306",
			findings: [],
		});
		expect(asked).toEqual([]);
	});

	it("is a known one under another address, for good when that is proved", async () => {
		await known("a", 1);
		const { identity, aliases, asked, told } = identify("one");
		expect(await identity.settle(server("b", 1))).toEqual({
			name: "a:3306",
			findings: [],
		});
		expect(asked).toEqual(["b:3306 a:3306"]);
		expect(told).toEqual(["merge-aliases a:3306"]);
		expect(aliases.nameOf("b:3306")).toBe("a:3306");
		await identity.settle(server("b", 1));
		expect(asked).toHaveLength(1);
	});

	it("keeps the new address for its name where its replicas name it so", async () => {
		await known("a", 1);
		await store.inventory.save([server("r", 3, { replication: running("b") })]);
		const { identity } = identify("one", { hosts: ["a"], port: 3306 });
		expect((await identity.settle(server("b", 1))).name).toBe("b:3306");
		expect(await store.aliases.all()).toEqual(new Map([["a:3306", "b:3306"]]));
		expect(
			(await store.clusters.members()).map((each) => each.instance),
		).toEqual(["b:3306"]);
	});

	it("goes by the port and the host that it calls itself by", async () => {
		await known("a:3307", 1);
		const { identity } = identify("one", { hosts: ["B.example"], port: 3306 });
		expect((await identity.settle(server("a", 1))).name).toBe("a:3306");
		expect((await identity.settle(server("b.example", 1))).name).toBe(
			"b.example:3306",
		);
		expect(await store.aliases.all()).toEqual(
			new Map([
				["a:3307", "b.example:3306"],
				["a:3306", "b.example:3306"],
			]),
		);
	});

	it("is another one than its copy, which is told once", async () => {
		await known("a", 1);
		const { identity, told } = identify("two");
		for (let time = 0; time < 2; time++) {
			const { name, findings } = await identity.settle(server("b", 1));
			expect(name).toBe("b:3306");
			expect(findings).toMatchObject([{ about: "server UUID" }]);
			expect(findings[0]?.says).toContain("remove auto.cnf");
		}
		expect(told).toEqual(["shared-server-uuid b:3306"]);
	});

	it("is itself, and nothing is told, as long as it cannot be found out", async () => {
		await known("a", 1);
		const { identity, told } = identify("unknown");
		expect(await identity.settle(server("b", 1))).toEqual({
			name: "b:3306",
			findings: [],
		});
		expect(told).toEqual([]);
	});

	it("is left to the watchers when both its names are known", async () => {
		await known("a", 1);
		await known("b", 1);
		const { identity } = identify("one");
		expect((await identity.settle(server("b", 1))).name).toBe("b:3306");
		expect(await store.aliases.all()).toEqual(new Map());
	});

	it("at an address that was another server's has it for itself", async () => {
		await known("a", 1);
		const { identity, aliases, told } = identify("one");
		await identity.settle(server("b", 1));
		expect((await identity.settle(server("b", 2))).name).toBe("b:3306");
		expect(aliases.nameOf("b:3306")).toBe("b:3306");
		expect(told).toEqual(["merge-aliases a:3306", "drop-alias a:3306"]);
	});
});

it("two names are merged when an operation has let go, and not under a record of another server", async () => {
	await known("a", 1);
	await known("b", 1);
	const names: readonly InstanceName[] = ["a:3306", "b:3306"];
	const { identity } = identify("one");
	const examined = await identity.examine(
		{ seen: server("a", 1), isOlder: false },
		{ seen: server("b", 1), isOlder: false },
	);
	if (examined.outcome !== "one") throw new Error("not proved");
	await store.operations.claim({
		identity: "b:3306",
		workflowId: "w",
		runId: "r",
		kind: "takeover",
		nowMs: 1,
	});
	expect(await examined.merge()).toEqual({
		outcome: "later",
		why: "an operation holds their cluster",
	});
	expect(await store.inventory.names()).toEqual(names);
	await store.operations.release("b:3306", "r");
	expect(await examined.merge()).toEqual({
		outcome: "merged",
		name: "a:3306",
		alias: "b:3306",
	});
	expect(await store.inventory.names()).toEqual(["a:3306"]);
});
