import { expect, it } from "vitest";
import {
	failing,
	replica,
	server,
} from "../../../test/support/made-up-servers.ts";
import type { Instance, ThreadState } from "../../topology/instance.ts";
import type { Row } from "../answer.ts";
import { modern } from "../dialects/modern/dialect.ts";
import type { StepSession } from "../step-session.ts";
import { startReceiver, startReplication } from "./start.ts";
import type { StepRun } from "./step-context.ts";

const primary = server("p", 1);

const told = (receiver: string, error: string): Row => ({
	Source_Host: "p",
	Source_Port: 3306,
	Replica_IO_Running: receiver,
	Replica_SQL_Running: "Yes",
	Last_IO_Error: error,
	Channel_Name: "",
});

/** @returns what the step answered, and in which state its receiver was seen last */
const started = async (
	start: typeof startReceiver | typeof startReplication,
	{
		known = primary,
		error = "",
		connectsAfter = 5,
		before = 0,
	}: {
		readonly known?: Instance;
		readonly error?: string;
		/** How many looks that takes. */
		readonly connectsAfter?: number;
		readonly before?: ThreadState;
	} = {},
) => {
	let receiver: ThreadState = before;
	let reads = 0;
	const seen: ThreadState[] = [];
	const session: Pick<
		StepSession,
		"server" | "dialect" | "read" | "write" | "look"
	> = {
		server: "a:3306",
		dialect: modern,
		read: async () => {
			if (receiver === 2 && ++reads > connectsAfter) receiver = 1;
			return [told(receiver === 1 ? "Yes" : "Connecting", error)];
		},
		write: async () => {
			receiver = 2;
		},
		look: async () => {
			seen.push(receiver);
			return replica("a", 2, {}, { receiver, applier: 1 });
		},
	};
	const run = {
		nowMs: Date.now,
		known: () => known,
		session: (_: string, work: (session: StepSession) => unknown) =>
			work(session as StepSession),
	} as unknown as StepRun;
	const step = { on: "a:3306", channel: "" } as const;
	const answer =
		start === startReceiver
			? await startReceiver(run, { do: "startReceiver", ...step })
			: await startReplication(run, { do: "startReplication", ...step });
	return { outcome: answer.outcome, seen: seen.at(-1), reads };
};

it.each([startReceiver, startReplication])(
	"a receiver that is started again is seen when it receives, by $name: whoever plans next takes it for stopped else",
	async (start) => {
		expect(await started(start)).toMatchObject({ outcome: "done", seen: 1 });
		expect(await started(start, { before: 2 })).toMatchObject({
			outcome: "already",
			seen: 1,
		});
	},
);

it("one that says why it does not get there, or has nobody to receive from, is not waited for", async () => {
	expect(await started(startReceiver, { error: "denied" })).toMatchObject({
		outcome: "done",
		seen: 2,
	});
	const gone = { ...primary, check: failing("timeout") };
	expect(
		await started(startReceiver, { known: gone, connectsAfter: 1e9 }),
	).toMatchObject({ outcome: "done", seen: 2, reads: 1 });
});

it("one that says nothing is waited for a second at most", async () => {
	const began = Date.now();
	expect(await started(startReceiver, { connectsAfter: 1e9 })).toMatchObject({
		outcome: "done",
		seen: 2,
	});
	expect(Date.now() - began).toBeGreaterThan(900);
});
