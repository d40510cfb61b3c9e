import { sourceOf } from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import { findInstance, type Snapshot } from "../../src/topology/snapshot.ts";

/** Servers that replicate in a circle. */
export const circling = (snapshot: Snapshot): Set<InstanceName> =>
	new Set(
		snapshot.instances
			.map(({ name }) => name)
			.filter((name) => {
				const seen = new Set<InstanceName>();
				let at = findInstance(snapshot, name);
				while (at !== undefined && !seen.has(at.name)) {
					seen.add(at.name);
					const source = sourceOf(at);
					if (source === name) return true;
					at =
						source === undefined ? undefined : findInstance(snapshot, source);
				}
				return false;
			}),
	);
