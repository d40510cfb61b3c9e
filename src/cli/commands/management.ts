import {
	candidateRegistered,
	discovered,
	downtimeBegun,
	downtimeEnded,
	forgotten,
} from "../../audit/changes.ts";
import { BatonError, errors } from "../../errors.ts";
import { parseDurationMs } from "../../naming/duration.ts";
import type { PromotionRule } from "../../topology/instance.ts";
import {
	CLUSTER_FLAGS,
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";

/** `-promotion-rule` takes these; `must` is refused, as in the reference (cli.md §1.3). */
export const PROMOTION_RULES: readonly PromotionRule[] = [
	"prefer",
	"neutral",
	"prefer_not",
	"must_not",
];

/** The length that the reference documents for a downtime without one. */
const DEFAULT_DOWNTIME_MS = 10 * 60 * 1000;

export const reasonOf = (context: CommandContext): string => {
	if (context.flags.reason === "")
		throw new BatonError("BadInput", "--reason option required");
	return context.flags.reason;
};

export const durationOf = (
	context: CommandContext,
	defaultMs: number,
): number => {
	const text = context.flags.duration;
	if (text === "") return defaultMs;
	const durationMs = parseDurationMs(text);
	if (durationMs === undefined || durationMs === 0)
		throw errors.noDuration(text, "-duration");
	return durationMs;
};

const forgetCluster = async (context: CommandContext): Promise<void> => {
	if (context.flags.alias === "" && context.flags.instance === "")
		throw new BatonError(
			"BadInput",
			"cannot deduce cluster: give -alias or -i",
		);
	const cluster = await context.cluster();
	if (cluster === undefined)
		throw new BatonError(
			"UnknownCluster",
			`cluster not found: ${context.flags.alias || context.flags.instance}`,
		);
	const { inventory } = await context.store();
	const names = await inventory.forgetCluster(cluster.identity);
	await context.audit(...forgotten(names, cluster.clusterName));
	for (const name of names) context.print(name);
};

export const MANAGEMENT_COMMANDS: readonly Command[] = [
	{
		name: "discover",
		category: "Instance management",
		flags: [optional("-i")],
		access: "changes",
		summary: "Look at a server and add it to the inventory",
		help: "Probes the server in -i, stores what it says and prints its name. Only this server: a running node goes on to its source and replicas.",
		run: async (context) => {
			const name = await context.literalInstance();
			const found = await (await context.discovery()).discover(name);
			await context.audit(discovered(found.name));
			context.print(found.name);
		},
	},
	{
		name: "forget",
		category: "Instance management",
		flags: [required("-i")],
		access: "changes",
		summary: "Remove an instance from the inventory",
		help: "Removes the instance in -i from the inventory. It comes back when it is discovered again, for example as the replica of a known server.",
		run: async (context) => {
			const name = await context.rawInstance();
			const { inventory } = await context.store();
			const known = await inventory.get(name);
			if (!(await inventory.forget(name))) throw errors.unknownInstance(name);
			await context.audit(...forgotten([name], known?.clusterName ?? ""));
			context.print(name);
		},
	},
	{
		name: "forget-cluster",
		category: "Instance management",
		flags: CLUSTER_FLAGS,
		access: "changes",
		summary: "Remove a whole cluster from the inventory",
		help: "Removes every instance of the cluster named by -alias, or of the one that the instance in -i belongs to, and prints them. Without either it is refused: the local host is not taken for granted.",
		run: forgetCluster,
	},
];

/** cli.md §7.7 */
export const DOWNTIME_COMMANDS: readonly Command[] = [
	{
		name: "begin-downtime",
		category: "Instance management",
		flags: [
			optional("-i"),
			required("-reason"),
			optional("-duration"),
			optional("-owner"),
		],
		access: "changes",
		summary: "Mark an instance as downtimed",
		help: "Findings about the instance in -i are shown but not acted on, for -duration (10 minutes when left out). Replaces a downtime in force.",
		run: async (context) => {
			const reason = reasonOf(context);
			const durationMs = durationOf(context, DEFAULT_DOWNTIME_MS);
			const instance = await context.instance();
			const downtime = {
				instance,
				owner: context.owner,
				reason,
				beganAtMs: context.nowMs,
				endsAtMs: context.nowMs + durationMs,
			};
			await (await context.store()).downtimes.begin(downtime);
			await context.audit(downtimeBegun(downtime));
			context.print(instance);
		},
	},
	{
		name: "end-downtime",
		category: "Instance management",
		flags: [optional("-i")],
		access: "changes",
		summary: "End the downtime of an instance",
		help: "Ends the downtime of the instance in -i, if there is one, and prints its name.",
		run: async (context) => {
			const instance = await context.instance();
			if (await (await context.store()).downtimes.end(instance))
				await context.audit(downtimeEnded(instance));
			context.print(instance);
		},
	},
];

/** cli.md §7.9 */
export const CANDIDATE_COMMANDS: readonly Command[] = [
	{
		name: "register-candidate",
		category: "Instance, meta",
		flags: [optional("-i"), optional("-promotion-rule")],
		access: "changes",
		summary: "Register a promotion rule for an instance",
		help: "Registers the promotion rule of the instance in -i: prefer, neutral, prefer_not or must_not. It holds for CandidateInstanceExpireMinutes; register it again and again, for example by cron.",
		run: async (context) => {
			const instance = await context.instance();
			const rule = PROMOTION_RULES.find(
				(each) => each === context.flags.promotionRule,
			);
			if (rule === undefined)
				throw errors.noPromotionRule(
					context.flags.promotionRule,
					PROMOTION_RULES,
				);
			const store = await context.store();
			await store.candidates.register(instance, rule, context.nowMs);
			await context.audit(candidateRegistered(instance, rule));
			context.print(instance);
		},
	},
];
