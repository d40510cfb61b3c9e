import {
	discriminatedUnion,
	exactOptional,
	literal,
	strictObject,
	string,
} from "zod/mini";
import { errors } from "../errors.ts";
import { KINDS } from "../operations/kinds.ts";
import type { OperationRequest } from "./operation.ts";

const schemaOf = ([kind, { takes }]: [
	string,
	(typeof KINDS)[keyof typeof KINDS],
]) =>
	strictObject({
		kind: literal(kind),
		requestedBy: exactOptional(string()),
		...takes(),
	});

type Schemas = [ReturnType<typeof schemaOf>, ...ReturnType<typeof schemaOf>[]];

/** One a kind; fields that it does not have are refused by name. */
const schema = discriminatedUnion(
	"kind",
	Object.entries(KINDS).map(schemaOf) as Schemas,
);

/** Whether it can be run. */
export const isRequest = (told: unknown): told is OperationRequest =>
	schema.safeParse(told).success;

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
