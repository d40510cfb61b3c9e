import type { IncomingHttpHeaders } from "node:http";
import type { Request, Response } from "express";
import { z } from "zod";
import type { AuditedChange } from "../audit/changes.ts";
import type { Caller } from "../auth/authenticator.ts";
import type { Json } from "../compat/json/go-json.ts";
import { BatonError } from "../errors.ts";
import { namedIssue } from "../operations/issue-in-words.ts";
import type { Severity } from "../operations/kinds/row.ts";
import { spellingsOf } from "./synonyms.ts";

/** One call of a route. */
export interface Call<Input> {
	readonly input: Input;
	readonly caller: Caller;
	readonly headers: IncomingHttpHeaders;
}

export interface Success {
	readonly details: Json;
	/** For people; may be empty. */
	readonly message: string;
	/** What was changed, as the audit tells it; nothing where the reference's audit has no word for it. */
	readonly audited: readonly AuditedChange[];
}

export const success = (
	details: Json,
	message = "",
	audited: readonly AuditedChange[] = [],
): Success => ({ details, message, audited });

/** How a route answers. A `raw` one writes the response itself. */
type Answering =
	| { readonly kind: "envelope"; readonly run: Run<Success> }
	| { readonly kind: "bare"; readonly run: Run<Json> }
	| { readonly kind: "raw"; readonly run: RunRaw };

type Run<Output> = (call: Call<unknown>) => Promise<Output>;
type RunRaw = (
	call: Call<unknown>,
	request: Request,
	response: Response,
) => Promise<void>;

/**
 * A route, as data. Whoever adds one states who may use it and whether it changes anything; authorisation, protection
 * against foreign pages, validation, audit and the OpenAPI description follow from that.
 */
export interface Route {
	/** Path below `/api/`, or from the root when it begins with a slash. */
	readonly path: string;
	/** `write` needs write authorisation. */
	readonly access: "open" | "write";
	/** Changes something: POST is the canonical method, GET is served to callers that are not foreign pages. */
	readonly changes: boolean;
	/** One line for the documentation. */
	readonly says: string;
	/** Parameters, in the path and in the query. */
	readonly input: z.core.$ZodType;
	/** Which of them may stand in the query. */
	readonly query: readonly string[];
	/** Of those that say more than who asks. */
	readonly headers: readonly string[];
	/** What it answers with, where that is not JSON. */
	readonly media?: "text/event-stream";
	/** How urgent it is, of one that takes a cluster for itself. */
	readonly severity?: Severity;
	/** It only says that the call is not part of this version. */
	readonly isAbsent?: true;
	/** `drop-in` failures are always 500; Baton's own routes use the status of the error catalogue. */
	readonly failures: "drop-in" | "by-kind";
	readonly answering: Answering;
}

interface RouteSpec<Schema extends z.core.$ZodType>
	extends Pick<
		Route,
		"access" | "changes" | "says" | "media" | "severity" | "isAbsent"
	> {
	/** Forms of the same call, without their synonyms. */
	readonly paths: readonly string[];
	readonly input: Schema;
	readonly query?: Route["query"];
	readonly headers?: Route["headers"];
	readonly failures?: Route["failures"];
}

const BAD_INPUT = "invalid input";

const parsed = <Schema extends z.core.$ZodType>(
	schema: Schema,
	input: unknown,
): z.output<Schema> => {
	const result = z.safeParse(schema, input, { error: namedIssue });
	if (result.success) return result.data;
	throw new BatonError(
		"BadInput",
		result.error.issues[0]?.message ?? BAD_INPUT,
	);
};

const expand = <Schema extends z.core.$ZodType>(
	spec: RouteSpec<Schema>,
	answering: Answering,
): Route[] =>
	spec.paths.flatMap(spellingsOf).map((path) => ({
		path,
		access: spec.access,
		changes: spec.changes,
		says: spec.says,
		input: spec.input,
		query: spec.query ?? [],
		headers: spec.headers ?? [],
		...(spec.media === undefined ? {} : { media: spec.media }),
		...(spec.severity === undefined ? {} : { severity: spec.severity }),
		...(spec.isAbsent ? { isAbsent: true } : {}),
		failures: spec.failures ?? "drop-in",
		answering,
	}));

/** Routes that answer `{Code, Message, Details}`. */
export const envelopeRoutes = <Schema extends z.core.$ZodType>(
	spec: RouteSpec<Schema>,
	handle: (call: Call<z.output<Schema>>) => Promise<Success>,
): Route[] =>
	expand(spec, {
		kind: "envelope",
		run: async (call) =>
			handle({ ...call, input: parsed(spec.input, call.input) }),
	});

/** Routes that answer their value alone. */
export const bareRoutes = <Schema extends z.core.$ZodType>(
	spec: RouteSpec<Schema>,
	handle: (call: Call<z.output<Schema>>) => Promise<Json>,
): Route[] =>
	expand(spec, {
		kind: "bare",
		run: async (call) =>
			handle({ ...call, input: parsed(spec.input, call.input) }),
	});

/** Routes that write their response themselves. */
export const rawRoutes = <Schema extends z.core.$ZodType>(
	spec: RouteSpec<Schema>,
	handle: (
		call: Call<z.output<Schema>>,
		request: Request,
		response: Response,
	) => Promise<void>,
): Route[] =>
	expand(spec, {
		kind: "raw",
		run: async (call, request, response) =>
			handle(
				{ ...call, input: parsed(spec.input, call.input) },
				request,
				response,
			),
	});

/** What a reading route that anybody may use says. */
export const READ = { access: "open", changes: false } as const;
/** What a changing route says. */
export const CHANGE = { access: "write", changes: true } as const;
