const two = (number: number): string => String(number).padStart(2, "0");

/** `YYYY-MM-DD hh:mm:ss` in the zone of the process, which TZ sets: the time of log lines and of the audit file. */
export const localTimeText = (atMs: number): string => {
	const at = new Date(atMs);
	return (
		`${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
		`${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
	);
};
