import express, { type ErrorRequestHandler } from "express";
import {
	type AuthenticatorDeps,
	createAuthenticator,
} from "../auth/authenticator.ts";
import { unixGroupsOf } from "../auth/unix-groups.ts";
import type { Json } from "../compat/json/go-json.ts";
import { withMappedAliases } from "../compat/mapped-aliases.ts";
import { errors } from "../errors.ts";
import { ACTIONS, OPERATIONS } from "../surface/tables.ts";
import { allowedHosts } from "./allowed-hosts.ts";
import { authentication } from "./authentication.ts";
import { createChangeAudit } from "./change-audit.ts";
import type { ApiDeps } from "./deps.ts";
import { dispatch } from "./dispatch.ts";
import { failureAnswer } from "./failure.ts";
import { type Listening, listen } from "./listen.ts";
import { createLive } from "./live.ts";
import { createMetrics } from "./metrics.ts";
import { openApiOf } from "./openapi.ts";
import { createOperationEvents } from "./operation-events.ts";
import { pages } from "./pages.ts";
import { createPainter } from "./painter.ts";
import { createReading } from "./reading.ts";
import { readingRoutes } from "./reading-routes.ts";
import { replyJson, replyNotFound } from "./reply.ts";
import { requestLog } from "./request-log.ts";
import type { Route } from "./route.ts";
import { absentRoutes } from "./routes/absent.ts";
import { accessTokenRoutes } from "./routes/access-token.ts";
import { batonRoutes } from "./routes/baton.ts";
import { statusRoutes } from "./routes/status.ts";
import { actionRoutes, operationRoutes } from "./row-routes.ts";
import { securityHeaders } from "./security-headers.ts";

export interface Api {
	/** The whole table, for documentation. */
	readonly routes: readonly Route[];
	/** Listens as the configuration says. @throws BatonError BadConfiguration */
	listen(): Promise<Listening>;
	/** Ends the live streams, so that a listener can close. */
	close(): void;
}

const BODY_LIMIT = "64kb";

/** One leading slash, none at the end; empty for none. */
const normalPrefix = (text: string): string => {
	const inner = text.replace(/^\/+|\/+$/g, "");
	return inner === "" ? "" : `/${inner}`;
};

/** What Express has against a request: its path, or its body. Anything else is a fault of our own. */
const asBadInput = (error: unknown): unknown => {
	const { status, message } = (error ?? {}) as {
		readonly status?: unknown;
		readonly message?: unknown;
	};
	return typeof status === "number" && status >= 400 && status < 500
		? errors.unreadableRequest({ why: String(message) }, { cause: error })
		: error;
};

const brokenRequest =
	(deps: ApiDeps): ErrorRequestHandler =>
	(error: unknown, request, response, next) => {
		deps.log.warn({ err: error }, "a request could not be read");
		if (response.headersSent) return next(error);
		replyJson(request, response, 500, {
			...failureAnswer(asBadInput(error), "drop-in").envelope,
		});
	};

/** A store that is away grants nothing, and must not keep a reader out. */
const tokenCheck =
	(deps: ApiDeps): AuthenticatorDeps["isTokenValid"] =>
	async ({ publicToken, secretToken }, validForMs) => {
		try {
			return await deps.store.accessTokens.isValid(
				publicToken,
				secretToken,
				deps.nowMs() - validForMs,
			);
		} catch (error) {
			deps.log.warn({ err: error }, "an access token could not be checked");
			return false;
		}
	};

const routesOf = (deps: ApiDeps, prefix: string) => {
	const reading = createReading(deps);
	const painter = createPainter(deps, reading);
	const { events, log } = deps;
	const live = createLive({ painter, events, log });
	const operationEvents = createOperationEvents(deps);
	const metrics = createMetrics(deps);
	const description = (): Json => openApiOf(routes, prefix, deps.node.version);
	const built: Route[] = [
		...statusRoutes(deps),
		...readingRoutes(deps, reading),
		...actionRoutes(deps, reading, ACTIONS),
		...operationRoutes(deps, reading, OPERATIONS),
		...accessTokenRoutes(deps, prefix),
		...batonRoutes({
			painter,
			live,
			operationEvents,
			reading,
			metrics,
			description,
		}),
	];
	const routes = [...built, ...absentRoutes(built)];
	const close = (): void => {
		live.close();
		operationEvents.close();
	};
	return { routes, close };
};

/**
 * The HTTP side of a node: the drop-in API, Baton's own routes and the pages. A request passes, in this order: log, security
 * headers, host name, authentication, body, route table, pages, 404.
 */
export const createApi = (given: ApiDeps): Api => {
	const deps: ApiDeps = {
		...given,
		store: withMappedAliases(
			given.store,
			() => given.config().ClusterNameToAlias,
		),
	};
	const prefix = normalPrefix(deps.config().URLPrefix);
	const { routes, close } = routesOf(deps, prefix);
	const app = express();
	app.disable("x-powered-by");
	app.set("query parser", "simple");
	app.use(requestLog(deps.log, deps.nowMs));
	app.use(securityHeaders);
	app.use(allowedHosts(() => deps.config().BatonHttpHosts));
	app.use(
		authentication(
			createAuthenticator({
				settings: deps.config,
				groupsOf: unixGroupsOf,
				isTokenValid: tokenCheck(deps),
			}),
		),
	);
	app.use(express.json({ limit: BODY_LIMIT }));
	app.use(
		dispatch({ routes, prefix, audit: createChangeAudit(deps), log: deps.log }),
	);
	app.use(pages({ directory: deps.pagesDirectory, prefix }));
	app.use((_request, response) => replyNotFound(response));
	app.use(brokenRequest(deps));
	return {
		routes,
		listen: () => listen(app, deps.config()),
		close,
	};
};
