import { expect, it } from "vitest";
import type { Row } from "../answer.ts";
import type { Statement } from "../dialect.ts";
import { modern } from "../dialects/modern/dialect.ts";
import type { StepSession } from "../step-session.ts";
import { type Match, stopBoth } from "./match-at-rest.ts";
import type { StepRun } from "./step-context.ts";

const status = (
	receiver: "No" | "Connecting" | "Yes",
	{ read = 200, error = "" } = {},
): Row => ({
	Source_Host: "p",
	Source_Port: 3306,
	Replica_IO_Running: receiver,
	Replica_SQL_Running: "Yes",
	Source_Log_File: "log.1",
	Read_Source_Log_Pos: read,
	Relay_Source_Log_File: "log.1",
	Exec_Source_Log_Pos: 100,
	Last_IO_Error: error,
	Channel_Name: "",
});

/** Stops both threads of a channel that tells this of itself, the last of it from then on. @returns what was said to the server */
const stopped = async (...told: readonly Row[]): Promise<string[]> => {
	const said: string[] = [];
	let reads = 0;
	const session: Pick<StepSession, "server" | "dialect" | "read" | "write"> = {
		server: "a:3306",
		dialect: modern,
		read: async () => {
			const row = told[Math.min(reads++, told.length - 1)];
			said.push(String(row?.["Replica_IO_Running"]));
			return row === undefined ? [] : [row];
		},
		write: async (statement: Statement | string) => {
			said.push(typeof statement === "string" ? statement : statement.sql);
		},
	};
	const run: Pick<StepRun, "nowMs" | "connectWithinMs" | "beat"> = {
		nowMs: Date.now,
		connectWithinMs: 200,
		beat: () => undefined,
	};
	await stopBoth({
		run,
		session,
		step: { channel: "" },
	} as unknown as Match);
	return said;
};

const START = "START REPLICA IO_THREAD FOR CHANNEL ?";
const STOP = "STOP REPLICA FOR CHANNEL ?";

it("an applier that was handed half a transaction is stopped when the receiver that brings the rest is connected", async () => {
	expect(
		await stopped(
			status("No"),
			status("Connecting"),
			status("Connecting"),
			status("Yes"),
		),
	).toEqual(["No", START, "Connecting", "Connecting", "Yes", STOP]);
});

it("a receiver that does not get there is not waited for, or not for ever", async () => {
	const refused = status("Connecting", { error: "denied" });
	expect(await stopped(status("No"), refused)).toEqual([
		"No",
		START,
		"Connecting",
		STOP,
	]);
	const said = await stopped(status("No"), status("Connecting"));
	expect(said.at(-1)).toBe(STOP);
});

it("nothing is started where nothing is half, or the receiver runs", async () => {
	expect(await stopped(status("No", { read: 100 }))).toEqual(["No", STOP]);
	expect(await stopped(status("Yes"))).toEqual(["Yes", STOP]);
});
