import { expect, test } from "vitest";
import { binaryLogStarts } from "./binary-log-starts.ts";
import type { LogSession } from "./log-reading.ts";

/** A server that lists so many logs, each of which begins with that, and takes so long to show one. */
const session = (
	{ logs, info, tookMs }: { logs: number; info: string; tookMs: number },
	clock: { ms: number },
): LogSession => ({
	server: "db1:3306",
	query: async (sql) => {
		if (sql === "SHOW BINARY LOGS")
			return Array.from({ length: logs }, (_, nth) => ({
				Log_name: `bin.${nth}`,
			}));
		clock.ms += tookMs;
		return [
			{ Event_type: "Format_desc", Info: "" },
			{ Event_type: "Previous_gtids", Info: info },
		];
	},
});

const read = (server: Parameters<typeof session>[0]) => {
	const clock = { ms: 0 };
	return binaryLogStarts(session(server, clock), () => clock.ms);
};

test("each log is told with what was logged before it", async () => {
	expect(await read({ logs: 2, info: "[0-1-7]", tookMs: 1 })).toEqual([
		{ file: "bin.0", before: "0-1-7" },
		{ file: "bin.1", before: "0-1-7" },
	]);
});

test("logs without end, and sets without end, are not read to their end", async () => {
	await expect(
		read({ logs: 1_000_000, info: "", tookMs: 10 }),
	).rejects.toMatchObject({
		code: "Refused",
		message: expect.stringContaining("without coming to an end"),
	});
	await expect(
		read({ logs: 1_000, info: "x".repeat(1024 * 1024), tookMs: 1 }),
	).rejects.toMatchObject({
		outcome: "refused-by-server",
		message: expect.stringContaining("Baton reads no more"),
	});
});
