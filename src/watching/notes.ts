import type { Store } from "../store/contract.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { ClusterWatch } from "./cluster-watch.ts";
import type { StaleChange } from "./standing-positions.ts";
import type { Writer } from "./writer.ts";

interface NotesDeps {
	readonly store: Pick<
		Store,
		"changelog" | "stalePositions" | "positionHistory"
	>;
	readonly writer: Pick<Writer, "later">;
	readonly nowMs: () => number;
}

const POSITIONS_EVERY_MS = 60_000;

/** What a watcher writes down over time: changes of analysis codes, positions that stand still, where logs stand each minute. */
export const createNotes = ({ store, writer, nowMs }: NotesDeps) => {
	const noted = new Map<InstanceName, string>();
	const changed = new Map<InstanceName, string>();
	let positionsAtMs = nowMs();

	return {
		/** Of the instances that have replicas. */
		codes: (codes: ReadonlyMap<InstanceName, string>): void => {
			for (const [instance, code] of codes) {
				if (noted.get(instance) === code) continue;
				noted.set(instance, code);
				changed.set(instance, code);
			}
			if (changed.size === 0) return;
			const atMs = nowMs();
			writer.later("the analysis changelog", async () => {
				const batch = [...changed];
				await store.changelog.note(
					batch.map(([instance, analysis]) => ({ instance, analysis })),
					atMs,
				);
				for (const [instance, code] of batch)
					if (changed.get(instance) === code) changed.delete(instance);
			});
		},
		stale: ({ noted: standing, over }: StaleChange): void => {
			for (const { instance, coordinates, firstSeenAtMs } of standing)
				writer.later(`the position of ${instance}`, () =>
					store.stalePositions.note(instance, coordinates, firstSeenAtMs),
				);
			for (const instance of over)
				writer.later(`the position of ${instance}`, () =>
					store.stalePositions.forget(instance),
				);
		},
		positions: (clusters: Iterable<ClusterWatch>): void => {
			if (nowMs() - positionsAtMs < POSITIONS_EVERY_MS) return;
			positionsAtMs = nowMs();
			const instances = [...clusters].flatMap((each) => each.instances());
			const atMs = positionsAtMs;
			writer.later("log positions", () =>
				store.positionHistory.record(instances, atMs),
			);
		},
	};
};
