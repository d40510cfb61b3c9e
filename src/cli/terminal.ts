import { inColour } from "./colours.ts";
import type { Streams } from "./dependencies.ts";
import { forATerminal } from "./for-a-terminal.ts";

/** What a terminal is written to by. */
type Screen = Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns">;

/** To the first column, and erase the line. */
const ERASE = "\r\u001b[2K";
const USUAL_COLUMNS = 80;

/** A line below all others that is drawn anew in its place. What is written meanwhile is written above it. */
export interface Foot {
	/** One line, cut where the terminal ends. */
	show(text: string): void;
	hide(): void;
}

type Paint = (text: string) => string;

/** Another program is given every byte, and no other. */
const shownOn = ({ isTTY }: Screen, text: string, paint: Paint): string =>
	isTTY ? paint(forATerminal(text)) : text;

/**
 * The streams of a process. With a foot where a terminal reads what stderr is given, and can draw a line anew.
 * @param environment NO_COLOR of any text but the empty one: without colours, as no-color.org says
 */
export const streamsOf = (
	stdout: Screen,
	stderr: Screen,
	environment: { readonly TERM?: string; readonly NO_COLOR?: string },
): Streams => {
	const isDumb = environment.TERM === "dumb";
	let shown = "";
	const draw = (text: string): void => {
		// Nothing is written for what stands there already: a log of the session stays short.
		if (text === shown) return;
		stderr.write(`${shown === "" ? "" : ERASE}${text}`);
		shown = text;
	};
	const above =
		(stream: Screen, paint: Paint) =>
		(text: string): void => {
			const foot = stream.isTTY ? shown : "";
			if (foot !== "") draw("");
			stream.write(shownOn(stream, text, paint));
			if (foot !== "" && text.endsWith("\n")) draw(foot);
		};
	const foot: Foot = {
		show: (text) => {
			const columns = stderr.columns || USUAL_COLUMNS;
			// In the last column a terminal would begin the next line.
			draw(
				[...forATerminal(text.replaceAll("\n", " "))]
					.slice(0, columns - 1)
					.join(""),
			);
		},
		hide: () => draw(""),
	};
	const writing = (paint: Paint): Pick<Streams, "stdout" | "stderr"> => ({
		stdout: above(stdout, paint),
		stderr: above(stderr, paint),
	});
	const asItIs = writing((text) => text);
	return {
		...asItIs,
		coloured: isDumb || environment.NO_COLOR ? asItIs : writing(inColour),
		isTerminal: stderr.isTTY === true,
		...(stderr.isTTY === true && !isDumb && { foot }),
	};
};
