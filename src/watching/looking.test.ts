import { expect, it } from "vitest";
import {
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import { createLooking } from "./looking.ts";

/** A cluster in which what its replica has is in question until the source was looked at after it. */
const looking = () => {
	const happened: string[] = [];
	let nowMs = 1_000;
	const kept = (name: string) => ({
		name,
		seenFromMs: 0,
		latest: server(name.slice(0, 1) as Lowercase<string>, 1),
		async probe() {
			this.seenFromMs = nowMs++;
			happened.push(name);
		},
	});
	const members = new Map(
		["p:3306", "a:3306"].map((name) => [name, kept(name)] as const),
	);
	const cluster = {
		isComplete: true,
		members,
		compareGtids: () => happened.push("compare"),
		sourcesInQuestion: () =>
			happened.filter((each) => each === "p:3306").length > 1
				? []
				: [members.get("p:3306")],
		snapshot: () => snapshotOf([server("p", 1), replica("a", 2)]),
	} as unknown as ClusterWatch;
	const look = createLooking({
		clusterOf: () => cluster,
		isSuspect: () => false,
		nowMs: () => nowMs,
	});
	return { happened, look, members };
};

it("whoever wants the servers as they are now has the source asked once more where that tells what is a replica's own", async () => {
	const { happened, look } = looking();
	await look("c", 1_000);
	expect(happened).toEqual([
		"p:3306",
		"a:3306",
		"compare",
		"compare",
		"p:3306",
		"compare",
	]);
});

it("a failover does not wait for that", async () => {
	const { happened, look } = looking();
	await look("c");
	expect(happened).toEqual(["p:3306", "a:3306", "compare"]);
});

it("one that was silent already is not waited for as long as one that was not", async () => {
	const { members, look } = looking();
	const silent = members.get("a:3306");
	if (silent === undefined) throw new Error("no member");
	silent.probe = () => new Promise(() => undefined);
	const timed = async () => {
		const began = performance.now();
		const seen = await look("c");
		const a = seen?.instances.find(({ name }) => name === "a:3306");
		return { ms: performance.now() - began, error: a?.check.error };
	};
	expect(await timed()).toEqual({
		ms: expect.closeTo(1_000, -2.7),
		error: "no answer within 1000 ms",
	});
	silent.latest = {
		...silent.latest,
		check: { ...silent.latest.check, seenAtMs: 1, checkedAtMs: 2 },
	};
	expect(await timed()).toEqual({
		ms: expect.closeTo(400, -2.7),
		error: "no answer within 400 ms",
	});
});
