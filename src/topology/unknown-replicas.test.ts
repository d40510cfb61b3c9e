import { expect, it } from "vitest";
import { failing, seen } from "../../test/support/made-up-servers.ts";
import { type Instance, NO_REPLICATION } from "./instance.ts";
import type { Role } from "./role.ts";
import { NO_SEMI_SYNC } from "./semi-sync.ts";
import {
	unknownAcknowledgers,
	unknownReplicas,
	unnamedReplicas,
} from "./unknown-replicas.ts";

const primary = (counted: number, clients: number): Instance =>
	seen("p", {
		countedReplicas: counted,
		semiSync: { ...NO_SEMI_SYNC, sourceEnabled: clients > 0, clients },
	});

const replica = (name: string, rest: Partial<Instance> = {}): Instance =>
	seen(name, {
		replication: { ...NO_REPLICATION, sourceHost: "p", sourcePort: 3306 },
		semiSync: { ...NO_SEMI_SYNC, replicaEnabled: true },
		...rest,
	});

const ASYNCHRONOUS = { semiSync: NO_SEMI_SYNC };

it.each<[string, Instance, Instance[]]>([
	["no replicas", primary(0, 0), []],
	["all are known", primary(2, 2), [replica("a"), replica("b")]],
	[
		"more are known than connected",
		primary(1, 1),
		[replica("a"), replica("b")],
	],
	[
		"one is not seen, and may acknowledge",
		primary(2, 2),
		[replica("a"), replica("b", { ...ASYNCHRONOUS, check: failing("lost") })],
	],
	[
		"one that acknowledges has just been moved below another one",
		primary(1, 2),
		[
			replica("a"),
			replica("b", {
				replication: { ...NO_REPLICATION, sourceHost: "a", sourcePort: 3306 },
			}),
		],
	],
	[
		"a binlog server acknowledges",
		primary(1, 1),
		[replica("a", { ...ASYNCHRONOUS, isBinlogServer: true })],
	],
	[
		"one replicates by its second channel",
		primary(1, 0),
		[
			seen("a", {
				replication: { ...NO_REPLICATION, sourceHost: "q", sourcePort: 3306 },
				otherChannels: [
					{ ...NO_REPLICATION, sourceHost: "p", sourcePort: 3306 },
				],
			}),
		],
	],
])("says nothing where %s", (_, source, others) => {
	const all = [source, ...others];
	expect(unknownAcknowledgers(source, all)).toBe(0);
	expect(unknownReplicas(all)).toEqual([]);
});

it("names what would find a server that acknowledges and is not known", () => {
	const source = primary(2, 2);
	const all = [source, replica("a"), replica("b", ASYNCHRONOUS)];
	expect(unknownAcknowledgers(source, all)).toBe(1);
	expect(unknownReplicas(all)).toEqual([
		expect.stringMatching(
			/^1 server that acknowledges what p:3306 writes .* is not known: .*DiscoverByShowSlaveHosts.* lossless mode refuses it$/,
		),
	]);
});

it("names what would find replicas that are not known", () => {
	expect(unknownReplicas([primary(4, 0)])).toEqual([
		expect.stringMatching(
			/^p:3306 sends its binary logs to 4 clients, and 0 replicas of it are known: .*DiscoverByShowSlaveHosts/,
		),
	]);
	expect(unknownReplicas([primary(2, 0), replica("a")])).toEqual([
		expect.stringContaining("to 2 clients, and 1 replica of it is known"),
	]);
});

it("knows nothing of a source that was not seen at the last check", () => {
	expect(
		unknownReplicas([{ ...primary(4, 4), check: failing("lost") }]),
	).toEqual([]);
});

it("looks for those that a server names when it is met, and says who is left", () => {
	const met = { ...primary(3, 0), replicas: ["a:3306", "b:3306"] as const };
	expect(unnamedReplicas({ ...met, countedReplicas: 2 }, [])).toEqual([]);
	expect(unnamedReplicas(met, [replica("c")])).toEqual([]);
	expect(unnamedReplicas(met, [replica("a")])).toEqual([
		expect.stringContaining("to 3 clients, and 2 of them can be looked at"),
	]);
});

it("makes nothing of replicas that a source still counts right after a change of primary", () => {
	const old = primary(2, 0);
	const left = [old, seen("a"), seen("b")];
	const since = (ago: number, word: Role["word"] = "operation") => ({
		word,
		sinceMs: old.check.seenAtMs - ago,
	});
	expect(unknownReplicas(left)).toHaveLength(1);
	expect(unknownReplicas(left, since(2_000))).toEqual([]);
	// The look may be older than the change.
	expect(unknownReplicas(left, since(-500))).toEqual([]);
	expect(unknownReplicas(left, since(90_000))).toHaveLength(1);
	// Who was met is met with all its replicas.
	expect(unknownReplicas(left, since(2_000, "met"))).toHaveLength(1);
	// Who acknowledges is counted among all that are known, and told at once.
	const acked = primary(0, 3);
	expect(
		unknownReplicas([acked, replica("a"), replica("b")], since(2_000)),
	).toHaveLength(1);
});
