import { defineConfig } from "vitest/config";

/** Unit tests run side by side; whatever starts servers runs one file after another, since the machine has two cores. */
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
					fileParallelism: false,
					pool: "forks",
				},
			},
			{
				test: {
					name: "servers",
					include: ["test/**/*.test.ts"],
					globalSetup: "setup/fresh-build.mjs",
					testTimeout: 120_000,
					hookTimeout: 120_000,
					fileParallelism: false,
					pool: "forks",
				},
			},
		],
	},
});
