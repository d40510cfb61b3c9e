// What a person does to a run with the Temporal UI.

import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { findEmbedded } from "../../temporal/embedded.ts";
import type { System } from "./system.ts";

export const terminated = async (
	{ baton }: Pick<System, "baton">,
	{
		workflowId,
		runId,
	}: { readonly workflowId: string; readonly runId: string },
): Promise<void> => {
	const embedded = await findEmbedded(join(baton.directory, "temporal"));
	if (embedded === undefined) throw new Error("Temporal is not there");
	const connection = await Connection.connect({ address: embedded.address });
	try {
		await new Client({ connection }).workflow
			.getHandle(workflowId, runId)
			.terminate("by hand");
	} finally {
		await connection.close();
	}
};
