import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	replica,
} from "../../../test/support/command-line.ts";
import type { Instance } from "../../topology/instance.ts";

const threads = (
	host: string,
	receiver: 0 | 1 | 2,
	applier: 0 | 1,
	more: Partial<Instance> = {},
): Instance => {
	const running = replica(host, "db1.ny", 1);
	return {
		...running,
		...more,
		replication: { ...running.replication, receiver, applier },
	};
};

const detached = (): Instance => {
	const running = replica("detached", "db1.ny", 1);
	return {
		...running,
		replication: { ...running.replication, sourceHost: "//db1.ny" },
	};
};

const { run, remove } = await createFixture({
	rows: (store) =>
		store.inventory.save([
			threads("stopped", 0, 0),
			threads("half", 1, 0),
			threads("connecting", 2, 1),
			threads("old", 1, 1, { serverId: 8, version: "5.7.40" }),
			threads("new", 1, 1, { serverId: 9 }),
			detached(),
		]),
});
afterAll(remove);

describe("replication prints exactly", () => {
	test.each<[string, string]>([
		["is-replicating -i db2", "db2.ny:3306\n"],
		["is-replicating -i db1", ""],
		["is-replicating -i half", ""],
		["is-replicating -i connecting", ""],
		["is-replicating -i stopped", ""],
		["is-replicating", ""],
		["is-replication-stopped -i stopped", "stopped:3306\n"],
		["is-replication-stopped -i half", ""],
		["is-replication-stopped -i db2", ""],
		// A server that replicates from nobody has no stopped replication.
		["is-replication-stopped -i db1", ""],
		["is-replication-stopped -i stopped,half,db2", "stopped:3306\n"],
		["can-replicate-from -i new -d db1", "db1.ny:3306\n"],
		["can-replicate-from -i new -s db1", "db1.ny:3306\n"],
		["can-replicate-from -i old -d new", ""],
		["can-replicate-from -i db1 -d db1", ""],
		["which-master -i db3", "db2.ny:3306\n"],
		["which-master -i db1", ""],
		["which-master", ""],
		["which-master -i detached", ""],
		["which-replicas -i db2", "db3.ny:3306\n"],
		["which-slaves -i db2", "db3.ny:3306\n"],
		["which-replicas -i db3", ""],
		["which-replicas -i nobody", ""],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual({ code: 0, stdout, stderr: "" });
	});

	test("-verbose tells why an instance could not replicate", async () => {
		const { code, stdout, stderr } = await run(
			"can-replicate-from -i old -d new -verbose",
		);
		expect([code, stdout]).toEqual([0, ""]);
		expect(stderr).toContain("its version 5.7.40 is older than 8.0.34");
	});
});

describe("refusals", () => {
	test.each<[string, string]>([
		["is-replicating -i nobody", "instance not found: nobody:3306"],
		["is-replication-stopped -i nobody", "instance not found: nobody:3306"],
		["which-master -i nobody", "instance not found: nobody:3306"],
		["can-replicate-from -i db2", "cannot deduce destination"],
		["can-replicate-from -i db2 -d h:abc", 'cannot read -d "h:abc"'],
		["can-replicate-from -i nobody -d db1", "instance not found: nobody:3306"],
		["can-replicate-from -i db2 -d nobody", "instance not found: nobody:3306"],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
	});
});
