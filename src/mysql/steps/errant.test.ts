import { expect, it } from "vitest";
import { gtids, uuid } from "../../../test/support/made-up-servers.ts";
import { resetStage } from "./errant.ts";

const keeps = gtids(10);
const errant = `${uuid(2)}:1-2`;

it.each([
	["both, before anything is done", `${keeps},${errant}`, "reset"],
	["what it keeps, when all is done", keeps, "done"],
	["nothing, when a try before it was cut off half way", "", "emptied"],
	["more, which it has applied since", `${gtids(11)},${errant}`, "other"],
	["less", gtids(9), "other"],
])("a server that counts %s", (_, executed, stage) => {
	expect(resetStage(executed, { keeps, errant })).toBe(stage);
});

it("a server that keeps nothing is through when it counts nothing", () => {
	expect(resetStage("", { keeps: "", errant })).toBe("done");
});
