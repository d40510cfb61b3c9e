/** Runs the work once for each call, one run after the other: each caller has one that began after it had asked. */
export const inTurn = <T>(work: () => Promise<T>): (() => Promise<T>) => {
	let last: Promise<unknown> = Promise.resolve();
	return () => {
		const run = last.then(work, work);
		last = run;
		return run;
	};
};
