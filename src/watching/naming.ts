import { createAddresses } from "../discovery/addresses.ts";
import { aliasAmong } from "../discovery/aliases.ts";
import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { markOf } from "../topology/server-mark.ts";
import { LOST_IN_RECOVERY } from "../topology/snapshot.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { Writer } from "./writer.ts";

interface NamingDeps {
	readonly store: Pick<
		Store,
		"clusters" | "roles" | "candidates" | "hostnames"
	>;
	readonly writer: Pick<Writer, "later">;
	/** DetectPromotionRuleQuery is configured: what servers say about themselves counts. */
	readonly takesRules: () => boolean;
	readonly nowMs: () => number;
	readonly log: { info(text: string): void; warn(text: string): void };
}

/** A registration is repeated, so that the row does not look abandoned. Milliseconds. */
const REGISTER_AGAIN_MS = 300_000;

/** What the columns of aliases and domains hold; servers may tell more. Characters. */
const LONGEST_NAME = 128;

/** Keeps what the store calls a cluster in line with what is seen: its primary, its alias, its domain, the promotion rules of its servers and their addresses. */
export const createNaming = (deps: NamingDeps) => {
	const sent = new Map<string, { value: string; atMs: number }>();
	const disputed = new Set<string>();

	/** Only what is new, or was said long ago. */
	const send = (
		key: string,
		value: string,
		work: () => Promise<void>,
	): boolean => {
		const before = sent.get(key);
		const nowMs = deps.nowMs();
		if (before?.value === value && nowMs - before.atMs < REGISTER_AGAIN_MS)
			return false;
		sent.set(key, { value, atMs: nowMs });
		deps.writer.later(key, work);
		return before?.value !== value;
	};

	const nameAlias = (cluster: ClusterWatch, primary: InstanceName): void => {
		const { identity, view } = cluster;
		const lost = new Set(
			view.downtimes
				.filter(({ reason }) => reason === LOST_IN_RECOVERY)
				.map(({ instance }) => instance),
		);
		const alias = aliasAmong(
			cluster.instances().filter((each) => each.clusterName === primary),
			lost,
		).slice(0, LONGEST_NAME);
		const holder = view.aliasHolders.get(alias);
		if (alias !== "" && holder !== undefined && holder !== identity) {
			// An alias is unique: who has it keeps it, so that two claimants do not take it from each other for ever.
			if (!disputed.has(`${identity} ${alias}`))
				deps.log.warn(
					`the servers of ${identity} suggest the alias '${alias}', which ${holder} has; it stays there, give one of them another (DetectClusterAliasQuery, ClusterNameToAlias or set-cluster-alias)`,
				);
			disputed.add(`${identity} ${alias}`);
			return;
		}
		send(`the alias of ${identity}`, `${primary} ${alias}`, () =>
			deps.store.clusters.setSuggestedAlias(primary, alias),
		);
	};

	/** Who is the primary of a cluster that nobody has said anything of yet. */
	const meet = (cluster: ClusterWatch, primary: InstanceName): void => {
		const { identity } = cluster;
		const met = cluster.members.get(primary)?.latest;
		if (met === undefined) return;
		const isNew = send(`the primary of ${identity}`, primary, async () => {
			await deps.store.roles.meet(identity, {
				primary,
				server: markOf(met),
				sinceMs: deps.nowMs(),
			});
		});
		if (isNew) deps.log.info(`the primary of ${identity} is ${primary}`);
	};

	const registerRules = (cluster: ClusterWatch): void => {
		for (const { name, latest } of cluster.members.values())
			if (latest.check.outcome === "ok")
				send(`the promotion rule of ${name}`, latest.promotionRule, () =>
					deps.store.candidates.register(
						name,
						latest.promotionRule,
						deps.nowMs(),
					),
				);
	};

	const addresses = createAddresses({
		nowMs: deps.nowMs,
		found: (host, found) =>
			deps.writer.later(`the addresses of ${host}`, () =>
				deps.store.hostnames.saveAddresses(host, found, deps.nowMs()),
			),
	});

	return {
		settle: (cluster: ClusterWatch): void => {
			const { identity, view } = cluster;
			for (const { latest } of cluster.members.values())
				addresses.note(latest.host);
			if (deps.takesRules()) registerRules(cluster);
			const primary = cluster.presentPrimary();
			if (primary === undefined || !cluster.isComplete) return;
			const recorded = view.role?.primary;
			if (recorded === undefined || !cluster.members.has(recorded))
				meet(cluster, primary);
			// Whatever else is seen is a finding: the names follow the record.
			if (primary !== view.clusterName) return;
			nameAlias(cluster, primary);
			const domain = (
				cluster.members.get(primary)?.latest.clusterDomain ?? ""
			).slice(0, LONGEST_NAME);
			if (domain !== "")
				send(`the domain of ${identity}`, `${primary} ${domain}`, () =>
					deps.store.clusters.setDomain(primary, domain),
				);
		},
	};
};
