import { defineConfig } from "vitest/config";

/** So many files at once in each project. */
const AT_ONCE = 2;

/** Tests of servers wait most of their time for what a cluster and its manager do: on two cores two at once leave half unused. */
const SERVERS_AT_ONCE = 3;

/** One project after another: whatever starts servers is not disturbed by the others. */
export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: "unit",
					include: [
						"{src,activities,workflows,workers,temporal,bench,web}/**/*.test.ts",
						"setup/**/*.test.mjs",
					],
					testTimeout: 30_000,
					maxWorkers: AT_ONCE,
					sequence: { groupOrder: 1 },
				},
			},
			// The suites of the store once more, on a real MySQL server.
			{
				test: {
					name: "store-mysql",
					include: ["src/store/**/*.test.ts"],
					// Those of one database's driver.
					exclude: ["src/store/{mysql,sqlite,schema}/**"],
					globalSetup: "test/lab/store-server.ts",
					testTimeout: 120_000,
					hookTimeout: 120_000,
					pool: "forks",
					maxWorkers: AT_ONCE,
					sequence: { groupOrder: 2 },
				},
			},
			{
				test: {
					name: "servers",
					include: ["test/**/*.test.ts"],
					globalSetup: "setup/fresh-build.mjs",
					testTimeout: 120_000,
					hookTimeout: 120_000,
					pool: "forks",
					maxWorkers: SERVERS_AT_ONCE,
					sequence: { groupOrder: 3 },
				},
			},
		],
	},
});
