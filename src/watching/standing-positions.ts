import type { Coordinates, Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import type { StaleCoordinates } from "../topology/snapshot.ts";

/** A source that commits with acknowledgements has fewer acknowledging replicas than it waits for. */
const mayWaitForAcks = ({ check, semiSync }: Instance): boolean =>
	check.seenAtMs > 0 &&
	semiSync.sourceEnabled &&
	semiSync.sourceActive &&
	semiSync.waitForReplicaCount > 0 &&
	semiSync.clients < semiSync.waitForReplicaCount;

const isAt = (a: Coordinates, b: Coordinates): boolean =>
	a.file === b.file && a.position === b.position;

/** What became of the positions of primaries that may wait for acknowledgements. */
export interface StaleChange {
	readonly noted: readonly StaleCoordinates[];
	readonly over: readonly InstanceName[];
}

/** Positions of primaries that stand still while commits may wait for acknowledgements, each with when that began. */
export class StandingPositions {
	private readonly standing = new Map<InstanceName, StaleCoordinates>();

	all(): StaleCoordinates[] {
		return [...this.standing.values()];
	}

	/** Primaries whose position has to be looked at often. */
	has(name: InstanceName): boolean {
		return this.standing.has(name);
	}

	/** First seen by another watcher. */
	recall(known: StaleCoordinates): void {
		if (!this.standing.has(known.instance))
			this.standing.set(known.instance, known);
	}

	forget(name: InstanceName): void {
		this.standing.delete(name);
	}

	/** Compares with the latest probes. */
	compare(latest: Iterable<Instance>, nowMs: number): StaleChange {
		const noted: StaleCoordinates[] = [];
		const over: InstanceName[] = [];
		for (const instance of latest) {
			const { name, selfCoordinates } = instance;
			const before = this.standing.get(name);
			if (!mayWaitForAcks(instance)) {
				if (this.standing.delete(name)) over.push(name);
			} else if (
				before === undefined ||
				!isAt(before.coordinates, selfCoordinates)
			) {
				const now = {
					instance: name,
					coordinates: selfCoordinates,
					firstSeenAtMs: nowMs,
				};
				this.standing.set(name, now);
				noted.push(now);
			}
		}
		return { noted, over };
	}
}
