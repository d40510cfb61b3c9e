import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	server,
} from "../../../test/support/command-line.ts";

const { run, remove } = await createFixture();
afterAll(remove);

/** Every command that needs a cluster, with what else it needs. */
const NEEDING = [
	"which-cluster-master",
	"which-cluster-alias",
	"which-cluster-domain",
	"which-heuristic-domain-instance",
	"set-heuristic-domain-instance",
	"get-cluster-heuristic-lag",
	"force-master-failover",
	"force-master-takeover -d db2",
	"graceful-master-takeover",
	"graceful-master-takeover-auto",
	"explain",
	"why",
	"forget-cluster",
];

/** Those that the reference lets go on without one. */
const DOING_WITHOUT: readonly (readonly [string, string])[] = [
	["which-cluster", "\n"],
	["topology", "\n"],
	["topology-tabulated", "\n"],
	["topology-tags", "\n"],
	["which-cluster-instances", ""],
	["which-cluster-osc-replicas", ""],
	["which-cluster-gh-ost-replicas", ""],
	["which-heuristic-cluster-pool-instances", ""],
	["which-downtimed-instances", ""],
	["ack-cluster-recoveries -reason x", "0 recoveries acknowledged\n"],
];

const GIVEN: readonly (readonly [string, string])[] = [
	[
		"-alias shpo",
		'no cluster is known as "shpo"; did you mean shop\\?; clusters-alias lists those that are',
	],
	[
		"-alias nothing",
		'no cluster is known as "nothing"; clusters-alias lists those that are',
	],
	[
		"-i nobody",
		'no cluster has -i "nobody:3306": no known instance matches; all-instances lists those that are, clusters-alias the clusters',
	],
	[
		"-i db2.yn",
		'no cluster has -i "db2.yn:3306": no known instance matches; did you mean db2.ny:3306',
	],
	[
		"-alias nothing -i nobody",
		'no cluster is known as "nothing", and none has -i "nobody:3306": no known instance matches',
	],
];

describe("what was given is named where it names no cluster", () => {
	test.each(NEEDING)("%s fails for it", async (command) => {
		for (const [given, reason] of GIVEN)
			expect(await run(`${command} ${given}`)).toEqual(FAILS(reason));
	});

	test.each(DOING_WITHOUT)(
		"%s says it, and goes on",
		async (command, stdout) => {
			for (const [given, reason] of GIVEN)
				expect(await run(`${command} ${given}`)).toEqual({
					code: 0,
					stdout,
					stderr: expect.stringMatching(
						new RegExp(
							`^\\S+ \\S+ ERROR Unable to determine cluster name\\. hint=\\S+: ${reason}.*\\n$`,
						),
					),
				});
		},
	);
});

test("an instance that was given as a cluster is told from a word that is none", async () => {
	expect(await run("which-cluster-master -alias db3.ny")).toEqual(
		FAILS(
			'no cluster is known as "db3.ny", but db3.ny is an instance of one; give it with -i, or -alias shop',
		),
	);
	// Here it may be one.
	expect((await run("why -alias db3.ny")).code).toBe(0);
});

test("an alias that is passed over for -i is told", async () => {
	expect(await run("which-cluster -alias shpo -i db3")).toEqual({
		code: 0,
		stdout: "db1.ny:3306\n",
		stderr: expect.stringMatching(
			/ERROR no cluster is known as "shpo"; did you mean shop\?; the cluster of -i db3 is taken, clusters-alias lists .*\n$/,
		),
	});
});

test("nothing given and the local host unknown: that is said, and what to give", async () => {
	const elsewhere = await createFixture({
		empty: true,
		rows: async (store) => {
			for (const host of ["one", "two"] as const) {
				await store.inventory.save([server(host)]);
				await store.clusters.adopt(`${host}:3306`, [`${host}:3306`]);
			}
		},
	});
	for (const command of NEEDING.filter((each) => each !== "forget-cluster"))
		expect(await elsewhere.run(command)).toEqual(
			FAILS(
				"no cluster is selected: neither -alias nor -i is given, and the local host web1 is no known instance; give one of them, clusters-alias lists the 2 known clusters",
			),
		);
	elsewhere.remove();
	const none = await createFixture({ empty: true });
	expect(await none.run("explain")).toEqual(
		FAILS("no cluster is selected: none is known; discover finds one"),
	);
	expect(await none.run("explain -alias shop")).toEqual(
		FAILS(
			'no cluster is known as "shop": none is known at all; discover finds one',
		),
	);
	none.remove();
});
