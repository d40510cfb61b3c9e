import { expect, test } from "vitest";
import { modeOf } from "./mode.ts";

test.each<[string, string[], unknown]>([
	["", [], { kind: "cheat-sheet" }],
	["clusters", [], { kind: "command", name: "clusters" }],
	["clusters", ["cli"], { kind: "command", name: "clusters" }],
	["", ["http"], { kind: "http" }],
	["", ["why", "shop"], { kind: "plain", word: "why", words: ["shop"] }],
	["clusters", ["why"], { kind: "plain", word: "why", words: [] }],
	["", ["takeover", "shop"], { kind: "plain", words: ["shop"] }],
	["", ["which-slaves", "db1"], { kind: "plain", word: "which-slaves" }],
	["", ["version"], { kind: "version" }],
	["", ["completion", "fish"], { kind: "completion", shell: "fish" }],
	["", ["serve"], { kind: "usage", word: "serve" }],
	["clusters", ["topology"], { kind: "usage", word: "topology" }],
	["", ["help"], { kind: "command", name: "help" }],
	["", ["help", "relocate"], { kind: "topic", topic: "relocate" }],
	["relocate", ["help"], { kind: "topic", topic: "relocate" }],
	["help", ["relocate"], { kind: "usage", word: "relocate" }],
])("-c %j %j", (command, positional, mode) => {
	expect(modeOf(command, positional)).toMatchObject(mode as object);
});
