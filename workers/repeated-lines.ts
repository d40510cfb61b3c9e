/** For how long a line that comes again is counted and not written, milliseconds. */
const COUNTED_MS = 60_000;

/** So many different ones are told from each other. */
const MOST_KEPT = 200;

/** Warnings and worse. */
const isTrouble = (line: string): boolean => /"level":[4-9]\d/.test(line);

/** What of a line of JSON is the same each time it is written. */
const sameIn = (line: string): string => line.replace(/"time":"[^"]*",?/, "");

const counted = (line: string, count: number): string =>
	line.replace(/\}\s*$/, `,"repeated":${count}}\n`);

/**
 * Writes lines of JSON, but of warnings and errors not the same one again and again: while it is repeated it is counted, and told once a minute with how often
 * it came. A store or a server that is away would fill the log otherwise.
 */
export const createRepeatedLines = (
	write: (line: string) => void,
	nowMs: () => number,
) => {
	const kept = new Map<
		string,
		{ readonly sinceMs: number; count: number; last: string }
	>();
	const isOver = (sinceMs: number): boolean => nowMs() - sinceMs >= COUNTED_MS;
	const letGo = (same: string): void => {
		const found = kept.get(same);
		kept.delete(same);
		if (found !== undefined && found.count > 0)
			write(counted(found.last, found.count));
	};
	const begin = (same: string, line: string): void => {
		const [oldest] = kept.keys();
		if (kept.size >= MOST_KEPT && oldest !== undefined) letGo(oldest);
		kept.set(same, { sinceMs: nowMs(), count: 0, last: line });
		write(line);
	};
	return {
		write: (line: string): void => {
			if (!isTrouble(line)) {
				write(line);
				return;
			}
			const same = sameIn(line);
			const before = kept.get(same);
			if (before !== undefined && !isOver(before.sinceMs)) {
				before.count += 1;
				before.last = line;
				return;
			}
			letGo(same);
			begin(same, line);
		},
		/** Tells what was counted and is no longer repeated. To be called now and then. */
		settle: (): void => {
			for (const [same, { sinceMs }] of kept) if (isOver(sinceMs)) letGo(same);
		},
	};
};
