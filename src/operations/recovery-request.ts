import type { AnalysisChange, Finding, Started } from "../analysis/finding.ts";
import { type OperationRequest, rowOf } from "../planning/operation.ts";
import { isRequest } from "../planning/request-schema.ts";
import { isInstanceName } from "../topology/instance-name.ts";
import { rowNamed } from "./kinds.ts";

/** The store could not take any other, however often it is tried. */
const isFinding = (told: unknown): told is Finding => {
	const { instance, code, says, recovery } = (told ?? {}) as Partial<Finding>;
	return (
		[instance, code, says, recovery].every(
			(each) => typeof each === "string",
		) && isInstanceName(instance ?? "")
	);
};

/** A signal comes from whoever can reach Temporal: what is no telling of a watcher is not heard. */
export const isAnalysisChange = (told: unknown): told is AnalysisChange => {
	const { findings } = (told ?? {}) as Partial<AnalysisChange>;
	return Array.isArray(findings) && findings.every(isFinding);
};

const RUN_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Nor is what is no started operation followed. */
export const isStarted = (told: unknown): told is Started => {
	const { runId, request, says } = (told ?? {}) as Partial<Started>;
	return (
		typeof runId === "string" &&
		RUN_ID.test(runId) &&
		typeof says === "string" &&
		isRequest(request)
	);
};

/** Whether the finding is one that clients wait for: nothing may hold it up. */
export const callsForFailover = (finding: Finding): boolean =>
	finding.isActionable && finding.recovery === "primary";

/** What Baton asks of itself when it acts on a finding. */
export const recoveryRequest = (
	identity: string,
	finding: Finding,
	detectionId: number,
): OperationRequest => ({
	kind: "recovery",
	cluster: identity,
	instance: finding.instance,
	analysis: finding.code,
	detectionId,
	noticedAtMs: finding.noticedAtMs,
	declaredAtMs: finding.declaredAtMs,
	silence: finding.silence,
});

/** One line about a request, as the Temporal UI shows it. One that another version of Baton has begun goes by its kind. */
export const requestText = (request: OperationRequest): string =>
	rowNamed(request.kind) === undefined
		? request.kind
		: rowOf(request).line(request);

/** The same in a list of many clusters. @param alias empty where the cluster has none */
export const requestTitle = (
	alias: string,
	request: OperationRequest,
): string =>
	alias === "" ? requestText(request) : `${alias}: ${requestText(request)}`;
