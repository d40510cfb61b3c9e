import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	replica,
	server,
} from "../../../test/support/command-line.ts";
import type { Instance } from "../../topology/instance.ts";
import { instanceName } from "../../topology/instance-name.ts";

const names = (...hosts: string[]) =>
	hosts.map((host) => instanceName(host, 3306));

/** Of the cluster of `big`, with a server id of its own. */
const member = (
	host: string,
	source: string,
	depth: number,
	more: Partial<Instance> = {},
): Instance => ({
	...replica(host, source, depth),
	serverId: Number.parseInt(host, 36),
	clusterName: "big:3306",
	...more,
});

/** big ← im1 ← b1, b2; big ← im2 ← c1; big ← leaf, mixed */
const MEMBERS = [
	server("big", {
		replicas: names("im1", "im2", "leaf", "mixed"),
		serverId: 1,
	}),
	member("im1", "big", 1, { replicas: names("b1", "b2"), lagSeconds: 1 }),
	member("im2", "big", 1, { replicas: names("c1"), lagSeconds: 2 }),
	member("leaf", "big", 1, { lagSeconds: 3, promotionRule: "prefer" }),
	member("mixed", "big", 1, { binlogFormat: "MIXED", lagSeconds: 90 }),
	member("b1", "im1", 2, { lagSeconds: 4 }),
	member("b2", "im1", 2, { lagSeconds: 50 }),
	member("c1", "im2", 2, { lagSeconds: null }),
];

/** A primary whose only replica is stopped. */
const STOPPED = [
	server("mute", { replicas: names("still") }),
	{
		...member("still", "mute", 1, { lagSeconds: null }),
		clusterName: "mute:3306",
	},
];

const fixture = (ignored: string[] = []) =>
	createFixture({
		configuration: { OSCIgnoreHostnameFilters: ignored },
		rows: async (store) => {
			await store.inventory.save([...MEMBERS, ...STOPPED]);
			await store.clusters.adopt(
				"big:3306",
				MEMBERS.map((each) => each.name),
			);
			await store.clusters.adopt("mute:3306", names("mute", "still"));
			await store.clusters.setAliasOverride("big:3306", "large");
		},
	});

const { run, remove } = await fixture();
afterAll(remove);

describe("heuristics print exactly", () => {
	const osc = "im1:3306\nim2:3306\nb1:3306\nc1:3306\nleaf:3306\nmixed:3306\n";
	test.each<[string, string]>([
		["which-cluster-osc-replicas -alias large", osc],
		["which-cluster-osc-slaves -alias big:3306", osc],
		["which-cluster-osc-replicas -i b2", osc],
		// The local host's cluster has no replicas.
		["which-cluster-osc-replicas", ""],
		[
			"which-cluster-gh-ost-replicas -alias large",
			"b1:3306\nb2:3306\nc1:3306\nleaf:3306\nim2:3306\nim1:3306\n",
		],
		["which-cluster-gh-ost-slaves -i db3", "db2.ny:3306\ndb3.ny:3306\n"],
		["which-cluster-gh-ost-replicas", ""],
		["get-cluster-heuristic-lag -alias large", "90\n"],
		["get-cluster-heuristic-lag -i db3", "0\n"],
		["get-candidate-replica -i big", "leaf:3306\n"],
		["get-candidate-slave -i im2", "c1:3306\n"],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual({ code: 0, stdout, stderr: "" });
	});

	test("a registered promotion rule counts for the candidate", async () => {
		const other = await fixture();
		await other.run("register-candidate -i leaf -promotion-rule must_not");
		await other.run("register-candidate -i im2 -promotion-rule prefer");
		expect((await other.run("get-candidate-replica -i big")).stdout).toBe(
			"im2:3306\n",
		);
		other.remove();
	});

	test("OSCIgnoreHostnameFilters leave replicas out", async () => {
		const other = await fixture(["^mixed:", "^im1:"]);
		expect(
			(await other.run("which-cluster-osc-replicas -alias large")).stdout,
		).toBe("im2:3306\nc1:3306\nleaf:3306\n");
		expect(
			(await other.run("get-cluster-heuristic-lag -alias large")).stdout,
		).toBe("3\n");
		other.remove();
	});
});

describe("no cluster selected", () => {
	test.each(["which-cluster-osc-replicas", "which-cluster-gh-ost-replicas"])(
		"%s prints nothing",
		async (command) => {
			expect(await run(`${command} -alias nothing`)).toEqual({
				code: 0,
				stdout: "",
				stderr: expect.stringContaining("Unable to determine cluster name"),
			});
		},
	);

	test("get-cluster-heuristic-lag fails", async () => {
		const { code, stdout, stderr } = await run(
			"get-cluster-heuristic-lag -alias nothing",
		);
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toMatch(
			/^\S+ \S+ FATAL no cluster is known as "nothing"; clusters-alias lists/,
		);
	});
});

describe("refusals", () => {
	test.each<[string, string]>([
		["get-cluster-heuristic-lag", "no suitable replicas in cluster web1:3306"],
		[
			"get-cluster-heuristic-lag -i mute",
			"none of the suitable replicas .* tells its lag: .*still:3306",
		],
		["get-candidate-replica", "no candidate found for web1:3306"],
		["get-candidate-replica -i leaf", "it has no replicas"],
		["get-candidate-replica -i nobody", "instance not found: nobody:3306"],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
	});
});
