// What a person does with the Temporal UI, or its command line.

import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { findEmbedded } from "../../temporal/embedded.ts";
import { QUEUES } from "../../temporal/names.ts";
import type { System } from "./system.ts";

const withClient = async <T>(
	{ baton }: Pick<System, "baton">,
	work: (client: Client) => Promise<T>,
): Promise<T> => {
	const embedded = await findEmbedded(join(baton.directory, "temporal"));
	if (embedded === undefined) throw new Error("Temporal is not there");
	const connection = await Connection.connect({ address: embedded.address });
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
