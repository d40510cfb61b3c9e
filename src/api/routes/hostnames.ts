import { resolveCacheJson } from "../../compat/json/resolve-cache.ts";
import { nameJson } from "../../compat/json/values.ts";
import { reach } from "../../naming/canonical-host.ts";
import { instanceName } from "../../topology/instance-name.ts";
import type { ReadingDeps } from "../deps.ts";
import { INSTANCE, NOTHING } from "../fields.ts";
import {
	bareRoutes,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

const cache = (deps: ReadingDeps): Route[] => [
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
];

/** A caller waits for it, so no longer than a person would. */
const RESOLVE_TIMEOUT_MS = 5_000;

const resolving = (deps: ReadingDeps): Route[] =>
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

/** Resolved and virtual names of hosts. */
export const hostnameRoutes = (deps: ReadingDeps): Route[] => [
	...cache(deps),
	...resolving(deps),
];
