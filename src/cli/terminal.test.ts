import { expect, test } from "vitest";
import { streamsOf } from "./terminal.ts";

/** A terminal of that width that keeps what it is given. */
const screen = (isTTY: boolean, columns = 20) => {
	const screen = {
		text: "",
		isTTY,
		columns,
		write: (text: string) => {
			screen.text += text;
			return true;
		},
	};
	return screen;
};

/** What a terminal shows of it: a line that is erased begins anew. */
const seen = (text: string): string =>
	text
		.split("\n")
		// biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals are told by
		.map((line) => line.split(/\r\u001b\[2K/).at(-1))
		.join("\n");

const opened = (
	isTTY = true,
	environment: Parameters<typeof streamsOf>[2] = { TERM: "xterm" },
	columns = 20,
) => {
	const [stdout, stderr] = [screen(isTTY, columns), screen(isTTY, columns)];
	const both = { ...stderr, text: "" };
	stdout.write =
		stderr.write =
		both.write =
			(text: string) => {
				both.text += text;
				return true;
			};
	return {
		both,
		streams: streamsOf(stdout as never, stderr as never, environment),
	};
};

test("what is written stands above the foot, which is drawn in its place", () => {
	const { both, streams } = opened();
	streams.foot?.show("1/2");
	streams.stderr("a step\n");
	streams.stdout("a result\n");
	streams.foot?.show("2/2");
	expect(seen(both.text)).toBe("a step\na result\n2/2");
	streams.foot?.hide();
	streams.stdout("the end\n");
	expect(seen(both.text)).toBe("a step\na result\nthe end\n");
});

test("it is one line of the terminal, and nothing of it acts on it", () => {
	const { both, streams } = opened();
	streams.foot?.show(`a\nb\u001b[31m${"x".repeat(100)}`);
	expect(both.text).toBe(`a b\ufffd[31m${"x".repeat(11)}`);
	streams.foot?.show(`a\nb\u001b[31m${"x".repeat(100)}`);
	expect(both.text.length).toBe(19);
});

test("there is none where nobody would see it, or it could not be drawn anew", () => {
	expect(opened(false).streams).not.toHaveProperty("foot");
	expect(opened(true, { TERM: "dumb" }).streams).not.toHaveProperty("foot");
	const piped = opened(false);
	piped.streams.stdout("\u001b[31m");
	expect(piped.both.text).toBe("\u001b[31m");
});

test("colours are for a terminal alone, and not for one that asks for none", () => {
	const told = (...of: Parameters<typeof opened>): string => {
		const { both, streams } = opened(...of);
		streams.coloured?.stdout("[0s,ok]");
		return both.text;
	};
	expect(told()).toBe("[0s,\u001b[32mok\u001b[0m]");
	for (const plain of [
		told(false),
		told(true, { TERM: "dumb" }),
		told(true, { TERM: "xterm", NO_COLOR: "1" }),
	])
		expect(plain).toBe("[0s,ok]");
	expect(told(true, { TERM: "xterm", NO_COLOR: "" })).toContain("\u001b[32m");
	const { both, streams } = opened();
	streams.stdout("[0s,ok]");
	expect(both.text).toBe("[0s,ok]");
});
