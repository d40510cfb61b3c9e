// Whether two servers took writes at once. Pure.

/** What a server said when it was asked; monotonic milliseconds. */
export interface Sample {
	readonly server: string;
	readonly askedAtMs: number;
	readonly toldAtMs: number;
	/** Clients may write, and their writes would be acknowledged. */
	readonly isOpen: boolean;
}

/** From when to when a server was certainly open. */
interface Span {
	readonly server: string;
	readonly fromMs: number;
	readonly toMs: number;
}

export interface DoubleOpening {
	readonly servers: readonly [string, string];
	readonly fromMs: number;
	readonly toMs: number;
}

const spansOf = (samples: readonly Sample[]): readonly Span[] => {
	const spans: Span[] = [];
	const open = new Map<string, { fromMs: number; toMs: number }>();
	for (const { server, askedAtMs, toldAtMs, isOpen } of samples) {
		const span = open.get(server);
		if (!isOpen) {
			if (span !== undefined) spans.push({ server, ...span });
			open.delete(server);
		} else if (span === undefined)
			// At some moment between question and answer it was open: no span yet.
			open.set(server, { fromMs: toldAtMs, toMs: toldAtMs });
		else span.toMs = askedAtMs;
	}
	for (const [server, span] of open) spans.push({ server, ...span });
	return spans.filter(({ fromMs, toMs }) => toMs > fromMs);
};

/**
 * Moments at which two servers were certainly open. A server that was seen open twice is taken for open in between; one that says
 * nothing for a while, as for `doubtful`, is not.
 * @param samples each server's in their order
 * @param doubtful whether what is known of the server at the moment does not count
 */
export const doubleOpenings = (
	samples: readonly Sample[],
	doubtful: (server: string, atMs: number) => boolean = () => false,
): readonly DoubleOpening[] => {
	const spans = spansOf(
		samples.map((each) =>
			doubtful(each.server, each.askedAtMs) ? { ...each, isOpen: false } : each,
		),
	);
	return spans.flatMap((first, at) =>
		spans.slice(at + 1).flatMap((second): DoubleOpening[] => {
			const fromMs = Math.max(first.fromMs, second.fromMs);
			const toMs = Math.min(first.toMs, second.toMs);
			return first.server === second.server || toMs <= fromMs
				? []
				: [{ servers: [first.server, second.server], fromMs, toMs }];
		}),
	);
};
