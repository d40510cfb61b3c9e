import { describe, expect, it } from "vitest";
import {
	ACKER,
	failing,
	gtids,
	LOSSLESS,
	replica,
	replicating,
	server,
	uuid,
} from "../../test/support/made-up-servers.ts";
import type { Instance } from "../topology/instance.ts";
import { expectedLoss } from "./loss.ts";

const failed = server("p", 1, {
	check: failing("lost"),
	semiSync: LOSSLESS,
	executedGtid: gtids(90),
});
const away = { check: failing("timeout") };
const acker = (host: string, id: number, rest: Partial<Instance> = {}) =>
	replica(host, id, { semiSync: ACKER, ...rest });
const two = [acker("a", 2), acker("b", 3)];
const successor = (instance: Instance, willHave = gtids(100)) => ({
	instance,
	willHave,
});

describe("the expected loss", () => {
	const { semiSync } = failed;

	it("is nothing when every possible acker is reached", () => {
		expect(expectedLoss(failed, two)).toEqual({
			nothingAcknowledged: true,
			says: "",
		});
	});

	it("is nothing as long as fewer ackers are away than each commit waited for", () => {
		const both = {
			...failed,
			semiSync: { ...semiSync, waitForReplicaCount: 2 },
		};
		const oneAway = [acker("a", 2), acker("b", 3, away)];
		expect(expectedLoss(both, oneAway).nothingAcknowledged).toBe(true);
		expect(expectedLoss(failed, oneAway)).toMatchObject({
			nothingAcknowledged: false,
			says: expect.stringContaining("b:3306 may hold acknowledged writes"),
		});
	});

	it("is not known while a server acknowledges that nobody knows, as long as it could have been the only one", () => {
		const by = (clients: number, waitForReplicaCount: number) =>
			expectedLoss(
				{ ...failed, semiSync: { ...semiSync, clients, waitForReplicaCount } },
				two,
				undefined,
				[failed, ...two],
			);
		expect(by(2, 1).nothingAcknowledged).toBe(true);
		expect(by(3, 1)).toEqual({
			nothingAcknowledged: false,
			says: expect.stringMatching(
				/^1 server that acknowledges what p:3306 writes .* is not known: .*DiscoverByShowSlaveHosts/,
			),
		});
		expect(by(3, 2).nothingAcknowledged).toBe(true);
		expect(by(4, 2).nothingAcknowledged).toBe(false);
	});

	it.each<[string, Partial<Instance>, string]>([
		[
			"asynchronous",
			{ semiSync: { ...semiSync, sourceEnabled: false } },
			"replicated asynchronously",
		],
		[
			"fallen back",
			{ semiSync: { ...semiSync, sourceActive: false } },
			"replicated asynchronously",
		],
		[
			"with a short time-out",
			{ semiSync: { ...semiSync, sourceTimeoutMs: 10_000 } },
			"falls back to asynchronous after 10000 ms",
		],
		[
			"ahead of everybody",
			{ executedGtid: gtids(140) },
			`on no reachable replica: ${uuid(1)}:101-140`,
		],
	])("is possible when the primary was %s", (_, rest, says) => {
		const loss = expectedLoss({ ...failed, ...rest }, two);
		expect(loss.nothingAcknowledged).toBe(false);
		expect(loss.says).toContain(says);
	});

	it("names what a reachable replica has and the new primary will lack", () => {
		const [a = failed, b = failed] = two;
		expect(expectedLoss(failed, two, successor(a, gtids(80)))).toEqual({
			nothingAcknowledged: false,
			says: `the new primary will lack ${uuid(1)}:81-100 of a:3306, which cannot hand it on; ${uuid(1)}:81-100 of b:3306, which cannot hand it on`,
		});
		expect(
			expectedLoss(failed, two, {
				...successor(a, gtids(80)),
				isFollowedBy: ({ name }) => name !== b.name,
			}).says,
		).toBe(
			`the new primary will lack ${uuid(1)}:81-100 of b:3306, which cannot hand it on`,
		);
	});

	it("does not take errant transactions for acknowledged ones", () => {
		const errant = acker("b", 3, {
			executedGtid: `${gtids(100)},${uuid(3)}:1`,
			errantGtid: `${uuid(3)}:1`,
		});
		const a = acker("a", 2);
		expect(
			expectedLoss(failed, [a, errant], successor(a)).nothingAcknowledged,
		).toBe(true);
	});

	it("is not known of what the new primary's filters kept out", () => {
		const a = acker("a", 2, {
			replication: replicating("p", { hasFilters: true }),
		});
		expect(expectedLoss(failed, [a], successor(a))).toEqual({
			nothingAcknowledged: false,
			says: "the replication filters of a:3306 may have kept out writes that were acknowledged",
		});
	});
});

describe("a replica of several sources", () => {
	const second = replicating("q", {
		channel: "q",
		retrievedGtid: `${uuid(9)}:1-7`,
	});
	const a = acker("a", 2);

	it("counts with what came from the failed one, not with the rest", () => {
		const multi = acker("b", 3, {
			executedGtid: `${gtids(100)},${uuid(9)}:1-7`,
			otherChannels: [second],
		});
		expect(
			expectedLoss(failed, [a, multi], successor(a)).nothingAcknowledged,
		).toBe(true);
		expect(
			expectedLoss(failed, [a, multi], successor(a, gtids(90))).says,
		).toContain(`${uuid(1)}:91-100 of b:3306`);
	});

	it("counts as unknown on MariaDB, where that cannot be told", () => {
		const maria = { flavor: "MariaDB" as const, executedGtid: "0-1-100" };
		const multi = acker("b", 3, {
			...maria,
			replication: replicating("p", { retrievedGtid: "0-1-100" }),
			otherChannels: [{ ...second, retrievedGtid: "1-9-7" }],
		});
		expect(
			expectedLoss({ ...failed, ...maria }, [
				acker("a", 2, {
					...maria,
					replication: replicating("p", { retrievedGtid: "0-1-100" }),
				}),
				multi,
			]).says,
		).toContain("b:3306 may hold acknowledged writes");
	});
});
