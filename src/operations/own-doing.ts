import type { Finding } from "../analysis/finding.ts";
import type { OperationRequest } from "../planning/operation.ts";

/**
 * Whether what was found while an operation runs may be what the operation does, or what it is for: it stops receivers, closes
 * servers and moves replicas, all of servers that can be seen; and a recovery is about a server that cannot.
 */
export const mayBeDoingOf = (
	request: OperationRequest,
	finding: Finding,
): boolean =>
	finding.isSilent !== true ||
	(request.kind === "recovery" && request.instance === finding.instance);
