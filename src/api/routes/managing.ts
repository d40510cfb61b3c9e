import { z } from "zod";
import {
	candidateRegistered,
	discovered,
	downtimeBegun,
	downtimeEnded,
	forgotten,
} from "../../audit/changes.ts";
import { instanceJson } from "../../compat/json/instance.ts";
import { nameJson } from "../../compat/json/values.ts";
import { BatonError, errors, errorText } from "../../errors.ts";
import { parseDurationMs } from "../../naming/duration.ts";
import {
	type InstanceName,
	instanceName,
} from "../../topology/instance-name.ts";
import type { ApiDeps } from "../deps.ts";
import { AnswerError } from "../failure.ts";
import { CLUSTER, INSTANCE, OWNER_AND_REASON } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { CHANGE, envelopeRoutes, type Route, success } from "../route.ts";

const DEFAULT_DOWNTIME_MS = 10 * 60_000;

const crawlOn = (deps: ApiDeps, name: InstanceName): void => {
	deps.discovery.crawl(name).catch((error: unknown) => {
		deps.log.warn({ err: error, instance: name }, "discovery stopped early");
	});
};

const discovering = (deps: ApiDeps, reading: Reading): Route[] => [
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["discover/:host/:port"],
			says: "Probes an instance, records it, and goes on to the rest of its topology",
			input: INSTANCE,
		},
		async ({ input }) => {
			const host = await deps.resolveHost(input);
			const name = instanceName(host, input.port);
			const found = await deps.discovery.discover(name);
			crawlOn(deps, found.name);
			return success(
				instanceJson(found, await reading.instanceContext()),
				`Instance discovered: ${found.name}`,
				[discovered(found.name)],
			);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["async-discover/:host/:port"],
			says: "The same, without waiting",
			input: INSTANCE,
		},
		async ({ input }) => {
			const host = await deps.resolveHost(input);
			const name = instanceName(host, input.port);
			crawlOn(deps, name);
			return success(null, `Asynchronous discovery initiated for: ${name}`);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["refresh/:host/:port"],
			says: "Probes a known instance now",
			input: INSTANCE,
		},
		async ({ input }) => {
			const name = await reading.nameOf(input);
			await deps.discovery.discover(name);
			return success(nameJson(name), `Instance refreshed: ${name}`);
		},
	),
];

const forgetting = (deps: ApiDeps, reading: Reading): Route[] => [
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["forget/:host/:port"],
			says: "Forgets an instance; it comes back when it is discovered again",
			input: INSTANCE,
		},
		async ({ input }) => {
			// Unresolved, so that a name that no longer resolves can be forgotten (api.md §3.1).
			const name = instanceName(input.host, input.port);
			const { inventory } = deps.store;
			const known = await inventory.get(name);
			if (!(await inventory.forget(name)))
				throw new BatonError(
					"UnknownInstance",
					`Cannot forget ${name}: it is not known`,
				);
			return success(
				nameJson(name),
				`Instance forgotten: ${name}`,
				forgotten([name], known?.clusterName ?? ""),
			);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["forget-cluster/:clusterHint"],
			says: "Forgets all instances of a cluster",
			input: CLUSTER,
		},
		async ({ input }) => {
			const { clusterName, identity } = await reading.cluster(input);
			const names = await deps.store.inventory.forgetCluster(identity);
			return success(
				null,
				`Cluster forgotten: ${clusterName}`,
				forgotten(names, clusterName),
			);
		},
	),
];

const downtimeMs = (text: string | undefined): number => {
	const duration =
		text === undefined ? DEFAULT_DOWNTIME_MS : parseDurationMs(text);
	if (duration === undefined || duration === 0)
		throw errors.noDuration(text ?? "");
	return duration;
};

const downtimes = (deps: ApiDeps, reading: Reading): Route[] => [
	...envelopeRoutes(
		{
			...CHANGE,
			paths: [
				"begin-downtime/:host/:port/:owner/:reason",
				"begin-downtime/:host/:port/:owner/:reason/:duration",
			],
			says: "Announces an absence; 10 minutes when no duration is given",
			input: OWNER_AND_REASON,
		},
		async ({ input }) => {
			const lengthMs = downtimeMs(input.duration);
			const instance = await reading.nameOf(input);
			const beganAtMs = deps.nowMs();
			const downtime = {
				instance,
				owner: input.owner,
				reason: input.reason,
				beganAtMs,
				endsAtMs: beganAtMs + lengthMs,
			};
			try {
				await deps.store.downtimes.begin(downtime);
			} catch (error) {
				throw new AnswerError(
					"StoreUnavailable",
					errorText(error),
					nameJson(instance),
				);
			}
			return success(nameJson(instance), `Downtime begun: ${instance}`, [
				downtimeBegun(downtime),
			]);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["end-downtime/:host/:port"],
			says: "Ends the downtime of an instance, if there is one",
			input: INSTANCE,
		},
		async ({ input }) => {
			const name = await reading.nameOf(input);
			const had = await deps.store.downtimes.end(name);
			return success(
				nameJson(name),
				had ? `Downtime ended: ${name}` : `${name} was not downtimed`,
				had ? [downtimeEnded(name)] : [],
			);
		},
	),
];

const RULES = ["prefer", "neutral", "prefer_not", "must_not"] as const;

const candidates = (deps: ApiDeps, reading: Reading): Route[] =>
	envelopeRoutes(
		{
			...CHANGE,
			paths: ["register-candidate/:host/:port/:promotionRule"],
			says: "Registers a promotion rule: prefer, neutral, prefer_not or must_not",
			input: INSTANCE.extend({
				promotionRule: z.enum(RULES, {
					error: ({ input }) =>
						`Invalid or unsupported CandidatePromotionRule: ${String(input)}`,
				}),
			}),
		},
		async ({ input }) => {
			const name = await reading.nameOf(input);
			await deps.store.candidates.register(
				name,
				input.promotionRule,
				deps.nowMs(),
			);
			return success(
				nameJson(name),
				`Registered candidate ${name} with rule ${input.promotionRule}`,
				[candidateRegistered(name, input.promotionRule)],
			);
		},
	);

/** Bringing instances in, forgetting them, and what people say about them (api.md §7.7, §7.8). */
export const managingRoutes = (deps: ApiDeps, reading: Reading): Route[] => [
	...discovering(deps, reading),
	...forgetting(deps, reading),
	...downtimes(deps, reading),
	...candidates(deps, reading),
];
