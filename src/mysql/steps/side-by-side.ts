type Lend<T> = <R>(work: (borrowed: T) => Promise<R>) => Promise<R>;

/** Does work that needs two things which are each lent for as long as their own work takes: both are fetched at once. */
export const sideBySide = async <A, B, R>(
	lendFirst: Lend<A>,
	lendSecond: Lend<B>,
	work: (first: A, second: B) => Promise<R>,
): Promise<R> => {
	let giveBack = (): void => undefined;
	const isGivenBack = new Promise<void>((resolve) => {
		giveBack = resolve;
	});
	let held: Promise<void> = Promise.resolve();
	const second = new Promise<B>((resolve, reject) => {
		held = lendSecond(async (borrowed) => {
			resolve(borrowed);
			await isGivenBack;
		});
		held.catch(reject);
	});
	// Awaited in the work of the first; that may not come to it.
	second.catch(() => undefined);
	try {
		return await lendFirst(async (first) => work(first, await second));
	} finally {
		giveBack();
		await held.catch(() => undefined);
	}
};
