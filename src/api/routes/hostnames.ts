import { z } from "zod";
import {
	unresolveDeregistered,
	unresolveRegistered,
} from "../../audit/changes.ts";
import { resolveCacheJson } from "../../compat/json/resolve-cache.ts";
import { nameJson } from "../../compat/json/values.ts";
import { reach } from "../../naming/canonical-host.ts";
import { instanceName, isHost } from "../../topology/instance-name.ts";
import type { ApiDeps } from "../deps.ts";
import { INSTANCE, NOTHING } from "../fields.ts";
import {
	bareRoutes,
	CHANGE,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

const cache = (deps: ApiDeps): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["hostname-resolve-cache"],
			says: "Host names and what they were resolved to",
			input: NOTHING,
		},
		async () =>
			resolveCacheJson(
				await deps.store.hostnames.resolves(),
				deps.config().ExpiryHostnameResolvesMinutes,
			),
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["reset-hostname-resolve-cache"],
			says: "Forgets what host names were resolved to",
			input: NOTHING,
		},
		async () => {
			await deps.store.hostnames.clearResolves();
			return success(null, "Hostname cache cleared");
		},
	),
];

/** A caller waits for it, so no longer than a person would. */
const RESOLVE_TIMEOUT_MS = 5_000;

const resolving = (deps: ApiDeps): Route[] =>
	envelopeRoutes(
		{
			...READ,
			paths: ["resolve/:host/:port"],
			says: "The resolved name of an instance that accepts connections",
			input: INSTANCE,
		},
		async ({ input }) => {
			const host = await deps.resolveHost(input);
			await reach({ host, port: input.port }, RESOLVE_TIMEOUT_MS);
			return success(
				nameJson(instanceName(host, input.port)),
				"Instance resolved",
			);
		},
	);

const unresolves = (deps: ApiDeps): Route[] => [
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["register-hostname-unresolve/:host/:port/:virtualname"],
			says: "Gives a host a virtual name for its replicas to use",
			input: INSTANCE.extend({
				virtualname: z
					.string()
					.trim()
					.refine(
						(text) => isHost(text) && !text.startsWith("//"),
						"invalid virtual name",
					),
			}),
		},
		async ({ input }) => {
			const hostname = await deps.resolveHost(input);
			const name = instanceName(hostname, input.port);
			await deps.store.hostnames.registerUnresolve({
				hostname,
				virtual: input.virtualname,
				atMs: deps.nowMs(),
			});
			return success(
				nameJson(name),
				`Instance register unresolved: ${name} as ${input.virtualname}`,
				[unresolveRegistered(name, input.virtualname)],
			);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["deregister-hostname-unresolve/:host/:port"],
			says: "Takes the virtual name of a host away",
			input: INSTANCE,
		},
		async ({ input }) => {
			const hostname = await deps.resolveHost(input);
			const name = instanceName(hostname, input.port);
			const had = await deps.store.hostnames.deregisterUnresolve(hostname);
			return success(
				nameJson(name),
				had
					? `Instance deregister unresolved: ${name}`
					: `${hostname} had no virtual name`,
				had ? [unresolveDeregistered(name)] : [],
			);
		},
	),
];

/** Resolved and virtual names of hosts (api.md §7.9). */
export const hostnameRoutes = (deps: ApiDeps): Route[] => [
	...cache(deps),
	...resolving(deps),
	...unresolves(deps),
];
