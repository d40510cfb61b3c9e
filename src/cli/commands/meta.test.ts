import { afterAll, describe, expect, test } from "vitest";
import {
	createFixture,
	FAILS,
	NOW,
	server,
} from "../../../test/support/command-line.ts";

const MINUTE_MS = 60_000;

const fixture = await createFixture();
const { run, inStore } = fixture;
afterAll(() => fixture.remove());

const prints = (stdout: string) => ({ code: 0, stdout, stderr: "" });

test("no agent is known, whoever is asked for", async () => {
	expect(await run("custom-command -hostname db1 -pattern x")).toEqual(
		FAILS(
			'no agent of "db1" is known: agents cannot register with this version',
		),
	);
});

describe("maintenance", () => {
	test("is begun once, shown and ended", async () => {
		expect(await run("begin-maintenance -i db2 -reason new~disk")).toEqual(
			prints("db2.ny:3306\n"),
		);
		expect(
			await inStore((store) => store.maintenances.active(NOW)),
		).toMatchObject([
			{
				instance: "db2.ny:3306",
				owner: "me",
				reason: "new disk",
				beganAtMs: NOW,
				endsAtMs: NOW + 10 * MINUTE_MS,
				isExplicitlyBounded: true,
			},
		]);
		expect(await run("in-maintenance -i db1,db2")).toEqual(
			prints("db2.ny:3306\n"),
		);
		expect(await run("begin-maintenance -i db2 -reason again")).toEqual(
			FAILS(
				"db2.ny:3306 is under maintenance already, by me: new disk; end that with end-maintenance",
			),
		);
		for (let times = 0; times < 2; times++)
			expect(await run("end-maintenance -i db2")).toEqual(
				prints("db2.ny:3306\n"),
			);
		expect(await run("in-maintenance -i db2")).toEqual(prints(""));
	});

	test("of an unknown instance, for a time, by somebody", async () => {
		expect(
			await run(
				"begin-maintenance -i stranger -reason x -duration 2h -owner ann",
			),
		).toEqual({
			...prints("stranger:3306\n"),
			stderr: expect.stringMatching(
				/ ERROR stranger:3306 is no known instance \(no known instance matches\): it was done all the same, and counts once a server is discovered by that name\n$/,
			),
		});
		const [held] = await inStore((store) => store.maintenances.active(NOW));
		expect(held).toMatchObject({ owner: "ann", endsAtMs: NOW + 7_200_000 });
	});

	test.each<[string, string]>([
		["begin-maintenance -i db3", "--reason option required"],
		["begin-maintenance -i db3 -reason x -duration 5", "cannot read -duration"],
		[
			"begin-maintenance -i db3 -reason x -duration 0m",
			"cannot read -duration",
		],
		["begin-maintenance -i h:abc -reason x", "cannot read -i"],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
	});
});

describe("primaries in the key-value store", () => {
	const shop = (ipv4: string) =>
		"mysql/master/shop:db1.ny:3306\n" +
		"mysql/master/shop/hostname:db1.ny\n" +
		"mysql/master/shop/port:3306\n" +
		`mysql/master/shop/ipv4:${ipv4}\n` +
		"mysql/master/shop/ipv6:\n";

	test("five entries of the selected cluster", async () => {
		expect(await run("submit-masters-to-kv-stores -alias shop")).toEqual(
			prints(shop("")),
		);
		await inStore((store) =>
			store.hostnames.saveAddresses(
				"db1.ny",
				{ ipv4: "10.0.0.1", ipv6: "" },
				NOW,
			),
		);
		expect((await run("submit-masters-to-kv-stores -i db3")).stdout).toBe(
			shop("10.0.0.1"),
		);
		expect(
			await inStore((store) => store.keyValues.get("mysql/master/shop/ipv4")),
		).toBe("10.0.0.1");
	});

	test("of every cluster when none is selected; a read-only primary has none", async () => {
		const all = await run("submit-masters-to-kv-stores -alias nothing");
		expect(all.stdout).toBe(shop("10.0.0.1"));
		expect(await run("submit-masters-to-kv-stores -i web1")).toEqual(
			prints(""),
		);
	});
});

describe("the writer of a domain", () => {
	const command = "set-heuristic-domain-instance";

	test("is the writable primary", async () => {
		expect(await run(`${command} -alias shop`)).toEqual(
			FAILS("cluster db1.ny:3306 has no domain"),
		);
		await inStore((store) =>
			store.clusters.setDomain("db1.ny:3306", "shop.example.com"),
		);
		expect(await run(`${command} -alias shop`)).toEqual(
			prints("db1.ny:3306\n"),
		);
		expect(await run("which-heuristic-domain-instance -alias shop")).toEqual(
			prints("db1.ny:3306\n"),
		);
	});

	test("needs exactly one writable primary", async () => {
		await inStore((store) =>
			store.clusters.setDomain("web1:3306", "web.example.com"),
		);
		expect(await run(`${command} -i web1`)).toEqual(
			FAILS("cluster web1:3306 has no writable primary"),
		);
	});
});

test("active-nodes lists processes that told of themselves lately", async () => {
	await inStore(async ({ nodes }) => {
		const beat = { command: "", token: "abc" };
		await nodes.beat({ ...beat, hostname: "here", nowMs: NOW - 1000 });
		await nodes.beat({ ...beat, hostname: "gone", nowMs: NOW - MINUTE_MS });
	});
	// It tells of itself first, as the changing commands do.
	expect(await run("active-nodes")).toEqual(prints("here:abc\nweb1:token\n"));
});

test("active-nodes lists its own process, unless it shall not register", async () => {
	const alone = await createFixture();
	const quiet = "active-nodes -skip-continuous-registration";
	expect((await alone.run(quiet)).stdout).toBe("");
	expect((await alone.run("active-nodes")).stdout).toBe("web1:token\n");
	alone.remove();
});

test("an access token can be exchanged once", async () => {
	const { code, stdout } = await run("access-token -owner ann");
	expect(code).toBe(0);
	expect(stdout).toMatch(/^[0-9a-f]{64}\n$/);
	const acquire = () =>
		inStore((store) =>
			store.accessTokens.acquire(stdout.trim(), NOW - 1000, NOW),
		);
	expect(await acquire()).toMatch(/^[0-9a-f]{64}$/);
	expect(await acquire()).toBeUndefined();
});

test("redeploy-internal-db keeps what the store holds", async () => {
	expect(await run("redeploy-internal-db")).toEqual(
		prints("Redeployed internal db\n"),
	);
	expect((await run("which-instance -i db2")).stdout).toBe("db2.ny:3306\n");
});

describe("bulk lists", () => {
	test("are sorted as text", async () => {
		await run("register-candidate -i db3 -promotion-rule must_not");
		await run("register-candidate -i db2");
		await inStore((store) =>
			store.candidates.register("db1.ny:3306", "prefer", NOW - 61 * MINUTE_MS),
		);
		expect(await run("bulk-instances")).toEqual(
			prints("db1.ny:3306\ndb2.ny:3306\ndb3.ny:3306\nweb1:3306\n"),
		);
		expect(await run("bulk-promotion-rules")).toEqual(
			prints("db2.ny:3306 prefer\ndb3.ny:3306 must_not\n"),
		);
	});

	test("are an empty line for none", async () => {
		const bare = await createFixture({ empty: true });
		expect(await bare.run("bulk-instances")).toEqual(prints("\n"));
		expect(await bare.run("bulk-promotion-rules")).toEqual(prints("\n"));
		bare.remove();
	});
});

describe("internal-suggest-promoted-replacement", () => {
	const command = "internal-suggest-promoted-replacement";
	test("prints the promoted server when nobody suits better", async () => {
		expect(await run(`${command} -i db1.ny -d db2`)).toEqual(
			prints("db2.ny:3306\n"),
		);
	});

	test.each<[string, string]>([
		[`${command} -d db2`, "cannot deduce instance: give -i"],
		[`${command} -i db1.ny`, "cannot deduce destination: give -d"],
		[`${command} -i nobody -d db2`, "instance not found: nobody:3306"],
		[`${command} -i db1.ny -d nobody`, "instance not found: nobody:3306"],
	])("%s", async (text, reason) => {
		expect(await run(text)).toEqual(FAILS(reason));
	});
});

describe("forgetting a cluster", () => {
	test("needs a cluster that is named", async () => {
		expect(await run("forget-cluster")).toEqual(FAILS("cannot deduce cluster"));
		const { code, stdout, stderr } = await run("forget-cluster -alias nothing");
		expect([code, stdout]).toEqual([1, ""]);
		expect(stderr).toContain('no cluster is known as "nothing"');
	});

	test("forgets each of its instances", async () => {
		await inStore((store) =>
			store.inventory
				.save([server("old1"), server("old2", { clusterName: "old1:3306" })])
				.then(() =>
					store.clusters.adopt("old1:3306", ["old1:3306", "old2:3306"]),
				),
		);
		expect(await run("forget-cluster -i old2")).toEqual(
			prints("old1:3306\nold2:3306\n"),
		);
		expect(await run("which-instance -i old1")).toMatchObject({ code: 1 });
	});
});

test("names of the companion script: downtimed", async () => {
	await run("begin-downtime -i db2 -reason x");
	expect(await run("downtimed -alias shop")).toEqual(prints("db2.ny:3306\n"));
});
