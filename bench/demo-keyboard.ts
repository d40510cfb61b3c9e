// The Enter key, where there is one.

import { createInterface } from "node:readline";

export interface Keyboard {
	/** Answers at the next Enter, and at once when the input has ended. */
	enter(): Promise<void>;
	close(): void;
}

/** Nothing is read before it is asked for, so that an Enter of before does not count. */
export const createKeyboard = (input: NodeJS.ReadableStream): Keyboard => {
	const waiting = new Set<() => void>();
	return {
		enter: () =>
			new Promise((resolve) => {
				const lines = createInterface({ input });
				const done = () => {
					waiting.delete(done);
					lines.close();
					resolve();
				};
				waiting.add(done);
				lines.once("line", done);
				lines.once("close", done);
			}),
		close: () => {
			for (const done of waiting) done();
		},
	};
};
