import { expect, it } from "vitest";
import { replica, server } from "../../../test/support/made-up-servers.ts";
import type { Instance, ThreadState } from "../../topology/instance.ts";
import type { Row } from "../answer.ts";
import type { Statement } from "../dialect.ts";
import { modern } from "../dialects/modern/dialect.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { matchBelow } from "./match-below.ts";
import type { StepRun } from "./step-context.ts";

const primary = server("p", 1);

it("what was stopped for a place that is not known is seen to receive again", async () => {
	let receiver: ThreadState = 1;
	let reads = 0;
	const seen: ThreadState[] = [];
	const settled: string[] = [];
	const said: string[] = [];
	const now = (): Instance =>
		replica("b", 3, {}, { receiver, usingOracleGtid: false });
	const session: Pick<
		StepSession,
		"server" | "dialect" | "read" | "write" | "look" | "part" | "goOn"
	> = {
		server: "b:3306",
		dialect: modern,
		read: async (): Promise<Row[]> => {
			if (receiver === 2 && ++reads > 5) receiver = 1;
			return [
				{
					Source_Host: "p",
					Source_Port: 3306,
					Replica_IO_Running: ["No", "Yes", "Connecting"][receiver] ?? "",
					Replica_SQL_Running: "Yes",
					Last_IO_Error: "",
					Channel_Name: "",
				},
			];
		},
		write: async (statement: Statement | string) => {
			const sql = typeof statement === "string" ? statement : statement.sql;
			said.push(sql);
			if (/STOP/.test(sql)) receiver = 0;
			if (/START.*IO_THREAD/.test(sql)) receiver = 2;
		},
		look: async () => {
			seen.push(receiver);
			return now();
		},
		part: () => undefined,
		goOn: () => undefined,
	};
	const source: Pick<Reader, "server" | "dialect" | "look"> = {
		server: "a:3306",
		dialect: modern,
		look: async () => replica("a", 2),
	};
	const run = {
		nowMs: Date.now,
		known: () => primary,
		credential: { get: () => undefined },
		equivalences: { of: async () => [] },
		settle: (_: string, effect: string) => settled.push(effect),
		session: (_: string, work: (session: StepSession) => unknown) =>
			work(session as StepSession),
		reader: (_: string, work: (reader: Reader) => unknown) =>
			work(source as Reader),
	} as unknown as StepRun;
	const answer = await matchBelow(run, {
		do: "matchBelow",
		on: "b:3306",
		channel: "",
		source: "a:3306",
		sourceUuid: "",
		sourceId: 2,
		by: { way: "recorded" },
	});
	expect(answer).toMatchObject({
		outcome: "refused",
		says: expect.stringContaining("is recorded as"),
	});
	expect(said.at(-1)).toMatch(/^START REPLICA SQL_THREAD/);
	// Whoever plans by that finds it replicating.
	expect(seen.at(-1)).toBe(1);
	expect(settled).toEqual(["unchanged"]);
});
