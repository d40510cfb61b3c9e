import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createTlsLedger } from "./tls-ledger.ts";

beforeEach(() => {
	vi.useFakeTimers();
});
afterEach(() => {
	vi.useRealTimers();
});

it("writes what it collected in a second together, the latest of each server", async () => {
	const note = vi.fn(async () => undefined);
	const ledger = createTlsLedger({ tlsNeeds: { note } });
	ledger("db1:3306", false);
	ledger("db2:3306", false);
	ledger("db1:3306", true);
	await vi.advanceTimersByTimeAsync(1_000);
	expect(note.mock.calls).toEqual([
		[
			[
				{ instance: "db1:3306", isRequired: true },
				{ instance: "db2:3306", isRequired: false },
			],
		],
	]);
	await vi.advanceTimersByTimeAsync(60_000);
	expect(note).toHaveBeenCalledTimes(1);
});

it("writes again what a store that was away did not take", async () => {
	const note = vi
		.fn(async () => undefined)
		.mockRejectedValueOnce(new Error("away"));
	const ledger = createTlsLedger({ tlsNeeds: { note } });
	ledger("db1:3306", true);
	await vi.advanceTimersByTimeAsync(1_000);
	ledger("db2:3306", false);
	await vi.advanceTimersByTimeAsync(10_000);
	expect(note).toHaveBeenLastCalledWith([
		{ instance: "db1:3306", isRequired: true },
		{ instance: "db2:3306", isRequired: false },
	]);
	expect(note).toHaveBeenCalledTimes(2);
});
