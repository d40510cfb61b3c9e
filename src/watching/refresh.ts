import type { Hostnames } from "../discovery/hostnames.ts";
import type { KnownAliases } from "../discovery/known-aliases.ts";
import type { Fence, Store } from "../store/contract.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { Roster } from "./roster.ts";
import { readStore } from "./store-view.ts";

const NAMES_MS = 60_000;

interface RefreshDeps {
	readonly store: Store;
	readonly hostnames: Pick<Hostnames, "load">;
	readonly aliases: KnownAliases;
	readonly roster: Roster;
	readonly settings: () => Parameters<typeof readStore>[1];
	readonly nowMs: () => number;
	readonly onFences: (open: readonly Fence[]) => void;
}

/** Brings a watcher in line with the store: its members, what is said of them, fences, names. @throws BatonError when the store fails */
export const createRefresh = (deps: RefreshDeps) => {
	const { store, hostnames, aliases, roster, settings, nowMs } = deps;
	let namesAtMs = 0;
	let recalled: Promise<void> | undefined;

	/** Positions that another watcher dated. */
	const recall = async (): Promise<void> => {
		for (const known of await store.stalePositions.all())
			roster.clusterOf(known.instance)?.standing.recall(known);
	};

	/** All in one read where several clusters are new, as they are to a watcher that begins. */
	const membersOf = async (
		identities: ReadonlySet<string>,
	): Promise<readonly Instance[]> => {
		const [identity] = identities;
		if (identity === undefined) return [];
		return identities.size === 1
			? store.inventory.ofIdentity(identity)
			: store.inventory.all();
	};

	return async (): Promise<void> => {
		await aliases.load();
		const view = await readStore(store, settings(), nowMs());
		const known = new Map<InstanceName, Instance>(
			(await membersOf(roster.withNewcomers(view))).map((each) => [
				each.name,
				each,
			]),
		);
		roster.update({ ...view, known });
		deps.onFences(view.fences);
		if (nowMs() - namesAtMs >= NAMES_MS) {
			await hostnames.load();
			namesAtMs = nowMs();
		}
		recalled ??= recall().catch((error: unknown) => {
			recalled = undefined;
			throw error;
		});
		await recalled;
	};
};
