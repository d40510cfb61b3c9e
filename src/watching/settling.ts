import { setTimeout as delay } from "node:timers/promises";
import type { Snapshot } from "../topology/snapshot.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { Writer } from "./writer.ts";

/** A store or a server that hangs does not hold up the end of an operation. Milliseconds. */
const WITHIN_MS = 1_500;

interface SettlingDeps {
	readonly clusterOf: (identity: string) => ClusterWatch | undefined;
	/** Takes over what the store says of the clusters, their names above all. */
	readonly refresh: () => Promise<unknown>;
	readonly look: (
		identity: string,
		notBeforeMs: number,
	) => Promise<Snapshot | undefined>;
	readonly writer: Pick<Writer, "changed" | "flush">;
	readonly nowMs: () => number;
}

/** After a change, whoever reads the store sees the cluster as it is now, and no analysis goes by what was before. */
export const createSettling = (deps: SettlingDeps) => {
	const settle = async (identity: string, sinceMs: number): Promise<void> => {
		if (deps.clusterOf(identity) === undefined) return;
		// The look first: by pictures of before, the new name of the cluster would be taken for a wrong one.
		if ((await deps.look(identity, sinceMs)) === undefined) return;
		await deps.refresh();
		const cluster = deps.clusterOf(identity);
		for (const kept of cluster?.members.values() ?? [])
			if (cluster !== undefined) deps.writer.changed(cluster, kept);
		await deps.writer.flush();
	};
	return async (identity: string): Promise<void> => {
		const late = new AbortController();
		await Promise.race([
			settle(identity, deps.nowMs()),
			delay(WITHIN_MS, undefined, { signal: late.signal }).catch(
				() => undefined,
			),
		]);
		late.abort();
	};
};
