import { ApplicationFailure, workflowInfo } from "@temporalio/workflow";
import { isAnalysisChange } from "../src/operations/recovery-request.ts";
import { isHost } from "../src/topology/host.ts";
import {
	type InstanceName,
	isInstanceName,
	splitName,
} from "../src/topology/instance-name.ts";
import type { Carried } from "./cluster-told.ts";

// Whoever can reach Temporal can start a workflow, with nothing or with nonsense: that ends at once with a failure that says what is
// missing. Left to the language it would fail its task again and again, for ever, and hold its id.

type Guard = (value: unknown) => boolean;

export const isText = (value: unknown): value is string =>
	typeof value === "string" && value !== "";

const isWord: Guard = (value) => typeof value === "string";

export const isCount: Guard = (value) =>
	Number.isSafeInteger(value) && Number(value) >= 0;

export const isList =
	(of: Guard): Guard =>
	(value) =>
		Array.isArray(value) && value.every(of);

export const isObject: Guard = (value) =>
	typeof value === "object" && value !== null;

/** The name of a server that could be asked for in a request; any other would end the operation that it is put in. */
export const isServerName = (value: unknown): value is InstanceName =>
	typeof value === "string" &&
	isInstanceName(value) &&
	isHost(splitName(value).host);

/** The fields of whatever was given. */
export const fieldsOf = (input: unknown): Readonly<Record<string, unknown>> =>
	isObject(input) && !Array.isArray(input) ? { ...(input as object) } : {};

/** @throws ApplicationFailure BadInput that names what is missing, or is no such thing */
export const checkInput = (
	type: string,
	input: unknown,
	guards: Readonly<Record<string, Guard>>,
): void => {
	const fields = fieldsOf(input);
	const missing = Object.entries(guards)
		.filter(([name, guard]) => !guard(fields[name]))
		.map(([name]) => name);
	if (missing.length === 0) return;
	throw ApplicationFailure.nonRetryable(
		`a workflow of type ${type} is started by Baton, with ${Object.keys(guards).join(", ")} in its input: ${missing.join(", ")} is missing or malformed`,
		"BadInput",
	);
};

/** @throws ApplicationFailure BadInput where more was given than is read: it may have been meant to be done, too */
export const refuseMore = (type: string, more: readonly unknown[]): void => {
	if (more.length === 0) return;
	throw ApplicationFailure.nonRetryable(
		`a workflow of type ${type} takes one input, and nothing was done: ${more.length + 1} are given; start it once for each`,
		"BadInput",
	);
};

/** @throws ApplicationFailure BadInput under another id than the one by which there is one of it, whoever starts it */
export const checkId = (what: string, wanted: string): void => {
	if (workflowInfo().workflowId === wanted) return;
	throw ApplicationFailure.nonRetryable(
		`${what} has the workflow id ${wanted}, so that there is one of it`,
		"BadInput",
	);
};

const isOptional =
	(guard: Guard): Guard =>
	(value) =>
		value === undefined || guard(value);

const isLast: Guard = (value) => {
	const { kind, says, endedAtMs } = fieldsOf(value);
	return isWord(kind) && isWord(says) && isCount(endedAtMs);
};

const CARRIED: Readonly<Record<keyof Carried, Guard>> = {
	findings: (findings) => isAnalysisChange({ findings }),
	returned: isList(isServerName),
	moved: isOptional(isServerName),
	alias: isOptional(isWord),
	last: isOptional(isLast),
	verdicts: isOptional(
		(value) => isObject(value) && Object.values(fieldsOf(value)).every(isWord),
	),
	lastRunId: isOptional(isWord),
};

/** What an entity has carried over from the run before it; missing in the first. */
export const isCarried: Guard = isOptional((value) =>
	Object.entries(CARRIED).every(([name, guard]) =>
		guard(fieldsOf(value)[name]),
	),
);
