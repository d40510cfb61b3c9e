import { expect, it, test } from "vitest";
import {
	PROMOTION,
	replica,
	server,
} from "../../test/support/made-up-servers.ts";
import { candidacyNotes, chooseCandidate } from "./candidate.ts";
import { isChoiceNote, readiestNote } from "./choice-notes.ts";
import { loweredNote } from "./semi-sync-for.ts";

it("knows each note that a choice leaves", () => {
	const notes = candidacyNotes(
		chooseCandidate(
			server("p", 1),
			[
				replica("a", 2),
				replica("b", 3),
				replica("c", 4, { promotionRule: "must_not" }),
			],
			PROMOTION,
		),
	);
	expect(notes).toHaveLength(3);
	expect(notes.filter((each) => !isChoiceNote(each))).toEqual([]);
	expect(isChoiceNote(readiestNote("a:3306", "b:3306"))).toBe(true);
});

test.each([
	loweredNote("a:3306", 2, 1),
	"b:3306 is moved with its errant transactions: x:1",
	"b:3306 is better placed than a:3306 and does not take its place: it lags",
])("%s is for a person to know", (note) => {
	expect(isChoiceNote(note)).toBe(false);
});
