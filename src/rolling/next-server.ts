import { byName, replicasIn } from "../planning/members.ts";
import type { LeftBehind, PlanSettings } from "../planning/plan.ts";
import {
	type Instance,
	isLastCheckValid,
	sourceOf,
} from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { findInstance, type Snapshot } from "../topology/snapshot.ts";
import { behindIn, disorderIn, lackOfAcknowledgers } from "./disorder.ts";
import { primaryIn } from "./primary.ts";
import { chooseSuccessor, hasATurn, RANK, successorsOf } from "./successor.ts";

/** What comes next, as the servers stand now. */
export type RollingStep =
	| {
			readonly do: "takeOut";
			readonly server: InstanceName;
			/** Its replicas, to be moved first. */
			readonly replicas: readonly InstanceName[];
			/** Where to: its own source. Empty where it has no replicas. */
			readonly below: InstanceName | "";
	  }
	| {
			readonly do: "takeover";
			readonly from: InstanceName;
			readonly to: InstanceName;
			/** Who was skipped and cannot come along: downtimed first, as for a takeover by hand. Missing where nobody is left behind. */
			readonly leaves?: readonly LeftBehind[];
	  }
	/** Nobody is taken out while that holds. */
	| { readonly do: "wait"; readonly says: string }
	| { readonly do: "finish" };

/** Who has had a turn. */
export interface Turns {
	readonly done: readonly InstanceName[];
	/** Left out by a person's word: they hold up nobody, and nobody takes over to them. */
	readonly skipped: readonly InstanceName[];
}

const depthIn = (snapshot: Snapshot, server: Instance): number => {
	const seen = new Set<string>([server.name]);
	let depth = 0;
	for (let at = sourceOf(server); at !== undefined && !seen.has(at); depth++) {
		seen.add(at);
		const source = findInstance(snapshot, at);
		at = source === undefined ? undefined : sourceOf(source);
	}
	return depth;
};

/** Those that are not the primary, in the order in which they are taken out: leaves, then sources from below upwards; candidates late. */
const inOrder = (snapshot: Snapshot, primary: Instance): Instance[] => {
	const keyed = snapshot.instances
		.filter((each) => hasATurn(each) && each.name !== primary.name)
		.map((each) => ({
			each,
			isSource: replicasIn(snapshot, each.name).length > 0,
			depth: depthIn(snapshot, each),
		}));
	return keyed
		.toSorted(
			(a, b) =>
				Number(a.isSource) - Number(b.isSource) ||
				(a.isSource ? b.depth - a.depth : 0) ||
				RANK[a.each.promotionRule] - RANK[b.each.promotionRule] ||
				byName(a.each, b.each),
		)
		.map(({ each }) => each);
};

/**
 * What comes next: the servers that were not done, leaves first and the primary last, one at a time and only while every other server
 * is up, replicates and is not behind.
 */
export const nextServer = (
	snapshot: Snapshot,
	{ done, skipped }: Turns,
	settings: PlanSettings,
): RollingStep => {
	const isDone = ({ name }: Instance): boolean => done.includes(name);
	const hadTurn = (each: Instance): boolean =>
		isDone(each) || skipped.includes(each.name);
	const found = primaryIn(snapshot);
	if ("refusal" in found) return { do: "wait", says: found.refusal };
	const { primary } = found;
	const [against] = [
		...disorderIn(snapshot, found, skipped),
		...behindIn(snapshot, settings, skipped),
	];
	const server = inOrder(snapshot, primary).find((each) => !hadTurn(each));
	if (server === undefined && hadTurn(primary)) return { do: "finish" };
	if (against !== undefined) return { do: "wait", says: against };
	if (server === undefined) {
		const chosen = chooseSuccessor(
			snapshot,
			settings,
			primary,
			successorsOf(snapshot, primary, settings).filter(isDone),
			skipped,
		);
		if ("refusal" in chosen)
			return {
				do: "wait",
				says: `nobody can take over from ${primary.name}: ${chosen.refusal}`,
			};
		const { to, leaves } = chosen;
		return {
			do: "takeover",
			from: primary.name,
			to,
			...(leaves.length === 0 ? {} : { leaves }),
		};
	}
	const lack = lackOfAcknowledgers(snapshot, primary, server);
	if (lack !== "") return { do: "wait", says: lack };
	// Whoever was skipped and does not answer cannot be moved away, and is left as it is.
	const replicas = replicasIn(snapshot, server.name)
		.filter((each) => isLastCheckValid(each) || !skipped.includes(each.name))
		.map(({ name }) => name);
	return {
		do: "takeOut",
		server: server.name,
		replicas,
		below: replicas.length === 0 ? "" : (sourceOf(server) ?? ""),
	};
};

/** One server's turn, as it would be now. */
interface ForeseenTurn {
	readonly server: InstanceName;
	/** What is done besides taking it out, running its hook and waiting for it; a sentence, empty for nothing. */
	readonly says: string;
}

/** The whole of a rolling maintenance as it would be now. */
export interface RollingPlan {
	readonly turns: readonly ForeseenTurn[];
	/** Why it would be refused; empty when it would not. */
	readonly refusals: readonly string[];
	/** What would be waited for first. */
	readonly waits: readonly string[];
}

const turnOf = (snapshot: Snapshot, server: Instance): ForeseenTurn => {
	const replicas = replicasIn(snapshot, server.name).map(({ name }) => name);
	return {
		server: server.name,
		says:
			replicas.length === 0
				? ""
				: `${replicas.join(", ")} moved below ${sourceOf(server) ?? "its source"} first, and back behind it`,
	};
};

/** The order, and all that speaks against it. Nothing is begun in a cluster that is not in order; one that is only behind is waited for. */
export const planRolling = (
	snapshot: Snapshot,
	settings: PlanSettings,
): RollingPlan => {
	const found = primaryIn(snapshot);
	if ("refusal" in found)
		return { turns: [], refusals: [found.refusal], waits: [] };
	const { primary } = found;
	const order = inOrder(snapshot, primary);
	const chosen = chooseSuccessor(
		snapshot,
		settings,
		primary,
		successorsOf(snapshot, primary, settings),
	);
	const waits = behindIn(snapshot, settings);
	return {
		turns: [
			...order.map((each) => turnOf(snapshot, each)),
			{
				server: primary.name,
				says: `${"to" in chosen ? chosen.to : "one of those before it"} takes over from it first; it comes back as a replica`,
			},
		],
		refusals: [
			...disorderIn(snapshot, found),
			...order.map((each) => lackOfAcknowledgers(snapshot, primary, each)),
			// Whoever is behind may be no candidate just now.
			...("refusal" in chosen && waits.length === 0
				? [
						`nobody could take over from ${primary.name} in the end: ${chosen.refusal}`,
					]
				: []),
		].filter((each) => each !== ""),
		waits,
	};
};
