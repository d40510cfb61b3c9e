import { errors, errorText } from "../errors.ts";
import { compilePattern } from "../topology/pattern.ts";
import type { MarkerRules } from "../topology/pseudo-gtid/markers.ts";
import { type Configuration, definitionOf } from "./keys.ts";

/**
 * Longer texts are no markers. Clients write them, of any length, and a search by the pattern may take as long as the square of that.
 * Characters.
 */
const LONGEST_MARKER = 4_096;

const markerTest = (
	configuration: Pick<
		Configuration,
		"PseudoGTIDPattern" | "PseudoGTIDPatternIsFixedSubstring"
	>,
): MarkerRules["isMarker"] => {
	const { PseudoGTIDPattern: pattern } = configuration;
	if (pattern === "") throw errors.noMarkerPattern();
	if (configuration.PseudoGTIDPatternIsFixedSubstring)
		return (info) => info.includes(pattern);
	const compiled = compilePattern(pattern);
	if (compiled === undefined) throw errors.badMarkerPattern({ pattern });
	return (info) => info.length <= LONGEST_MARKER && compiled.test(info);
};

/** Why the configuration does not say what markers look like; empty where it does. */
export const whyNoMarkers = (
	configuration: Parameters<typeof markerTest>[0],
): string => {
	try {
		markerTest(configuration);
		return "";
	} catch (error) {
		return errorText(error);
	}
};

/** What markers look like, and what is skipped where logs are compared. @throws BatonError BadConfiguration */
export const markerRules = (
	configuration: Pick<
		Configuration,
		| "PseudoGTIDPattern"
		| "PseudoGTIDPatternIsFixedSubstring"
		| "PseudoGTIDMonotonicHint"
		| "SkipBinlogEventsContaining"
	>,
): MarkerRules => ({
	isMarker: markerTest(configuration),
	monotonicHint: configuration.PseudoGTIDMonotonicHint,
	// An empty text is in every event.
	skipped: configuration.SkipBinlogEventsContaining.filter(
		(text) => text !== "",
	),
});

/** Rows of one query for log events; what is no number of rows counts as the default. */
export const logChunkRows = ({
	BinlogEventsChunkSize: rows,
}: Pick<Configuration, "BinlogEventsChunkSize">): number =>
	rows >= 1 ? rows : Number(definitionOf("BinlogEventsChunkSize").default);
