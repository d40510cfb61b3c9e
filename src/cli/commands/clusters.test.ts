import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	replica,
	server,
} from "../../../test/support/command-line.ts";

/** Two co-primaries: `pair2` is the writable one, a step below the other. */
const coPrimary = (host: string, other: string, depth: number) => ({
	...replica(host, other, depth),
	clusterName: "pair1:3306",
	isCoMaster: true,
});

const { run, remove } = await createFixture({
	rows: async (store) => {
		await store.inventory.save([
			coPrimary("pair1", "pair2", 0),
			{ ...coPrimary("pair2", "pair1", 1), readOnly: false },
			// A writable replica is no primary.
			{
				...replica("rogue", "pair1", 1),
				clusterName: "pair1:3306",
				readOnly: false,
			},
			server("other", {
				port: 3307,
				name: "other:3307",
				clusterName: "other:3307",
			}),
		]);
		await store.clusters.adopt("pair1:3306", [
			"pair1:3306",
			"pair2:3306",
			"rogue:3306",
		]);
		await store.clusters.adopt("other:3307", ["other:3307"]);
	},
});
afterAll(remove);

/** Depth, most replicas, cluster, host. */
const BY_DEPTH = [
	"db1.ny:3306",
	"other:3307",
	"pair1:3306",
	"web1:3306",
	"db2.ny:3306",
	"pair2:3306",
	"rogue:3306",
	"db3.ny:3306",
	"",
].join("\n");

describe("clusters print exactly", () => {
	test.each<[string, string]>([
		["clusters", "db1.ny:3306\nother:3307\npair1:3306\nweb1:3306\n"],
		[
			"clusters-alias",
			"db1.ny:3306\tshop\nother:3307\tother:3307\npair1:3306\tpair1:3306\nweb1:3306\tweb1:3306\n",
		],
		// web1 is read-only.
		["all-clusters-masters", "db1.ny:3306\nother:3307\npair2:3306\n"],
		["which-cluster-master -i rogue", "pair2:3306\n"],
		["which-cluster-master", "web1:3306\n"],
		["which-cluster -i other:3307", "other:3307\n"],
		["which-cluster -alias other:3307", "other:3307\n"],
		["which-cluster-alias -alias other:3307", "other:3307\n"],
		[
			"which-cluster-instances -i pair1",
			"pair1:3306\npair2:3306\nrogue:3306\n",
		],
		["find -pattern :3307$", "other:3307\n"],
		// By host and port, whatever the depth.
		[
			"find -pattern [1o]",
			"db1.ny:3306\nother:3307\npair1:3306\nrogue:3306\nweb1:3306\n",
		],
		["search -pattern 3307", "other:3307\n"],
		["search -pattern SHOP", ""],
		["search -pattern source~dist", BY_DEPTH],
		["all-instances", BY_DEPTH],
	])("%s", async (text, stdout) => {
		expect(await run(text)).toEqual({ code: 0, stdout, stderr: "" });
	});
});

test("an empty store: nothing is listed, but clusters prints an empty line", async () => {
	const bare = await createFixture({ empty: true });
	for (const [text, stdout] of [
		["clusters", "\n"],
		["clusters-alias", ""],
		["all-clusters-masters", ""],
		["all-instances", ""],
		["find -pattern .", ""],
		["search -pattern 3306", ""],
	] as const)
		expect(await bare.run(text)).toEqual({ code: 0, stdout, stderr: "" });
	bare.remove();
});

test("all-clusters-masters goes by the clusters' names, not by their size", async () => {
	const more = await createFixture({
		rows: (store) => store.inventory.save([server("aaa")]),
	});
	expect((await more.run("all-clusters-masters")).stdout).toBe(
		"aaa:3306\ndb1.ny:3306\n",
	);
	more.remove();
});

test("ClusterNameToAlias names a cluster that has no alias in the table", async () => {
	const mapped = await createFixture({
		configuration: { ClusterNameToAlias: { "^web": "site", "^db1": "other" } },
	});
	for (const [text, stdout] of [
		["clusters-alias", "db1.ny:3306\tshop\nweb1:3306\tsite\n"],
		["which-cluster -alias site", "web1:3306\n"],
		["which-cluster-alias -i web1", "site\n"],
	] as const)
		expect((await mapped.run(text)).stdout).toBe(stdout);
	mapped.remove();
});
