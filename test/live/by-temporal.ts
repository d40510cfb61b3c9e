// What a person does with the Temporal UI, or its command line.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { locateTemporal } from "../../setup/locate.mjs";
import { findEmbedded } from "../../temporal/embedded.ts";
import { QUEUES } from "../../temporal/names.ts";
import type { System } from "./system.ts";

const addressOf = async ({ baton }: Pick<System, "baton">): Promise<string> => {
	const embedded = await findEmbedded(join(baton.directory, "temporal"));
	if (embedded === undefined) throw new Error("Temporal is not there");
	return embedded.address;
};

/** The `temporal` program with those words, against the node's Temporal. */
export const temporalCli = async (
	system: Pick<System, "baton">,
	...words: readonly string[]
): Promise<{
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}> => {
	const program = locateTemporal();
	if (program === undefined) throw new Error("run `npm run setup` first");
	const address = await addressOf(system);
	return new Promise((resolve) => {
		execFile(
			program,
			[...words, "--address", address],
			{ timeout: 60_000 },
			(error, stdout, stderr) =>
				resolve({
					code: error === null ? 0 : Number(error.code ?? 1),
					stdout,
					stderr,
				}),
		);
	});
};

const withClient = async <T>(
	system: Pick<System, "baton">,
	work: (client: Client) => Promise<T>,
): Promise<T> => {
	const connection = await Connection.connect({
		address: await addressOf(system),
	});
	try {
		return await work(new Client({ connection }));
	} finally {
		await connection.close();
	}
};

export const terminated = (
	system: Pick<System, "baton">,
	{
		workflowId,
		runId,
	}: { readonly workflowId: string; readonly runId: string },
): Promise<unknown> =>
	withClient(system, (client) =>
		client.workflow.getHandle(workflowId, runId).terminate("by hand"),
	);

/** `temporal workflow start`, and its end. */
export const startedByHand = (
	system: Pick<System, "baton">,
	type: string,
	input: object,
): Promise<unknown> =>
	withClient(system, (client) =>
		client.workflow.execute(type, {
			workflowId: `by-hand-${type}-${Date.now()}`,
			taskQueue: QUEUES.operate,
			args: [input],
		}),
	);
