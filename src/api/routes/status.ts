import { z } from "zod";
import { AnswerError } from "../../compat/answer-error.ts";
import type { Json } from "../../compat/json/go-json.ts";
import { healthJson, NO_NODE } from "../../compat/json/health.ts";
import { errors, errorText } from "../../errors.ts";
import type { ApiDeps } from "../deps.ts";
import { NOTHING } from "../fields.ts";
import { replyJson } from "../reply.ts";
import {
	bareRoutes,
	envelopeRoutes,
	READ,
	type Route,
	rawRoutes,
	success,
} from "../route.ts";

/** A node counts as available for this long after its last sign of life. */
const AVAILABLE_MS = 2000;

/** What nodes that serve this API tell of themselves: here, and in orchestrator. Command lines tell the name of their command. */
const SERVING = new Set(["http", ""]);

const health = async (deps: ApiDeps, healthy: boolean) => {
	const { node, store } = deps;
	const seen = healthy
		? await store.nodes.seenSince(deps.nowMs() - AVAILABLE_MS)
		: [];
	const own = seen.find((each) => each.token === node.token);
	const active = deps.isLeader()
		? {
				...NO_NODE,
				hostname: node.hostname,
				token: node.token,
				firstSeenMs: own?.firstSeenMs ?? node.startedAtMs,
				lastSeenMs: own?.lastSeenMs ?? deps.nowMs(),
			}
		: NO_NODE;
	return healthJson({
		healthy,
		hostname: node.hostname,
		token: node.token,
		isActive: deps.isLeader(),
		active,
		available: seen
			.filter((each) => SERVING.has(each.command))
			.map((each) => ({
				hostname: each.hostname,
				token: each.token,
				version: node.version,
				firstSeenMs: each.firstSeenMs,
				lastSeenMs: each.lastSeenMs,
				backend: store.description,
			})),
	});
};

const checkedHealth = async (deps: ApiDeps) => {
	try {
		// A store that does not answer must not keep the answer from coming.
		const trouble = deps.storeTrouble();
		if (trouble !== "") throw new Error(trouble);
		await deps.store.check(deps.nowMs());
	} catch (error) {
		throw new AnswerError(
			"StoreUnavailable",
			`Application node is unhealthy: ${errorText(error)}`,
			await health(deps, false),
		);
	}
	return success(await health(deps, true), "Application node is healthy");
};

/** The status route is served under its own path, without prefix, when one is configured. */
const statusPath = (deps: ApiDeps): string => {
	const { StatusEndpoint } = deps.config();
	if (StatusEndpoint === "" || StatusEndpoint === "/api/status")
		return "status";
	return StatusEndpoint.startsWith("/") ? StatusEndpoint : `/${StatusEndpoint}`;
};

const alive = (): Route[] =>
	bareRoutes(
		{
			...READ,
			paths: ["lb-check", "_ping"],
			says: "Whether the process answers",
			input: NOTHING,
		},
		async () => "OK",
	);

/** A status that can be answered with; 404 for anything else. */
const statusCode = (text: string | undefined): number => {
	const code = /^\d{3}$/.test(text ?? "") ? Number(text) : 404;
	return code >= 200 ? code : 404;
};

const leader = (deps: ApiDeps): Route[] =>
	rawRoutes(
		{
			...READ,
			paths: [
				"leader-check",
				"leader-check/:errorStatusCode",
				"routed-leader-check",
			],
			says: "200 on the active node, else 404 or the given status",
			input: z.object({ errorStatusCode: z.string().optional() }),
		},
		async ({ input }, request, response) => {
			if (deps.isLeader()) replyJson(request, response, 200, "OK");
			else
				replyJson(
					request,
					response,
					statusCode(input.errorStatusCode),
					"Not leader",
				);
		},
	);

const HIDDEN = new Set(["authorization", "cookie"]);

const canonical = (header: string): string =>
	header.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());

const headers = (): Route[] =>
	bareRoutes(
		{
			...READ,
			paths: ["headers"],
			says: "The request's own headers; credentials are left out",
			input: NOTHING,
		},
		async (call) => {
			const shown: Record<string, Json> = {};
			for (const [name, value] of Object.entries(call.headers))
				if (value !== undefined && !HIDDEN.has(name))
					shown[canonical(name)] = Array.isArray(value) ? value : [value];
			return shown;
		},
	);

const noRaft = (): Route[] =>
	envelopeRoutes(
		{
			...READ,
			paths: [
				"raft-state",
				"raft-leader",
				"raft-health",
				"raft-status",
				"raft-peers",
				"raft-add-peer/:addr",
				"raft-remove-peer/:addr",
				"raft-yield/:node",
				"raft-yield-hint/:hint",
				"raft-snapshot",
				"raft-follower-health-report/:authenticationToken/:raftBind/:raftAdvertise",
			],
			says: "There is no raft: always an error, as without raft in the reference",
			input: NOTHING,
		},
		async () => {
			throw errors.noRaft();
		},
	);

/** Health, leadership and what belongs to the node itself. */
export const statusRoutes = (deps: ApiDeps): Route[] => [
	...envelopeRoutes(
		{
			...READ,
			paths: ["health", statusPath(deps)],
			says: "Whether the store can be written and read, and which nodes there are",
			input: NOTHING,
		},
		() => checkedHealth(deps),
	),
	...alive(),
	...leader(deps),
	...headers(),
	...noRaft(),
];
