import { describe, expect, it } from "vitest";
import {
	ANALYSIS,
	downtimeOf,
	failing,
	LOSSLESS,
	LOST_SOURCE,
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import type { Snapshot } from "../topology/snapshot.ts";
import { analyse } from "./analysis.ts";
import { type ListingRules, listed } from "./listing.ts";

const gone = server("p", 1, { check: failing("timeout") });
const cluster = [replica("a", 2, {}, LOST_SOURCE), gone];
const ALL: ListingRules = { isIgnored: () => false, reduced: false };
const REDUCED = { ...ALL, reduced: true };

const names = (
	instances: Parameters<typeof snapshotOf>[0],
	wanted: Parameters<typeof listed>[2],
	rules: ListingRules = ALL,
	rest: Partial<Snapshot> = {},
) =>
	listed(analyse(snapshotOf(instances, rest), ANALYSIS), rules, wanted).map(
		(each) => each.instance,
	);

describe("the list of findings", () => {
	it("has what says something, or all that is asked for", () => {
		expect(names(cluster, { downtimed: false })).toEqual(["p:3306"]);
		expect(names(cluster, { downtimed: false, withoutProblem: true })).toEqual([
			"p:3306",
			"a:3306",
		]);
	});

	it("has structure warnings without a code", () => {
		const readOnly = server("p", 1, { readOnly: true });
		const instances = [readOnly, replica("a", 2)];
		expect(names(instances, { downtimed: false }, REDUCED)).toEqual(["p:3306"]);
	});

	it("leaves out hosts by their name alone", () => {
		const isIgnored = (host: string) => host === "p";
		expect(names(cluster, { downtimed: true }, { ...ALL, isIgnored })).toEqual(
			[],
		);
	});

	it("leaves out what a downtime sets aside, unless that is wanted", () => {
		const rest = { downtimes: [downtimeOf("p")] };
		expect(names(cluster, { downtimed: false }, ALL, rest)).toEqual([]);
		expect(names(cluster, { downtimed: true }, ALL, rest)).toEqual(["p:3306"]);
	});

	it("reduced, leaves out healthy servers without replicas, and no code", () => {
		const alone = server("p", 1, { readOnly: true });
		expect(names([alone], { downtimed: false })).toEqual(["p:3306"]);
		expect(names([alone], { downtimed: false }, REDUCED)).toEqual([]);
		const locked = server("p", 1, { semiSync: { ...LOSSLESS, clients: 0 } });
		expect(names([locked], { downtimed: false }, REDUCED)).toEqual(["p:3306"]);
	});

	it("has primaries first, then the cluster's name, then many replicas", () => {
		const below = (host: string, source: string) =>
			replica(host, 9, {}, { sourceHost: source });
		const instances = [
			replica("m", 2),
			below("x", "m"),
			below("n", "x"),
			below("y", "x"),
			server("q", 3),
			server("p", 1),
		];
		expect(
			names(instances, { downtimed: false, withoutProblem: true }).slice(0, 4),
		).toEqual(["p:3306", "q:3306", "x:3306", "m:3306"]);
	});
});
