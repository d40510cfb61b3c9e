/** So many are kept before the old ones are looked for. */
const FEW = 64;

/** When what was looked into is to be looked into again. */
export const createDue = (nowMs: () => number) => {
	const next = new Map<string, number>();
	let most = FEW;

	/** Each time that there are twice as many as were left: a call costs the same whatever there is. */
	const forgetOld = (): void => {
		if (next.size < most) return;
		const now = nowMs();
		for (const [key, atMs] of next) if (atMs <= now) next.delete(key);
		most = Math.max(FEW, 2 * next.size);
	};

	const again = (key: string, afterMs: number): void => {
		next.set(key, nowMs() + afterMs);
		forgetOld();
	};

	return {
		/** Whether it is, and then not before that time is over. */
		isDue: (key: string, afterMs: number): boolean => {
			const atMs = next.get(key);
			if (atMs !== undefined && atMs > nowMs()) return false;
			again(key, afterMs);
			return true;
		},
		again,
	};
};
