import {
	type HousekeepingReport,
	keepHouse,
} from "../src/discovery/housekeeping.ts";
import type {
	DiscoveryReport,
	ScheduledDiscovery,
} from "../src/discovery/scheduled.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";

export type HousekeepingDeps = Parameters<typeof keepHouse>[0] & {
	readonly discovery: Pick<ScheduledDiscovery, "run">;
};

export const createHousekeepingActivities = (deps: HousekeepingDeps) =>
	translated({
		keepHouse: (): Promise<HousekeepingReport> =>
			beating(() => keepHouse(deps)),
		discoverSeeds: (): Promise<DiscoveryReport> =>
			beating(() => deps.discovery.run()),
	});

export type HousekeepingActivities = ReturnType<
	typeof createHousekeepingActivities
>;
