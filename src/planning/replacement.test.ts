import { expect, test } from "vitest";
import {
	type Instance,
	NO_REPLICATION,
	unknownInstance,
} from "../topology/instance.ts";
import type { PromotionSettings } from "./candidate.ts";
import { suggestReplacement } from "./replacement.ts";

const NOW = 1_700_000_000_000;

const SETTINGS: PromotionSettings = {
	banned: [],
	preventCrossDataCenter: false,
	preventCrossRegion: false,
	maxLagMinutes: 0,
	refuseUnapplied: false,
	mode: "available",
	verifyFilters: false,
	maxMaintenanceLagSeconds: 20,
};

const server = (host: string, more: Partial<Instance> = {}): Instance => ({
	...unknownInstance(host, 3306),
	serverId: host.charCodeAt(host.length - 1),
	serverUuid: host,
	version: "8.0.34",
	majorVersion: "8.0",
	flavor: "MySQL",
	logBin: true,
	logReplicaUpdates: true,
	binlogFormat: "ROW",
	check: {
		...unknownInstance(host, 3306).check,
		outcome: "ok",
		checkedAtMs: NOW,
		seenAtMs: NOW,
	},
	...more,
});

const below = (host: string, more: Partial<Instance> = {}): Instance =>
	server(host, {
		readOnly: true,
		replication: {
			...NO_REPLICATION,
			sourceHost: "p",
			sourcePort: 3306,
			receiver: 1,
			applier: 1,
		},
		...more,
	});

const suggested = (
	promoted: Partial<Instance>,
	replicas: readonly Instance[],
	settings: Partial<PromotionSettings> = {},
	failed: Partial<Instance> = {},
): string => {
	const p = server("p", promoted);
	const x = server("x", { dataCenter: "ny", ...failed });
	return suggestReplacement(x, p, [x, p, ...replicas], {
		...SETTINGS,
		...settings,
	}).host;
};

const ny = { dataCenter: "ny" } as const;
const sf = { dataCenter: "sf" } as const;
const prefer = { promotionRule: "prefer" } as const;

test("a candidate in the failed primary's place stays", () => {
	expect(
		suggested({ ...ny, ...prefer }, [below("a", { ...ny, ...prefer })]),
	).toBe("p");
});

test("a candidate in the failed primary's place is better than one elsewhere", () => {
	const replicas = [
		below("a", { ...ny, ...prefer }),
		below("b", { ...sf, ...prefer }),
	];
	expect(suggested({ ...sf, ...prefer }, replicas)).toBe("a");
	expect(suggested(sf, replicas)).toBe("a");
});

test("then the promoted candidate, then one in its place, then any", () => {
	expect(
		suggested({ ...sf, ...prefer }, [below("a", { ...sf, ...prefer })]),
	).toBe("p");
	expect(suggested(sf, [below("a", { ...sf, ...prefer })])).toBe("a");
	expect(suggested(sf, [below("a", { dataCenter: "la", ...prefer })])).toBe(
		"a",
	);
});

test("geography keeps candidates out", () => {
	const strict = { preventCrossDataCenter: true };
	expect(
		suggested(ny, [below("a", { dataCenter: "la", ...prefer })], strict),
	).toBe("p");
});

test("a neutral one only where the promoted server is not wanted", () => {
	expect(suggested(ny, [below("a", ny)])).toBe("p");
	expect(
		suggested({ ...ny, promotionRule: "prefer_not" }, [below("a", ny)]),
	).toBe("a");
	expect(
		suggested(sf, [below("a", ny)], { preventCrossDataCenter: true }),
	).toBe("a");
});

test.each<[string, Partial<Instance>, Partial<PromotionSettings>]>([
	["is not seen", { check: unknownInstance("a", 3306).check }, {}],
	["has no binary log", { logBin: false }, {}],
	["is a binlog server", { isBinlogServer: true }, {}],
	["replicates from another", { replication: NO_REPLICATION }, {}],
	["is banned", {}, { banned: ["a:3306"] }],
])("one that %s does not take over", (_, more, settings) => {
	expect(
		suggested(sf, [below("a", { ...ny, ...prefer, ...more })], settings),
	).toBe("p");
});
