import { describe, expect, it } from "vitest";
import {
	failing,
	NOW,
	replica,
	server,
} from "../../test/support/made-up-servers.ts";
import { clusterOf, sees, VIEW } from "../../test/support/watched.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";

const UP = server("p", 1);
const GOOD = replica("a", 2);
const BELOW = replica("b", 3, {}, { sourceHost: "a" });

const places = (instances: readonly Instance[]) =>
	Object.fromEntries(
		instances.map(({ host, depth, clusterName }) => [
			host,
			`${clusterName} ${depth}`,
		]),
	);

describe("the members of a cluster", () => {
	it("are found by their source, also after they were repointed, and when one leaves", () => {
		const cluster = clusterOf(UP, GOOD, BELOW);
		const replicas = (of: InstanceName) =>
			cluster.replicasOf(of).map(({ name }) => name);
		expect(replicas("p:3306")).toEqual(["a:3306"]);
		sees(cluster, replica("b", 3));
		expect(replicas("p:3306")).toEqual(["a:3306", "b:3306"]);
		expect(cluster.isSource("a:3306")).toBe(false);
		cluster.remove("b:3306");
		expect(replicas("p:3306")).toEqual(["a:3306"]);
	});

	it("have their place, at once in all tiers when the top changes", () => {
		const cluster = clusterOf(UP, GOOD, BELOW);
		expect(places(cluster.instances())).toEqual({
			p: "p:3306 0",
			a: "p:3306 1",
			b: "p:3306 2",
		});
		sees(cluster, server("a", 2));
		expect(places(cluster.instances())).toEqual({
			p: "p:3306 0",
			a: "a:3306 0",
			b: "a:3306 1",
		});
	});

	it("are the same objects while nothing about them changed", () => {
		const cluster = clusterOf(UP, GOOD);
		const before = cluster.instances();
		expect(cluster.instances().every((each, i) => each === before[i])).toBe(
			true,
		);
		sees(cluster, { ...GOOD, uptimeSeconds: 7 });
		expect(
			cluster.instances().map((each, index) => each === before[index]),
		).toEqual([true, false]);
	});

	it("are news when a sign changes, not when only time does", () => {
		const cluster = clusterOf(UP, GOOD);
		const { membership } = cluster;
		const isNews = (instance: Instance): boolean => {
			membership.hasNews = false;
			sees(cluster, instance);
			return membership.hasNews;
		};
		const later = { ...UP.check, checkedAtMs: NOW + 1, seenAtMs: NOW + 1 };
		expect(isNews({ ...UP, check: later, uptimeSeconds: 5 })).toBe(false);
		expect(isNews({ ...UP, check: failing("timeout") })).toBe(true);
		expect(isNews(replica("a", 2, {}, { receiver: 2 }))).toBe(true);
		expect(isNews(replica("a", 2, { readOnly: false }))).toBe(true);
	});

	it("take the alias of the server at the top, else their own, else the configuration's", () => {
		const aliases = (...instances: Instance[]) => {
			const cluster = clusterOf(...instances);
			cluster.view = { ...VIEW, mappedAlias: "mapped" };
			return cluster
				.instances()
				.map(({ suggestedClusterAlias }) => suggestedClusterAlias);
		};
		const own = { ...GOOD, suggestedClusterAlias: "own" };
		expect(aliases({ ...UP, suggestedClusterAlias: "top" }, own)).toEqual([
			"top",
			"top",
		]);
		expect(aliases(UP, own)).toEqual(["mapped", "own"]);
	});
});

it("dates positions that stand still while a primary may wait for acknowledgements", () => {
	const waiting = (position: number, clients = 0): Instance =>
		server("p", 1, {
			selfCoordinates: { file: "log.1", position },
			semiSync: {
				...UP.semiSync,
				sourceEnabled: true,
				sourceActive: true,
				waitForReplicaCount: 1,
				clients,
			},
		});
	const cluster = clusterOf(waiting(4), GOOD);
	expect(cluster.compareStanding(NOW).noted).toHaveLength(1);
	expect(cluster.compareStanding(NOW + 5_000).noted).toEqual([]);
	expect(cluster.snapshot(NOW + 5_000).staleCoordinates).toEqual([
		{
			instance: "p:3306",
			coordinates: { file: "log.1", position: 4 },
			firstSeenAtMs: NOW,
		},
	]);
	sees(cluster, waiting(8));
	expect(cluster.compareStanding(NOW + 6_000).noted).toHaveLength(1);
	sees(cluster, waiting(8, 1));
	expect(cluster.compareStanding(NOW + 7_000).over).toEqual(["p:3306"]);
	expect(cluster.standing.all()).toEqual([]);
});
