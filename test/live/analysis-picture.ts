// What the analysis says of lab servers: fresh looks through the real port, and no Baton process.

import { expect } from "vitest";
import { type AnalysisEntry, analyse } from "../../src/analysis/analysis.ts";
import {
	ANALYSIS_DEFAULTS,
	type AnalysisSettings,
} from "../../src/analysis/facts.ts";
import type { AnalysisCode } from "../../src/analysis/taxonomy-row.ts";
import { derive } from "../../src/topology/derive.ts";
import type { Instance } from "../../src/topology/instance.ts";
import type { InstanceName } from "../../src/topology/instance-name.ts";
import type { Snapshot } from "../../src/topology/snapshot.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { portOf } from "./port.ts";

/** A paused server keeps us waiting for so long. */
const CONNECT_MS = 300;

export interface Wanted {
	/** Default: all servers of the picture. */
	readonly among?: readonly LabServer[];
	readonly settings?: Partial<AnalysisSettings>;
	readonly rest?: (instances: readonly Instance[]) => Partial<Snapshot>;
}

/** What was seen of the servers last stays known of those that cannot be seen. */
export const createPicture = (servers: readonly LabServer[]) => {
	const known = new Map<InstanceName, Instance>();
	const port = portOf();

	const entries = async (wanted: Wanted = {}): Promise<AnalysisEntry[]> => {
		const looked = await Promise.all(
			(wanted.among ?? servers).map(({ name }) =>
				port.look(name, known.get(name), CONNECT_MS),
			),
		);
		for (const each of looked) known.set(each.name, each);
		const instances = derive(looked);
		return analyse(
			{
				identity: "lab",
				clusterName: instances[0]?.clusterName ?? "",
				clusterAlias: "lab",
				clusterDomain: "",
				takenAtMs: Date.now(),
				instances,
				downtimes: [],
				maintained: [],
				staleCoordinates: [],
				...wanted.rest?.(instances),
			},
			{ ...ANALYSIS_DEFAULTS, ...wanted.settings },
		);
	};

	return {
		entries,
		/** Looks until the servers have these codes, and fails with what they have instead. */
		shows: async (
			codes: readonly (readonly [LabServer | undefined, AnalysisCode])[],
			wanted: Wanted = {},
		): Promise<readonly AnalysisEntry[]> => {
			let last: readonly AnalysisEntry[] = [];
			const found = () =>
				codes.map(
					([server]) =>
						last.find((each) => each.instance === server?.name)?.code,
				);
			const expected = codes.map(([, code]) => code);
			await waitUntil("the codes", async () => {
				last = await entries(wanted);
				return found().join() === expected.join();
			}).catch(() => undefined);
			expect(found(), last.map((each) => each.says).join("\n")).toEqual(
				expected,
			);
			return last;
		},
	};
};

export type LabPicture = ReturnType<typeof createPicture>;
