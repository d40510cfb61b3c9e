import { expect, it } from "vitest";
import { forATerminal } from "./for-a-terminal.ts";

it.each([
	["clears the screen", "gone\u001b[2J\u001b[H", "gone�[2J�[H"],
	["overwrites what stands in front of it", "refused\rOK", "refused�OK"],
	["sets the title", "\u009d0;title\u0007", "�0;title�"],
	["turns the direction", "db\u202e2", "db�2"],
])("what %s is shown", (_, text, shown) => {
	expect(forATerminal(text)).toBe(shown);
});

it("the rest is left as it is", () => {
	const text = "1\tdb1:3306 – größer 🙂\n";
	expect(forATerminal(text)).toBe(text);
});
