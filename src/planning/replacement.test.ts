import { expect, test } from "vitest";
import {
	PROMOTION,
	replica,
	server,
} from "../../test/support/made-up-servers.ts";
import { NEVER_CHECKED } from "../topology/check.ts";
import { type Instance, NO_REPLICATION } from "../topology/instance.ts";
import type { PromotionSettings } from "./candidate.ts";
import { suggestReplacement } from "./replacement.ts";

const idOf = (host: string): number => host.charCodeAt(0);

const below = (host: string, more: Partial<Instance> = {}): Instance =>
	replica(host, idOf(host), more);

const suggested = (
	promoted: Partial<Instance>,
	replicas: readonly Instance[],
	settings: Partial<PromotionSettings> = {},
	failed: Partial<Instance> = {},
): string => {
	const p = server("p", idOf("p"), promoted);
	const x = server("x", idOf("x"), { dataCenter: "ny", ...failed });
	return suggestReplacement(x, p, [x, p, ...replicas], {
		...PROMOTION,
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
	["is not seen", { check: NEVER_CHECKED }, {}],
	["has no binary log", { logBin: false }, {}],
	["is a binlog server", { isBinlogServer: true }, {}],
	["replicates from another", { replication: NO_REPLICATION }, {}],
	["is banned", {}, { banned: ["a:3306"] }],
])("one that %s does not take over", (_, more, settings) => {
	expect(
		suggested(sf, [below("a", { ...ny, ...prefer, ...more })], settings),
	).toBe("p");
});
