import { expect, it } from "vitest";
import { remembered } from "./remembered.ts";

const scene = () => {
	const read: string[] = [];
	const parse = remembered((text: string) => {
		read.push(text);
		if (text.startsWith("bad")) throw new Error("malformed");
		return { text };
	});
	return { parse, read };
};
const long = (name: string) => name.padEnd(5_000, ".");

it("reads a long text once, and each short one", () => {
	const { parse, read } = scene();
	for (const text of [long("a"), "a", long("a"), "a"])
		expect(parse(text)).toEqual({ text });
	expect(read).toEqual([long("a"), "a", "a"]);
});

it("keeps those that were asked for last", () => {
	const { parse, read } = scene();
	parse(long("first"));
	for (let at = 0; at < 15; at++) parse(long(`${at}`));
	parse(long("first"));
	expect(read).toHaveLength(16);
	parse(long("another"));
	parse(long("first"));
	expect(read).toHaveLength(17);
	parse(long("0"));
	expect(read).toHaveLength(18);
});

it("says each time what is wrong with a text", () => {
	const { parse, read } = scene();
	for (let time = 0; time < 2; time++)
		expect(() => parse(long("bad"))).toThrow("malformed");
	expect(read).toHaveLength(2);
});
