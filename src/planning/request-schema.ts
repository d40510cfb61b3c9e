import {
	boolean,
	discriminatedUnion,
	literal,
	number,
	optional,
	record,
	refine,
	strictObject,
	string,
} from "zod/mini";
import { BatonError } from "../errors.ts";
import {
	isHost,
	isInstanceName,
	splitName,
} from "../topology/instance-name.ts";
import type { OperationRequest } from "./operation.ts";

const instance = string().check(
	refine(
		(text) => isInstanceName(text) && isHost(splitName(text).host),
		"must be host:port",
	),
);
const hint = string().check(
	refine(
		(text) => text.length > 0 && text.length <= 200,
		"must name a cluster",
	),
);
const requestedBy = optional(string());
const when = optional(number());

const schema = discriminatedUnion("kind", [
	strictObject({
		kind: literal("takeover"),
		cluster: hint,
		to: optional(instance),
		auto: optional(boolean()),
		requestedBy,
	}),
	strictObject({
		kind: literal("relocation"),
		cluster: optional(hint),
		instance,
		below: instance,
		requestedBy,
	}),
	strictObject({
		kind: literal("rejoin"),
		cluster: hint,
		instance,
		requestedBy,
	}),
	strictObject({
		kind: literal("recovery"),
		cluster: hint,
		instance,
		analysis: string(),
		forced: optional(boolean()),
		command: optional(string()),
		candidate: optional(instance),
		skipHooks: optional(boolean()),
		detectionId: optional(number()),
		requestedBy,
		noticedAtMs: when,
		declaredAtMs: when,
		silence: optional(
			record(string(), strictObject({ mark: string(), sinceMs: number() })),
		),
	}),
]);

/**
 * A request from outside (`temporal workflow start`, API, command line) as one that can be run.
 * @throws BatonError BadInput naming the field
 */
export const checkedRequest = (request: OperationRequest): OperationRequest => {
	const result = schema.safeParse(request);
	if (result.success) return request;
	const [issue] = result.error.issues;
	throw new BatonError(
		"BadInput",
		`the ${String(request.kind)} cannot be asked for like this: ${issue?.path.join(".") || "input"}: ${issue?.message ?? "is malformed"}`,
	);
};
