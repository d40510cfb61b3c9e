// What of the matrix is run, by the words of the command. Pure.

import type { ServerFlavor } from "../../../setup/locate.mjs";
import { type Case, caseText } from "./cases.ts";

export interface MatrixOptions {
	readonly flavors: readonly ServerFlavor[];
	readonly operation: RegExp;
	readonly isWanted: (the: Case) => boolean;
	/** Every so many-th case only, beginning with that one: 1 of 1 for all. */
	readonly every: number;
	readonly from: number;
	/** Tells what was said of sound cases, too. */
	readonly stories: boolean;
	/** Prints the points and runs no fault. */
	readonly pointsOnly: boolean;
	/** Runs the bugs that are put in on purpose instead. */
	readonly planted: boolean;
}

const USAGE = `npm run faults -- [--operation REGEXP] [--flavor mysql|mariadb] [--point REGEXP] [--every N [--from K]] [--stories] [--points | --planted]
  --point    cases whose text matches, such as 'server-killed s2' or 'unseen s2: SET GLOBAL read_only'
  --every N  each N-th case only, beginning with the K-th
  --stories  of sound cases, too, what whoever asked for them was told, and when
  --points   tell where faults can be placed, and place none
  --planted  put known bugs into the engine, one after another, and tell whether they are found`;

const FLAVORS: readonly ServerFlavor[] = ["mysql", "mariadb"];

/** @throws with the usage */
export const optionsFrom = (words: readonly string[]): MatrixOptions => {
	const values = new Map<string, string>();
	for (let at = 0; at < words.length; at++) {
		const word = words[at] ?? "";
		if (/^--(points|planted|stories)$/.test(word))
			values.set(word.slice(2), "");
		else if (/^--(operation|flavor|point|every|from)$/.test(word))
			values.set(word.slice(2), words[++at] ?? "");
		else throw new Error(`what is ${word}?\n${USAGE}`);
	}
	const flavor = values.get("flavor");
	const flavors = FLAVORS.filter(
		(each) => flavor === undefined || each === flavor,
	);
	if (flavors.length === 0) throw new Error(USAGE);
	const point = new RegExp(values.get("point") ?? "");
	return {
		flavors,
		operation: new RegExp(`^(${values.get("operation") ?? ".*"})$`),
		isWanted: (the) => point.test(caseText(the)),
		every: Number(values.get("every") ?? 1),
		from: Number(values.get("from") ?? 0),
		stories: values.has("stories"),
		pointsOnly: values.has("points"),
		planted: values.has("planted"),
	};
};
