import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import {
	isForced,
	type OperationKind,
	type OperationRequest,
} from "../src/planning/operation.ts";
import type { OperationClaim } from "../src/store/contract.ts";

/** What Baton does by itself is mostly through by then. Milliseconds. */
const THROUGH_WITHIN_MS = 800;

/** Nobody has asked for them, and they change no primary. */
const BY_ITSELF: ReadonlySet<string> = new Set<OperationKind>([
	"rejoin",
	"adoption",
]);

/**
 * Whether what is asked for means the same when that has ended. A recovery acts on what still stands then; whoever asks for a takeover
 * while another one runs does not mean a second one after it.
 */
const isPassing = (running: string, asked: OperationRequest): boolean =>
	BY_ITSELF.has(running) ||
	(running === "recovery" && asked.kind === "recovery" && !isForced(asked));

/** A person is not sent away for what Baton does by itself: its end is waited for, for a moment. */
export const createPatience =
	(
		client: Client,
		current: (identity: string) => Promise<OperationClaim | undefined>,
	) =>
	async (identity: string, request: OperationRequest): Promise<void> => {
		const running = await current(identity);
		if (running === undefined || !isPassing(running.kind, request)) return;
		await Promise.race([
			// However it ends.
			client.workflow
				.getHandle(running.workflowId, running.runId)
				.result()
				.catch(() => undefined),
			delay(THROUGH_WITHIN_MS, undefined, { ref: false }),
		]);
	};
