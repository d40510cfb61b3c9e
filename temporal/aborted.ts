/** Rejects with the signal's reason as soon as it is aborted, to be raced with what would not heed it. */
export const aborted = (signal: AbortSignal): Promise<never> =>
	new Promise((_, reject) => {
		const end = () => reject(signal.reason);
		if (signal.aborted) end();
		else signal.addEventListener("abort", end, { once: true });
	});
