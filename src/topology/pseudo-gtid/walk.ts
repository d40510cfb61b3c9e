import type { Coordinates } from "../instance.ts";
import { isCompared, isSameEntry } from "./entries.ts";
import type { LogEvent } from "./event-log.ts";

/** How two logs compare from a common entry on. */
export type Walk =
	/** Everything of the own log is in the other one; `next` is where that goes on. */
	| {
			readonly kind: "matched";
			readonly entries: number;
			readonly next: Coordinates;
	  }
	/** The other log ends before this entry of the own one. */
	| { readonly kind: "ahead"; readonly own: LogEvent }
	| {
			readonly kind: "differs";
			readonly own: LogEvent;
			readonly other: LogEvent;
	  }
	/** There was nothing to compare. */
	| { readonly kind: "nothing" };

async function* compared(
	events: AsyncIterable<LogEvent>,
	skipped: readonly string[],
): AsyncGenerator<LogEvent, void, undefined> {
	for await (const event of events) if (isCompared(event, skipped)) yield event;
}

const placeAfter = ({
	file,
	nextPosition,
	endPosition,
}: LogEvent): Coordinates => ({ file, position: nextPosition ?? endPosition });

/**
 * Goes through both logs entry by entry, passing over what is not compared, until the own log ends or they differ.
 * @param own from the common entry to where the own server stands
 * @param other from the same entry on, in a binary log
 */
export const walkTogether = async (
	own: AsyncIterable<LogEvent>,
	other: AsyncIterable<LogEvent>,
	skipped: readonly string[],
): Promise<Walk> => {
	const others = compared(other, skipped);
	let last: LogEvent | undefined;
	let entries = 0;
	try {
		for await (const event of compared(own, skipped)) {
			const { value, done } = await others.next();
			if (done === true || value === undefined)
				return { kind: "ahead", own: event };
			if (!isSameEntry(event, value))
				return { kind: "differs", own: event, other: value };
			last = value;
			entries++;
		}
	} finally {
		await others.return();
	}
	return last === undefined
		? { kind: "nothing" }
		: { kind: "matched", entries, next: placeAfter(last) };
};
