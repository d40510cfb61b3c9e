import type { AnalysisChange } from "../src/analysis/finding.ts";

interface TellingDeps {
	/** What has to be done about a change at once; may take a while, and waits for nothing that was told before. */
	readonly prepare: (
		identity: string,
		change: AnalysisChange,
	) => Promise<AnalysisChange>;
	readonly send: (identity: string, change: AnalysisChange) => Promise<void>;
}

/**
 * Tells of each cluster what was found in the order in which it was found: an older picture that arrived behind a newer one would be
 * taken for the present.
 */
export const createTellingInOrder = ({ prepare, send }: TellingDeps) => {
	const last = new Map<string, Promise<void>>();
	return async (identity: string, change: AnalysisChange): Promise<void> => {
		const prepared = prepare(identity, change);
		const before = last.get(identity);
		const telling = (async () => {
			// Its own caller hears how it went.
			await before?.catch(() => undefined);
			await send(identity, await prepared);
		})();
		last.set(identity, telling);
		try {
			await telling;
		} finally {
			if (last.get(identity) === telling) last.delete(identity);
		}
	};
};
