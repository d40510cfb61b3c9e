import { describe, expect, it } from "vitest";
import type { ServerMark } from "../topology/server-mark.ts";
import type { Answer, Row } from "./answer.ts";
import { ServerFault } from "./driver-error.ts";
import type { Session } from "./session.ts";
import { pin } from "./session-modes.ts";
import { readVersion, takeLock } from "./step-connection.ts";

const refused = new ServerFault(
	"refused-by-server",
	"Check the syntax the MaxScale binlog router accepts.",
	1064,
);

/** A session that answers what it is given an answer for, and refuses the rest; and what was said in it. */
const sessionOf = (
	answers: Readonly<Record<string, readonly Row[]>>,
	maxScaleVersion = "",
) => {
	const said: string[] = [];
	const answer = (sql: string): Answer => {
		said.push(sql);
		return answers[sql] ?? refused;
	};
	const session = {
		server: "x:3306",
		maxScaleVersion,
		query: async (sql: string) => {
			const found = answer(sql);
			if (found instanceof ServerFault) throw found;
			return found;
		},
		queryAll: async (statements: readonly string[]) => statements.map(answer),
		close: () => said.push("close"),
	} as unknown as Session;
	return { session, said };
};

const VERSION = {
	"SHOW VARIABLES LIKE 'maxscale%'": [
		{ Variable_name: "MAXSCALE_VERSION", Value: "2.1.17" },
	],
};

describe("a session that may change something", () => {
	const options = { role: "step", queryDeadlineMs: 1_000 };

	it("is let go on with a binlog router, which refuses all settings", async () => {
		const { session, said } = sessionOf(VERSION);
		expect(await pin(session, options, 1_000)).toBe("2.1.17");
		expect(said).not.toContain("close");
	});

	it("ends where any other server refuses them", async () => {
		for (const answers of [{}, { "SHOW VARIABLES LIKE 'maxscale%'": [] }]) {
			const { session, said } = sessionOf(answers);
			await expect(pin(session, options, 1_000)).rejects.toBe(refused);
			expect(said.at(-1)).toBe("close");
		}
	});

	it("looks and acts at a binlog router without a lock, if that is the one that is meant", async () => {
		const id = { "SELECT @@global.server_id": [{ "@@global.server_id": 7 }] };
		const meant = (serverId: number): ServerMark => ({
			...{ uuid: "", gtid: "" },
			serverId,
		});
		const { session, said } = sessionOf(id, "2.1.17");
		expect(await readVersion(session, 1_000)).toMatchObject({
			name: "maxscale",
		});
		expect(said).toEqual([]);
		expect(await takeLock(session, 1_000, meant(7))).toMatchObject({
			name: "maxscale",
		});
		await expect(takeLock(session, 1_000, meant(8))).rejects.toThrow(
			"another server answers at x:3306",
		);
	});
});

it("a session that only reads is let go on with whatever server refuses the settings", async () => {
	const { session, said } = sessionOf({});
	const options = {
		role: "watch",
		queryDeadlineMs: 1_000,
		severalAtOnce: true,
	};
	expect(await pin(session, options, 1_000)).toBe("");
	expect(said).toHaveLength(1);
});
