import { type Client, WorkflowNotFoundError } from "@temporalio/client";
import { expect, it } from "vitest";
import { createOperationCancel } from "./operation-cancel.ts";

const TOO_LATE =
	"it is at its point of no return, or past it, and goes on to its end";

/** An operation that answers in turn whether it is past its return; undefined where nobody answers in time. */
const cancelling = (
	answers: readonly (boolean | undefined)[],
	isGone = false,
) => {
	const said: string[] = [];
	const next = answers.values();
	const handle = {
		query: async () => {
			said.push("asked");
			const answer = next.next().value;
			if (answer === undefined) throw new Error("DEADLINE_EXCEEDED");
			return answer;
		},
		cancel: async () => {
			said.push("cancelled");
			if (isGone) throw new WorkflowNotFoundError("gone", "operate", undefined);
		},
	};
	const client = {
		withDeadline: (_: number, work: () => Promise<unknown>) => work(),
		workflow: { getHandle: () => handle },
	} as unknown as Client;
	return { said, says: createOperationCancel(client)("identity", "run") };
};

it("is not asked to end past its point of no return", async () => {
	const { said, says } = cancelling([true]);
	expect(await says).toBe(TOO_LATE);
	expect(said).toEqual(["asked"]);
});

it("is asked to end before it", async () => {
	const { said, says } = cancelling([false, false]);
	expect(await says).toBe("");
	expect(said).toEqual(["asked", "cancelled", "asked"]);
});

it("came to that point while its node could answer nobody: it was too late", async () => {
	expect(await cancelling([undefined, true]).says).toBe(TOO_LATE);
	expect(await cancelling([false, true]).says).toBe(TOO_LATE);
});

it("is asked to end where nobody answers for it", async () => {
	expect(await cancelling([undefined, undefined]).says).toBe("");
});

it("has ended already: nothing is too late", async () => {
	const { said, says } = cancelling([false], true);
	expect(await says).toBe("");
	expect(said).toEqual(["asked", "cancelled"]);
});
