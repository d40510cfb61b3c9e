import { errorText } from "../errors.ts";

/**
 * Keeps a fault that one server or cluster brings about (what a server tells is not ours) from the others and from the process.
 * It is said when it begins and when it changes, not each time.
 */
export const createIsolation = (log: { warn(text: string): void }) => {
	const said = new Map<string, string>();
	/** @param what names the work and whom it is about */
	return (what: string, work: () => void): void => {
		try {
			work();
			said.delete(what);
		} catch (error) {
			const text = errorText(error);
			if (said.get(what) === text) return;
			said.set(what, text);
			log.warn(`blind: ${what} failed: ${text}`);
		}
	};
};
