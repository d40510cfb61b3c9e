import { expect, test } from "vitest";
import { modeOf } from "./mode.ts";

test.each<[string, string[], unknown]>([
	["", [], { kind: "cheat-sheet" }],
	["clusters", [], { kind: "command", name: "clusters" }],
	["clusters", ["cli"], { kind: "command", name: "clusters" }],
	["", ["http"], { kind: "http" }],
	["", ["why", "shop"], { kind: "why", hint: "shop" }],
	["", ["why"], { kind: "why", hint: "" }],
	["", ["help"], { kind: "command", name: "help" }],
	["", ["help", "relocate"], { kind: "topic", topic: "relocate" }],
	["relocate", ["help"], { kind: "topic", topic: "relocate" }],
	["help", ["relocate"], { kind: "usage", word: "relocate" }],
])("-c %j %j", (command, positional, mode) => {
	expect(modeOf(command, positional)).toEqual(mode);
});
