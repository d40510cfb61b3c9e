import {
	boolean,
	type core,
	custom,
	discriminatedUnion,
	literal,
	number,
	enum as oneOf,
	optional,
	record,
	refine,
	strictObject,
	string,
	type ZodMiniObject,
} from "zod/mini";
import { errors } from "../errors.ts";
import {
	type InstanceName,
	isHost,
	isInstanceName,
	splitName,
} from "../topology/instance-name.ts";
import type {
	OperationKind,
	OperationRequest,
	RecoveryCommand,
	RequestOf,
} from "./operation.ts";

const instance = custom<InstanceName>(
	(given) =>
		typeof given === "string" &&
		isInstanceName(given) &&
		isHost(splitName(given).host),
	"must be host:port",
);
const hint = string().check(
	refine(
		(text) => text.length > 0 && text.length <= 200,
		"must name a cluster",
	),
);
const requestedBy = optional(string());
const when = optional(number());

const COMMANDS = [
	"recover",
	"recover-lite",
	"force-master-failover",
	"force-master-takeover",
] as const satisfies readonly RecoveryCommand[];

/** One a kind; fields that it does not have are refused by name. */
const SCHEMAS = {
	takeover: strictObject({
		kind: literal("takeover"),
		cluster: hint,
		to: optional(instance),
		auto: optional(boolean()),
		requestedBy,
	}),
	relocation: strictObject({
		kind: literal("relocation"),
		cluster: optional(hint),
		instance,
		below: instance,
		requestedBy,
	}),
	rejoin: strictObject({
		kind: literal("rejoin"),
		cluster: hint,
		instance,
		requestedBy,
	}),
	recovery: strictObject({
		kind: literal("recovery"),
		cluster: hint,
		instance,
		analysis: string(),
		command: optional(oneOf(COMMANDS)),
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
} satisfies {
	// A field that a request has and its schema has not could never be asked for.
	[Kind in OperationKind]: ZodMiniObject<
		Record<keyof RequestOf<Kind>, core.$ZodType>
	>;
};

const schema = discriminatedUnion("kind", [
	SCHEMAS.takeover,
	SCHEMAS.relocation,
	SCHEMAS.rejoin,
	SCHEMAS.recovery,
]);

/**
 * A request from outside (`temporal workflow start`, API, command line) as one that can be run.
 * @throws BatonError BadInput naming the field
 */
export const checkedRequest = (request: OperationRequest): OperationRequest => {
	const result = schema.safeParse(request);
	if (result.success) return request;
	const kind: unknown = (request as OperationRequest | null)?.kind;
	const [issue] = result.error.issues;
	throw errors.noRequest({
		kind: typeof kind === "string" ? kind : "operation",
		field: issue?.path.join(".") || "input",
		why: issue?.message ?? "is malformed",
	});
};
