/** How numbers and states are said. */
import type { InstancePicture, InstanceState } from "../../src/api/picture.ts";

const UNITS = [
	["d", 86_400],
	["h", 3600],
	["m", 60],
	["s", 1],
] as const;

/** The two greatest units of a span: `3m 5s`. */
export const span = (seconds: number): string => {
	let left = Math.max(0, Math.round(seconds));
	const parts: string[] = [];
	for (const [unit, size] of UNITS) {
		const count = Math.floor(left / size);
		if (count === 0) continue;
		parts.push(`${count}${unit}`);
		left -= count * size;
	}
	return parts.slice(0, 2).join(" ") || "0s";
};

export const clockTime = (atMs: number): string =>
	new Date(atMs).toLocaleTimeString(undefined, { hour12: false });

export const dateTime = (atMs: number): string =>
	new Date(atMs).toLocaleString(undefined, { hour12: false });

const STATE_WORDS: Readonly<Record<InstanceState, string>> = {
	ok: "ok",
	lagging: "lagging",
	"not-replicating": "not replicating",
	unreachable: "unreachable",
	unchecked: "not checked lately",
};

export const stateWord = (state: InstanceState): string => STATE_WORDS[state];

/** What stands at the right of a box: lag, or since when it has not been seen. */
export const lagWord = (instance: InstancePicture, nowMs: number): string => {
	if (instance.state === "unreachable" || instance.state === "unchecked")
		return instance.seenAtMs === 0
			? "never seen"
			: `seen ${span((nowMs - instance.seenAtMs) / 1000)} ago`;
	if (instance.parent === null || instance.state === "not-replicating")
		return "";
	return instance.lagSeconds === null
		? "lag unknown"
		: `${span(instance.lagSeconds)} lag`;
};
