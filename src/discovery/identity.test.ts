import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madePrimary } from "../../test/support/made-primary.ts";
import {
	failing,
	running,
	server,
} from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import type { Proof } from "../mysql/one-process.ts";
import type { Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { markOf, NO_MARK } from "../topology/server-mark.ts";
import { createIdentity } from "./identity.ts";
import type { IdentityDeps } from "./joining.ts";
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
	const deps: IdentityDeps = {
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
	};
	return { deps, identity: createIdentity(deps), aliases, asked, told };
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
	});

	it("is no alias any more when that is not proved anew", async () => {
		await known("a", 1);
		await identify("one").identity.settle(server("b", 1));
		const later = identify("two");
		expect((await later.identity.settle(server("b", 1))).name).toBe("b:3306");
		expect(later.asked[0]).toBe("b:3306 a:3306");
		expect(later.told[0]).toBe("drop-alias a:3306");
		expect(await store.aliases.all()).toEqual(new Map());
	});

	it("keeps the new address for its name where its replicas name it so, and it calls itself otherwise", async () => {
		await known("a", 1);
		await store.inventory.save([server("r", 3, { replication: running("b") })]);
		const { identity } = identify("one", { hosts: ["c"], port: 3306 });
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
		await identify("one").identity.settle(server("b", 1));
		const { identity, aliases, told } = identify("unknown");
		expect((await identity.settle(server("b", 2))).name).toBe("b:3306");
		expect(aliases.nameOf("b:3306")).toBe("b:3306");
		expect(told).toEqual(["drop-alias a:3306"]);
		expect(await store.inventory.names()).toEqual(["a:3306"]);
	});

	it("is an alias as long as nothing can be proved and nothing speaks against it", async () => {
		await known("a", 1);
		await identify("one").identity.settle(server("b", 1));
		const { identity } = identify("unknown");
		expect((await identity.settle(server("b", 1))).name).toBe("a:3306");
	});

	it("goes on under its own name rather than under that by which its replicas know it", async () => {
		await known("p", 1);
		await store.inventory.save([
			server("r", 3, { replication: running("vip") }),
		]);
		const { identity } = identify("one", { hosts: ["p"], port: 3306 });
		expect((await identity.settle(server("vip", 1))).name).toBe("p:3306");
	});
});

describe("a name that has moved to another server", () => {
	beforeEach(async () => {
		await known("vip", 1);
		await known("next", 2);
		await store.aliases.merge({
			alias: "p:3306",
			canonical: "vip:3306",
			server: markOf(server("p", 1)),
			isDecided: false,
			atMs: 1,
		});
		await store.inventory.save([server("vip", 2)]);
	});
	const AWAY = server("p", 1, { check: failing("connection-refused") });

	it.each([
		["that answers", "two", server("p", 1)],
		[
			"that answers, when one of them gives no session",
			"unknown",
			server("p", 1),
		],
		["that does not answer", "unknown", AWAY],
	] as const)(
		"lets go of the name of the server %s",
		async (_, outcome, seen) => {
			const { identity, told } = identify(outcome);
			expect(await identity.confirm("p:3306", "vip:3306", seen)).toBe(
				"released",
			);
			expect(await store.inventory.names()).toContain("p:3306");
			expect(await store.clusters.identityOf("p:3306")).toBe("vip:3306");
			expect(told).toEqual(["drop-alias vip:3306"]);
		},
	);

	it("is an alias of the other one when it was one of the first, once that is proved", async () => {
		await known("q", 1);
		await store.aliases.merge({
			alias: "w:3306",
			canonical: "q:3306",
			server: markOf(server("q", 1)),
			isDecided: false,
			atMs: 1,
		});
		const asked: string[] = [];
		const aliases = createKnownAliases(store);
		const identity = createIdentity({
			...identify("two").deps,
			aliases,
			proveOne: async (one, other) => {
				asked.push(`${one} ${other}`);
				return other === "next:3306"
					? { outcome: "one", own: { hosts: ["next"], port: 3306 } }
					: { outcome: "two" };
			},
		});
		expect(await identity.confirm("w:3306", "q:3306", server("w", 2))).toBe(
			"dropped",
		);
		expect((await store.aliases.all()).get("w:3306")).toBe("next:3306");
		expect(asked).toContain("w:3306 q:3306");
	});

	it("is watched by the other name when it does not answer itself, and that very server does by that", async () => {
		const { identity } = identify("unknown");
		const free = (seen: Instance) => identity.free("p:3306", "vip:3306", seen);
		expect(await free(AWAY)).toBe("stands");
		expect(await free(server("p", 2))).toBe("stands");
		expect(await free(server("p", 1))).toBe("released");
		expect(await store.clusters.identityOf("p:3306")).toBe("vip:3306");
	});

	it("has its mark noted when it had none", async () => {
		await store.aliases.mark("p:3306", NO_MARK);
		const { identity } = identify("one");
		await identity.confirm("p:3306", "vip:3306", server("p", 2));
		expect((await store.aliases.marks()).get("p:3306")).toEqual(
			markOf(server("p", 2)),
		);
	});

	it("is asked for no proof by one that lets nobody in", async () => {
		const { identity, asked } = identify("unknown");
		await identity.confirm("p:3306", "vip:3306", AWAY);
		expect(asked).toEqual([]);
	});

	it("has its mark noted when the server under both names was laid anew", async () => {
		const { identity } = identify("one");
		expect(await identity.confirm("p:3306", "vip:3306", server("p", 2))).toBe(
			"stands",
		);
		expect((await store.aliases.marks()).get("p:3306")).toEqual(
			markOf(server("p", 2)),
		);
	});
});

describe("a recorded primary", () => {
	beforeEach(async () => {
		await known("vip", 1);
		await madePrimary(store, "vip:3306", "vip:3306");
	});
	const OWN = { hosts: ["p"], port: 3306 };

	it("keeps its name unasked: the one that it calls itself by is the alias", async () => {
		const { identity } = identify("one", OWN);
		expect((await identity.settle(server("p", 1))).name).toBe("vip:3306");
		expect(await store.aliases.all()).toEqual(
			new Map([["p:3306", "vip:3306"]]),
		);
	});

	it("goes by the name that it calls itself by when a person names that", async () => {
		const { identity } = identify("one", OWN);
		expect((await identity.settle(server("p", 1), true)).name).toBe("p:3306");
		expect((await store.roles.all()).get("vip:3306")?.primary).toBe("p:3306");
	});

	it("is not renamed when it calls itself otherwise", async () => {
		const { identity } = identify("one", OWN);
		expect(await identity.rename(server("vip", 1), "p:3306")).toEqual({
			outcome: "undecided",
		});
		expect(await store.inventory.names()).toEqual(["vip:3306"]);
	});

	it("and another one under two names stay two until a person names one, who then has one", async () => {
		await known("p", 1);
		await madePrimary(store, "p:3306", "p:3306");
		const { identity } = identify("one", OWN);
		const examined = await identity.examine(
			{ seen: server("vip", 1), isOlder: false },
			{ seen: server("p", 1), isOlder: false },
		);
		if (examined.outcome !== "one") throw new Error("not proved");
		expect(await examined.merge()).toEqual({ outcome: "undecided" });
		expect(await store.inventory.names()).toEqual(["p:3306", "vip:3306"]);
		expect((await identity.settle(server("vip", 1), true)).name).toBe("p:3306");
		expect(await store.inventory.names()).toEqual(["p:3306"]);
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
