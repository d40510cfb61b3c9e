/**
 * Does the work for each, for so many at once: one that takes long delays no other while a lane is free. A failure ends nothing else.
 * @throws the first failure, once all are done
 */
export const inLanes = async <T>(
	items: Iterable<T>,
	lanes: number,
	work: (item: T) => Promise<void>,
): Promise<void> => {
	const waiting = [...items].values();
	const failures: unknown[] = [];
	const lane = async (): Promise<void> => {
		// The lanes share one iterator: each takes what is next.
		for (const item of waiting)
			await work(item).catch((error: unknown) => failures.push(error));
	};
	await Promise.all(Array.from({ length: lanes }, lane));
	if (failures.length > 0) throw failures[0];
};
