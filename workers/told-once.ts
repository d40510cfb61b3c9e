import { errorText } from "../src/errors.ts";

/**
 * Work that is tried again and again: its trouble is told when it begins, not at each try, and its end when it works again.
 * @param what the sentence that the reason is added to
 */
export const toldOnce = (
	log: {
		readonly info: (text: string) => void;
		readonly warn: (text: string) => void;
	},
	what: { readonly fails: string; readonly works: string },
): ((work: () => Promise<unknown>) => Promise<void>) => {
	let isFailing = false;
	return async (work) => {
		try {
			await work();
			if (isFailing) log.info(what.works);
			isFailing = false;
		} catch (error) {
			if (!isFailing) log.warn(`${what.fails}: ${errorText(error)}`);
			isFailing = true;
		}
	};
};
