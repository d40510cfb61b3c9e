import type { Client } from "@temporalio/client";
import { createOperationCancel } from "./operation-cancel.ts";
import { createOperationEnd, createOperationLook } from "./operation-look.ts";
import { createResultOf } from "./result-of.ts";
import { createFindRunning } from "./running-operation.ts";

/** What the entity's activities reach an operation's workflow by. */
export type OperationAccess = ReturnType<typeof createOperationAccess>;

export const createOperationAccess = (client: Client) => ({
	resultOf: createResultOf(client),
	lookAt: createOperationLook(client),
	end: createOperationEnd(client),
	findRunning: createFindRunning(client),
	cancel: createOperationCancel(client),
});
