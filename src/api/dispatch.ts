import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import type { AuditedChange } from "../audit/changes.ts";
import { okJson } from "../compat/json/envelope.ts";
import { BatonError, errors, errorText } from "../errors.ts";
import { callerOf } from "./authentication.ts";
import type { AskedChange, ChangeAudit } from "./change-audit.ts";
import { failureAnswer } from "./failure.ts";
import { compilePath, decodePath, type PathPattern } from "./path.ts";
import { isSentFromElsewhere, provenanceOf } from "./provenance.ts";
import { replyJson } from "./reply.ts";
import type { Call, Route } from "./route.ts";

export interface DispatchDeps {
	readonly routes: readonly Route[];
	/** Normalised URLPrefix: empty, or with one leading and no trailing slash. */
	readonly prefix: string;
	readonly audit: ChangeAudit;
	readonly log: Logger;
}

interface Compiled {
	readonly route: Route;
	readonly pattern: PathPattern;
}

const DRY_RUN = "dryRun";

const READING_METHODS = new Set(["GET", "HEAD"]);

const serves = (route: Route, method: string): boolean =>
	READING_METHODS.has(method) || (route.changes && method === "POST");

/** What stands beside the path of a call. */
const besideOf = (request: Request): Record<string, unknown> => {
	const body: unknown = request.body;
	return {
		...request.query,
		...(typeof body === "object" ? body : {}),
	};
};

/** Whom a call is about stands in its path, where proxies and the audit see it: beside it only what the route names is read. */
const inputOf = (
	{ query }: Route,
	request: Request,
	parameters: Readonly<Record<string, string>>,
): Record<string, unknown> => {
	const fields = besideOf(request);
	const named = query.flatMap((name) =>
		Object.hasOwn(fields, name) ? [[name, fields[name]] as const] : [],
	);
	return { ...Object.fromEntries(named), ...parameters };
};

/** dryRun, dry-run, DRY_RUN … */
const isDryRunName = (name: string): boolean =>
	name.replaceAll(/[-_]/g, "").toLowerCase() === DRY_RUN.toLowerCase();

/**
 * What else stands beside the path is passed over, as in the reference. But who asks what would be done is not served in earnest.
 * @throws BatonError BadInput
 */
const heedDryRun = ({ route, request }: AskedChange): void => {
	const name = Object.keys(besideOf(request)).find(isDryRunName);
	if (name === undefined || route.query.includes(name)) return;
	throw route.query.includes(DRY_RUN)
		? errors.dryRunMisspelt({ name })
		: errors.noDryRun({ path: route.path.split("/")[0] ?? "" });
};

/** Default deny: nothing is changed without write authorisation, by HEAD, or for a page that is not ours. */
const authorise = (asked: AskedChange): void => {
	const { route, request, caller } = asked;
	if (route.access === "write" && !caller.mayChange)
		throw errors.unauthorized();
	if (!route.changes) {
		// What only those may see who may change things is work for servers.
		if (route.access === "write" && isSentFromElsewhere(request.headers))
			throw errors.foreignPage();
		return;
	}
	if (request.method === "HEAD") throw errors.headChangesNothing();
	if (provenanceOf(request.headers) === "elsewhere") throw errors.foreignPage();
	heedDryRun(asked);
};

/** What came of a call, for the audit. */
interface Result {
	readonly says: string;
	readonly audited: readonly AuditedChange[];
}

const DONE: Result = { says: "done", audited: [] };

const answer = async (
	asked: AskedChange,
	response: Response,
): Promise<Result> => {
	const { route, request } = asked;
	const call: Call<unknown> = {
		input: asked.input,
		caller: asked.caller,
		headers: request.headers,
	};
	const { answering } = route;
	if (answering.kind === "raw") {
		await answering.run(call, request, response);
		return DONE;
	}
	if (answering.kind === "bare") {
		replyJson(request, response, 200, await answering.run(call));
		return DONE;
	}
	const { details, message, audited } = await answering.run(call);
	replyJson(request, response, 200, okJson(message, details));
	return { says: message || DONE.says, audited };
};

const perform = async (
	asked: AskedChange,
	response: Response,
	audit: ChangeAudit,
): Promise<void> => {
	authorise(asked);
	if (!asked.route.changes) {
		await answer(asked, response);
		return;
	}
	await audit.before(asked);
	try {
		const { says, audited } = await answer(asked, response);
		await audit.after(asked, says, audited);
	} catch (error) {
		await audit.after(asked, `failed: ${errorText(error)}`, []);
		throw error;
	}
};

const fail = (
	error: unknown,
	asked: AskedChange,
	response: Response,
	log: Logger,
): void => {
	if (!(error instanceof BatonError))
		log.error({ err: error, route: asked.route.path }, "a call failed");
	// A response that has begun cannot become another one: the connection is all that is left to tell by.
	if (response.headersSent) {
		response.destroy();
		return;
	}
	const { status, envelope } = failureAnswer(error, asked.route.failures);
	replyJson(asked.request, response, status, { ...envelope });
};

/** Full path of a route: below the prefix, except one that is given from the root. */
export const fullPath = (route: Route, prefix: string): string =>
	route.path.startsWith("/") ? route.path : `${prefix}/api/${route.path}`;

/** Finds the route of a request, and sees that the rules of the table are kept on the way to its handler. */
export const dispatch = (deps: DispatchDeps): RequestHandler => {
	const compiled: readonly Compiled[] = deps.routes.map((route) => ({
		route,
		pattern: compilePath(fullPath(route, deps.prefix)),
	}));
	return async (request, response, next) => {
		const path = decodePath(request.path);
		if (path === undefined) return next();
		for (const { route, pattern } of compiled) {
			const parameters = pattern.match(path);
			if (parameters === undefined || !serves(route, request.method)) continue;
			const asked: AskedChange = {
				route,
				request,
				caller: callerOf(response),
				input: inputOf(route, request, parameters),
			};
			try {
				await perform(asked, response, deps.audit);
			} catch (error) {
				fail(error, asked, response, deps.log);
			}
			return;
		}
		next();
	};
};
