/** When what was looked into is to be looked into again. */
export const createDue = (nowMs: () => number) => {
	const next = new Map<string, number>();

	const forgetOld = (): void => {
		for (const [key, atMs] of next) if (atMs <= nowMs()) next.delete(key);
	};

	const again = (key: string, afterMs: number): void => {
		next.set(key, nowMs() + afterMs);
	};

	return {
		/** Whether it is, and then not before that time is over. */
		isDue: (key: string, afterMs: number): boolean => {
			forgetOld();
			if (next.has(key)) return false;
			again(key, afterMs);
			return true;
		},
		again,
	};
};
