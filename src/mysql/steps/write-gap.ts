/** Of the time in which nobody takes writes so much is kept for letting the old primary take them again. Milliseconds at most. */
const BACK_MS = 1_000;

/** The time in which nobody takes writes. What is not through within it is taken back. */
export interface WriteGap {
	/** How long it may be gone forward, milliseconds. */
	readonly forwardMs: number;
	/** Writes are being blocked from now on. */
	begin(): void;
	/** How long it has lasted, milliseconds; 0 before its beginning. */
	lastsMs(): number;
	/** How long it may still be gone forward, milliseconds; negative when that is over. */
	leftMs(): number;
	/** How long whatever cannot be taken back may still take, milliseconds. */
	wholeLeftMs(): number;
}

export const createWriteGap = (
	gapMs: number,
	nowMs: () => number,
): WriteGap => {
	const forwardMs = gapMs - Math.min(BACK_MS, gapMs / 4);
	let beganMs: number | undefined;
	const lastsMs = (): number => (beganMs === undefined ? 0 : nowMs() - beganMs);
	return {
		forwardMs,
		begin: () => {
			beganMs ??= nowMs();
		},
		lastsMs,
		leftMs: () => forwardMs - lastsMs(),
		wholeLeftMs: () => gapMs - lastsMs(),
	};
};
