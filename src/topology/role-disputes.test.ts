import { expect, it } from "vitest";
import {
	failing,
	gtids,
	NOW,
	replica,
	running,
	seenAt,
	server,
	uuid,
} from "../../test/support/made-up-servers.ts";
import { NO_GROUP } from "./group-replication.ts";
import type { Instance } from "./instance.ts";
import { disputesIn, hasYielded, primaryByServers } from "./role-disputes.ts";
import { markOf, NO_MARK } from "./server-mark.ts";

const below = (address: string, source: string, receiver: 0 | 1 | 2 = 1) =>
	server(address, 1, {
		readOnly: true,
		replication: running(source, { receiver }),
	});
const open = (address: string, rest: Partial<Instance> = {}) =>
	server(address, 1, { readOnly: false, ...rest });

const of = (instances: readonly Instance[], server = NO_MARK) =>
	({
		instances,
		role: {
			primary: "p:3306",
			server,
			epoch: 1,
			word: "operation",
			sinceMs: 0,
		},
	}) as const;
const found = (...instances: readonly Instance[]) =>
	[...disputesIn(of(instances))].map(([on, { code }]) => [on, code]);

it("nothing is disputed while the recorded primary takes the writes", () => {
	expect(found(open("p"), below("a", "p"), below("b", "a"))).toEqual([]);
	expect(found(server("p", 1, { readOnly: true }), below("a", "p"))).toEqual(
		[],
	);
});

it("nor while it cannot be seen and nobody else takes any", () => {
	expect(
		found(open("p", { check: failing("timeout") }), below("a", "p", 2)),
	).toEqual([]);
});

it("nobody is disputed where nobody is on record, or who is belongs to no such cluster", () => {
	expect([...disputesIn({ instances: [open("p"), open("a")] })]).toEqual([]);
	expect(found(open("a"), open("b"))).toEqual([]);
});

it("the recorded primary that was made a replica follows whoever is at the top", () => {
	const chain = [open("top"), below("mid", "top"), below("p", "mid")];
	expect(found(...chain)).toEqual([["p:3306", "RecordedPrimaryReplicates"]]);
	expect(primaryByServers(of(chain))?.name).toBe("top:3306");
});

it.each([
	["its source is not known", [below("p", "elsewhere")], undefined],
] as const)("also where %s", (_, instances, top) => {
	expect(found(...instances)).toEqual([
		["p:3306", "RecordedPrimaryReplicates"],
	]);
	expect(primaryByServers(of(instances))?.name).toBe(top);
});

it.each([0, 2] as const)(
	"a channel that merely stands there, or finds nobody, decides nothing: %s",
	(receiver) => {
		const servers = [open("a"), below("p", "a", receiver)];
		expect(primaryByServers(of(servers))).toBe(undefined);
		expect(found(...servers)).toEqual([
			["a:3306", "WriterBesideRecordedPrimary"],
		]);
	},
);

it("a primary that has written since it was opened has not yielded to the one that a leftover channel receives from", () => {
	const old = open("old", { executedGtid: gtids(10) });
	const primary = (own: string) =>
		server("p", 2, {
			readOnly: true,
			executedGtid: `${gtids(10)}${own}`,
			replication: running("old"),
		});
	expect(hasYielded(primary(""), old, false)).toBe(true);
	expect(hasYielded(primary(`,${uuid(2)}:1-5`), old, false)).toBe(false);
	// What came from the old one may be newer than the look at that.
	expect(
		hasYielded({ ...primary(""), executedGtid: gtids(12) }, old, false),
	).toBe(true);
});

it("two co-primaries replicate from each other, and neither is another's", () => {
	const ring = [
		server("p", 1, { replication: running("a") }),
		server("a", 1, { readOnly: true, replication: running("p") }),
	];
	expect(found(...ring)).toEqual([]);
	expect(primaryByServers(of(ring))).toBe(undefined);
});

it("whoever takes writes beside it is told, whether it is seen or not", () => {
	for (const p of [open("p"), open("p", { check: failing("lost") })])
		expect(found(p, below("a", "p"), open("x"))).toEqual([
			["x:3306", "WriterBesideRecordedPrimary"],
		]);
	const says = (p: Instance) =>
		disputesIn(of([p, open("x")])).get("x:3306")?.says;
	expect(says(open("p"))).toContain("make it read-only");
	expect(says(open("p", { check: failing("lost") }))).toContain(
		"cannot be seen",
	);
});

it("the recorded primary counts where the store has it in another cluster", () => {
	expect([
		...disputesIn({ ...of([open("x")]), recordedElsewhere: open("p") }).keys(),
	]).toEqual(["x:3306"]);
});

it("another server at its address is told, and one that cannot be seen is none", () => {
	const other = server("p", 2);
	const noted = markOf(server("p", 1));
	expect(
		disputesIn(of([other, replica("a", 1)], noted)).get("p:3306")?.code,
	).toBe("RecordedPrimaryIsAnotherServer");
	expect(disputesIn(of([server("p", 1)], noted)).size).toBe(0);
	expect(
		disputesIn(of([{ ...other, check: failing("timeout") }], noted)).size,
	).toBe(0);
});

it("a group's word counts where its members that are seen are of one mind", () => {
	const member = (address: string, primary: "p:3306" | "a:3306", isUp = true) =>
		server(address, 1, {
			readOnly: address !== "a",
			check: isUp ? seenAt(NOW) : failing("lost"),
			group: {
				...NO_GROUP,
				name: "g",
				memberRole: primary === `${address}:3306` ? "PRIMARY" : "SECONDARY",
				primary,
			},
		});
	const elected = [
		member("p", "p:3306", false),
		member("a", "a:3306"),
		member("b", "a:3306"),
	];
	expect(primaryByServers(of(elected))?.name).toBe("a:3306");
	expect(primaryByServers(of([...elected, member("c", "p:3306")]))).toBe(
		undefined,
	);
});
