import { existsSync, statfsSync } from "node:fs";
import { freemem } from "node:os";
import { defineConfig } from "vitest/config";

/**
 * So many files at once in each project. On two cores the tests of servers leave a part of the time unused when they run one after
 * another, since they wait for what a cluster and its manager do; three at once take as long as two, and hold each other up.
 */
const AT_ONCE = 2;

/** Of servers and their store, with what they write. */
const LABS_NEED_BYTES = 8 * 2 ** 30;

/**
 * Labs lie in memory where there is room for them: a fifth of the work of a test was the disk's. Benches go by the disk. `/dev/shm`
 * takes its room from the memory that is free.
 */
const labFolder = (): Record<string, string> => {
	const folder = "/dev/shm";
	if (process.env.BATON_LAB_FOLDER !== undefined || !existsSync(folder))
		return {};
	const { bavail, bsize } = statfsSync(folder);
	const free = Math.min(bavail * bsize, freemem() / 2);
	return free < LABS_NEED_BYTES ? {} : { BATON_LAB_FOLDER: folder };
};

const ENVIRONMENT = labFolder();

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
					env: ENVIRONMENT,
					maxWorkers: AT_ONCE,
					sequence: { groupOrder: 3 },
				},
			},
		],
	},
});
