import { afterEach, expect, it } from "vitest";
import { running, server } from "../../test/support/made-up-servers.ts";
import { temporaryStores } from "../../test/support/temporary-stores.ts";
import { documentedDefaults } from "../config/keys.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { createForgotten, rememberingForgets } from "./forgotten.ts";
import { createHostnames } from "./hostnames.ts";
import { createScheduledDiscovery } from "./scheduled.ts";

const stores = temporaryStores();
afterEach(() => stores.remove());

it("a replica of an unknown source that is forgotten before its turn comes is not looked at", async () => {
	const forgotten = createForgotten(Date.now);
	const store = rememberingForgets(await stores.open(), forgotten);
	const replica = (host: string, id: number) =>
		server(host, id, { replication: running("p") });
	await store.inventory.save([replica("a", 2), replica("b", 3)]);
	await store.clusters.adopt("a:3306", ["a:3306", "b:3306"]);
	const looked: InstanceName[] = [];
	const never = (): never => {
		throw new Error("not asked for");
	};
	const discovery = createScheduledDiscovery({
		store,
		forgotten,
		discovery: {
			discover: never,
			crawl: async (name) => {
				looked.push(name);
				await store.inventory.forget("b:3306");
			},
		},
		servers: { open: never, refusesLogin: never, probe: never, look: never },
		hostnames: createHostnames({
			config: documentedDefaults,
			store,
			nowMs: Date.now,
		}),
		config: documentedDefaults,
		nowMs: Date.now,
		log: { info: () => undefined, warn: () => undefined },
	});
	await discovery.run();
	expect(looked).toEqual(["a:3306"]);
	expect(forgotten.has("b:3306")).toBe(true);
});
