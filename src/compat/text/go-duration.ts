/** At most so many digits, without zeros at the end. */
const number = (value: number, digits: number): string =>
	String(Number(value.toFixed(digits)));

/** A duration as Go writes it: `8.929389ms`, `57.1µs`, `1.5s`, `2m3.5s`, `1h0m5s`. */
export const goDurationText = (durationMs: number): string => {
	if (durationMs <= 0) return "0s";
	if (durationMs < 0.001) return `${number(durationMs * 1e6, 0)}ns`;
	if (durationMs < 1) return `${number(durationMs * 1000, 3)}µs`;
	if (durationMs < 1000) return `${number(durationMs, 6)}ms`;
	const hours = Math.floor(durationMs / 3_600_000);
	const minutes = Math.floor((durationMs % 3_600_000) / 60_000);
	const seconds = `${number((durationMs % 60_000) / 1000, 9)}s`;
	if (hours > 0) return `${hours}h${minutes}m${seconds}`;
	return minutes > 0 ? `${minutes}m${seconds}` : seconds;
};
