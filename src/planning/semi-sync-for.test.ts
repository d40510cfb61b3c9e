import { describe, expect, it } from "vitest";
import {
	ACKER,
	failing,
	LOSSLESS,
	replica,
	server,
} from "../../test/support/made-up-servers.ts";
import { semiSyncFor } from "./semi-sync-for.ts";

const old = server("p", 1, { semiSync: LOSSLESS });
const next = replica("a", 2, { semiSync: ACKER });
const acker = replica("b", 3, { semiSync: ACKER });
const gone = { ...acker, check: failing("timeout") };

describe("how a new primary waits for acknowledgements", () => {
	it("is as the old one did", () => {
		expect(semiSyncFor(old, next, [acker], "lossless")).toEqual({
			policy: {
				sourceEnabled: true,
				sourceTimeoutMs: LOSSLESS.sourceTimeoutMs,
				waitForReplicaCount: 1,
				waitPoint: "AFTER_SYNC",
			},
			notes: [],
			refusal: "",
		});
	});

	it("is left alone where neither waited", () => {
		expect(semiSyncFor(server("p", 1), next, [], "lossless")).toEqual({
			policy: undefined,
			notes: [],
			refusal: "",
		});
	});

	it("counts servers that can be reached and acknowledge", () => {
		for (const below of [[], [gone], [replica("c", 4)]])
			expect(
				semiSyncFor(old, next, below, "available").policy?.sourceEnabled,
			).toBe(false);
	});

	it("goes by what it has switched on itself where the old one is not known to have waited", () => {
		const own = replica("a", 2, {
			semiSync: { ...ACKER, sourceEnabled: true, waitForReplicaCount: 2 },
		});
		const unknown = server("p", 1);
		expect(
			semiSyncFor(unknown, own, [acker], "available").policy,
		).toMatchObject({ sourceEnabled: true, waitForReplicaCount: 1 });
		expect(semiSyncFor(unknown, own, [acker], "lossless").refusal).toContain(
			"semi-sync waits for 2 acknowledgements, but would have only 1 server",
		);
	});
});
