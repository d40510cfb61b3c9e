import type { StoreDriver } from "./driver.ts";
import { within } from "./operations/epoch.ts";

/** @see Store.tentatively */
export const createTentatively =
	<Whole>(driver: StoreDriver, wholeOf: (driver: StoreDriver) => Whole) =>
	async <T>(work: (within: Whole) => Promise<T>): Promise<T> => {
		const answers: T[] = [];
		// Thrown out of the transaction, which is undone by it.
		const takenBack = new Error("taken back");
		try {
			await driver.write(
				async (queries) => {
					answers.push(await work(wholeOf(within(driver, queries))));
					throw takenBack;
				},
				// Nobody else is kept from writing: nothing of it stands.
				{ lock: "rows" },
			);
		} catch (error) {
			if (error !== takenBack) throw error;
		}
		// The transaction ended by what is thrown behind the answer.
		return answers.at(-1) as T;
	};
