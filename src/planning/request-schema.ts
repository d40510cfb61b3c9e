import {
	discriminatedUnion,
	exactOptional,
	literal,
	strictObject,
	string,
} from "zod/mini";
import { errors } from "../errors.ts";
import { fieldInWords, issueInWords } from "../operations/issue-in-words.ts";
import { KINDS } from "../operations/kinds.ts";
import { type OperationRequest, rowOf } from "./operation.ts";

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

/** Of many fields that it does not have. */
const MOST_NAMED = 3;

/** What speaks against it: which field, and why; undefined for one that can be run. */
const fault = (
	told: unknown,
): { readonly field: string; readonly why: string } | undefined => {
	const result = schema.safeParse(told, {
		error: (issue) => {
			if (issue.code === "unrecognized_keys")
				return `${issue.keys.slice(0, MOST_NAMED).map(fieldInWords).join(", ")} is nothing that it takes`;
			const is = issueInWords(issue);
			return is === undefined ? undefined : `is ${is}`;
		},
	});
	if (!result.success) {
		const [issue] = result.error.issues;
		return {
			field:
				issue?.path.map((each) => fieldInWords(String(each))).join(".") ||
				"input",
			why: issue?.message ?? "is malformed",
		};
	}
	const request = told as OperationRequest;
	const field = rowOf(request).lacks?.(request) ?? "";
	return field === "" ? undefined : { field, why: "is missing" };
};

/** Whether it can be run. */
export const isRequest = (told: unknown): told is OperationRequest =>
	fault(told) === undefined;

/**
 * A request from outside (`temporal workflow start`, API, command line) as one that can be run.
 * @throws BatonError BadInput naming the field
 */
export const checkedRequest = (request: OperationRequest): OperationRequest => {
	const found = fault(request);
	if (found === undefined) return request;
	const kind: unknown = (request as OperationRequest | null)?.kind;
	throw errors.noRequest({
		kind:
			typeof kind === "string" && Object.hasOwn(KINDS, kind)
				? kind
				: "operation",
		...found,
	});
};
