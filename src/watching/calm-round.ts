import { setImmediate as turn } from "node:timers/promises";
import { errorText } from "../errors.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { createIsolation } from "./isolation.ts";
import type { createNaming } from "./naming.ts";
import type { createNotes } from "./notes.ts";
import type { Roster } from "./roster.ts";

/** Analysing many clusters lets other work of the process run in between. */
const SLICE_MS = 10;

interface CalmDeps {
	readonly roster: Pick<Roster, "clusters">;
	readonly notes: Pick<
		ReturnType<typeof createNotes>,
		"stale" | "codes" | "positions"
	>;
	readonly naming: Pick<ReturnType<typeof createNaming>, "settle">;
	readonly isolated: ReturnType<typeof createIsolation>;
	readonly analyse: (cluster: ClusterWatch) => void;
	/** The servers have another primary than the one on record. */
	readonly tellMoved: (
		identity: string,
		instance: InstanceName,
	) => Promise<void>;
	readonly tellNamed: (identity: string, alias: string) => Promise<void>;
	readonly log: { warn(text: string): void };
	readonly nowMs: () => number;
}

/** What nothing urgent asks for, of each cluster of which somebody was checked since the last round. */
export const createCalmRound = ({
	roster,
	notes,
	naming,
	isolated,
	analyse,
	tellMoved,
	tellNamed,
	log,
	nowMs,
}: CalmDeps) => {
	const tellIfMoved = (cluster: ClusterWatch): void => {
		const { identity, roleWatch, isComplete } = cluster;
		const primary = isComplete
			? roleWatch.moved(cluster.snapshot(nowMs()), nowMs())
			: undefined;
		if (primary === undefined) return;
		tellMoved(identity, primary).catch((error: unknown) => {
			roleWatch.tellAnew();
			log.warn(
				`blind: that ${primary} is the primary of ${identity} now could not be handed to Temporal: ${errorText(error)}`,
			);
		});
	};

	const tellName = (cluster: ClusterWatch): void => {
		const { identity, isComplete, view, toldAlias } = cluster;
		const { alias } = view;
		if (!isComplete || alias === toldAlias) return;
		cluster.toldAlias = alias;
		tellNamed(identity, alias).catch((error: unknown) => {
			cluster.toldAlias = toldAlias;
			log.warn(
				`that cluster ${identity} is called ${alias} could not be handed to Temporal: ${errorText(error)}`,
			);
		});
	};

	return async (): Promise<void> => {
		let sliceMs = performance.now();
		for (const cluster of [...roster.clusters()]) {
			if (!cluster.membership.hasChecks) continue;
			cluster.membership.hasChecks = false;
			isolated(`the calm analysis of ${cluster.identity}`, () => {
				cluster.compareGtids();
				notes.stale(cluster.compareStanding(nowMs()));
				analyse(cluster);
				notes.codes(cluster.codes);
				naming.settle(cluster);
				tellIfMoved(cluster);
				tellName(cluster);
			});
			if (performance.now() - sliceMs < SLICE_MS) continue;
			await turn();
			sliceMs = performance.now();
		}
		notes.positions(roster.clusters());
	};
};
