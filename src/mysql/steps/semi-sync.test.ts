import { describe, expect, test } from "vitest";
import { mariadb } from "../dialects/mariadb/dialect.ts";
import { modern } from "../dialects/modern/dialect.ts";
import {
	disabled,
	type SemiSyncChange,
	type SemiSyncSource,
	semiSyncChange,
} from "./semi-sync.ts";

const OFF: SemiSyncSource = {
	variables: modern.semiSyncSource[0] ?? {
		enabled: "",
		timeout: "",
		waitPoint: "",
		waitForReplicaCount: "",
		clients: "",
	},
	policy: {
		sourceEnabled: false,
		sourceTimeoutMs: 10_000,
		waitForReplicaCount: 1,
		waitPoint: "AFTER_SYNC",
	},
};
const WANTED = {
	sourceEnabled: true,
	sourceTimeoutMs: 4294967295,
	waitForReplicaCount: 2,
	waitPoint: "AFTER_SYNC",
};

const change = (
	...given: Parameters<typeof semiSyncChange>
): SemiSyncChange | undefined => {
	const made = semiSyncChange(...given);
	if (typeof made === "string") throw new Error(made);
	return made;
};

describe("what is said about semi-sync to a server that shall be opened", () => {
	test("is one statement with what differs, and can be taken back", () => {
		expect(change(OFF, WANTED)).toEqual({
			apply: {
				sql: "SET GLOBAL rpl_semi_sync_source_timeout = ?, GLOBAL rpl_semi_sync_source_wait_for_replica_count = ?, GLOBAL rpl_semi_sync_source_enabled = ?",
				values: [4294967295, 2, 1],
			},
			takeBack: {
				sql: "SET GLOBAL rpl_semi_sync_source_timeout = ?, GLOBAL rpl_semi_sync_source_wait_for_replica_count = ?, GLOBAL rpl_semi_sync_source_enabled = ?",
				values: [10_000, 1, 0],
			},
		});
	});

	test("is nothing when it is so already, or nothing is asked for", () => {
		expect(change({ ...OFF, policy: WANTED }, WANTED)).toBeUndefined();
		expect(change(OFF, undefined)).toBeUndefined();
		expect(change(OFF, { ...WANTED, sourceEnabled: false })).toBeUndefined();
		expect(
			change(undefined, { ...WANTED, sourceEnabled: false }),
		).toBeUndefined();
	});

	test("leaves a wait point alone that is not known", () => {
		const made = change(OFF, { ...WANTED, waitPoint: "" });
		expect(made?.apply.sql).not.toContain("wait_point");
		expect(made?.takeBack.sql).not.toContain("wait_point");
	});

	test("is a refusal without the plugin for it", () => {
		expect(semiSyncChange(undefined, WANTED)).toContain("plugin");
	});

	test("switches the source side off where it shall not wait", () => {
		const on = { ...OFF, policy: WANTED };
		expect(change(on, { ...WANTED, sourceEnabled: false })?.apply).toEqual({
			sql: "SET GLOBAL rpl_semi_sync_source_enabled = ?",
			values: [0],
		});
		expect(disabled(on)?.takeBack.values).toEqual([1]);
		expect(disabled(OFF)).toBeUndefined();
		expect(disabled(undefined)).toBeUndefined();
	});

	test("names no count where the server always waits for one", () => {
		const [variables = OFF.variables] = mariadb.semiSyncSource;
		expect(change({ ...OFF, variables }, WANTED)?.apply.sql).not.toContain(
			"wait_for",
		);
	});
});
