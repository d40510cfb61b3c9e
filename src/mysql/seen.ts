import type { StepResult } from "../planning/operation.ts";
import type { Instance } from "../topology/instance.ts";

/** A step's answer, and the server as it was afterwards. */
export interface Seen extends StepResult {
	readonly instance: Instance;
}

export const answer = (
	status: StepResult["status"],
	says: string,
	instance: Instance,
): Seen => ({ status, says, instance });
