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
	return { happened, look };
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
