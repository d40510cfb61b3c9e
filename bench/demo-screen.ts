// What the demo shows. Colours only on a terminal.

export interface Screen {
	heading(text: string): void;
	/** Something that was done. */
	step(text: string): void;
	fact(name: string, value: string): void;
	line(text: string): void;
	/** The user is to do something. */
	ask(text: string): void;
	good(text: string): void;
	bad(text: string): void;
}

interface Output {
	readonly isTTY?: boolean;
	write(text: string): unknown;
}

export const createScreen = (output: Output): Screen => {
	const coloured = (code: number, text: string): string =>
		output.isTTY === true ? `\u001b[${code}m${text}\u001b[0m` : text;
	const line = (text: string): void => {
		output.write(`${text}\n`);
	};
	return {
		line,
		heading: (text) => line(`\n${coloured(BOLD, text)}`),
		step: (text) => line(`  · ${text}`),
		fact: (name, value) =>
			line(`  ${name.padEnd(20)} ${coloured(BOLD, value)}`),
		ask: (text) => line(`\n${coloured(YELLOW, `▶ ${text}`)}`),
		good: (text) => line(coloured(GREEN, `✔ ${text}`)),
		bad: (text) => line(coloured(RED, `✘ ${text}`)),
	};
};

const BOLD = 1;
const RED = 31;
const GREEN = 32;
const YELLOW = 33;
