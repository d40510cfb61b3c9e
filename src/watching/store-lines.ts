import { createStoreLine, type StoreLine } from "./store-line.ts";

interface StoreLinesDeps {
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void; info(text: string): void };
	/** What is wrong on either line; empty when nothing is. */
	readonly onTrouble: (trouble: string) => void;
}

/** A watcher reads the store and writes to it, each with troubles of its own. */
export const createStoreLines = ({
	nowMs,
	log,
	onTrouble,
}: StoreLinesDeps): {
	readonly reading: StoreLine;
	readonly writing: StoreLine;
} => {
	const troubles = { reading: "", writing: "" };
	const line = (name: keyof typeof troubles, what: string) =>
		createStoreLine({
			what,
			nowMs,
			log,
			onTrouble: (trouble) => {
				troubles[name] = trouble;
				onTrouble(
					Object.values(troubles)
						.filter((each) => each !== "")
						.join("; "),
				);
			},
		});
	return {
		reading: line("reading", "read the store"),
		writing: line("writing", "write to the store"),
	};
};
