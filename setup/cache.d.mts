/** BATON_CACHE, or ~/.cache/baton. */
export function cacheFolder(): string;

/** Names of the finished entries that start with `prefix`, unsorted. */
export function entries(prefix: string): string[];

/**
 * Runs `build` on an empty temporary folder, then renames that folder to the
 * name that `build` answers. Answers the entry's path. When another process
 * was first, its result stays.
 */
export function addEntry(
	label: string,
	build: (folder: string) => Promise<string>,
): Promise<string>;

/** Holds the lock `name`, across processes, while `work` runs. */
export function withLock<T>(
	name: string,
	work: () => Promise<T>,
	onWait?: (holder: number) => void,
): Promise<T>;
