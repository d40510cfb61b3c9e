/** The form of one configuration key, and the constructors with which the key tables are written. */

export type StringList = readonly string[];
export type StringMap = Readonly<Record<string, string>>;
export type KeyValue = boolean | number | string | StringList | StringMap;

/** `int` and `uint` are whole numbers; `map` is an object whose values are strings. */
export type ValueType = "bool" | "int" | "uint" | "string" | "string[]" | "map";

/** What a number counts. */
export type Unit =
	| "milliseconds"
	| "seconds"
	| "minutes"
	| "hours"
	| "days"
	| "bytes"
	| "count"
	| "port";

/**
 * What setting the key does here: `honoured` it acts; `notYet` it is accepted and has no effect in this version;
 * `none` it is accepted and will not have one (it has none in orchestrator either, or the design leaves no room for it).
 */
export type Effect = "honoured" | "notYet" | "none";

/** `live` is looked up at each use, `start` captured once, `reload` applied at each reload, `none` never read. */
export type Reload = "live" | "start" | "reload" | "none";

export interface KeyDefinition<T extends KeyValue = KeyValue> {
	readonly type: ValueType;
	readonly default: T;
	readonly unit?: Unit;
	readonly meaning: string;
	readonly reload: Reload;
	readonly effect: Effect;
	/** One line: why there is no effect, or what of an honoured key differs. */
	readonly reason?: string;
	/** The value must not be shown, logged or written into a page. */
	readonly secret?: true;
	/** The only values allowed. Orchestrator's own keys have none: they take any text. */
	readonly choices?: StringList;
}

const define =
	<T extends KeyValue>(type: ValueType) =>
	(
		value: T,
		effect: Effect,
		reload: Reload,
		meaning: string,
		reason?: string,
	): KeyDefinition<T> => ({
		type,
		default: value,
		meaning,
		reload,
		effect,
		...(reason === undefined ? {} : { reason }),
	});

export const bool = define<boolean>("bool");
export const text = define<string>("string");
export const list = define<StringList>("string[]");
export const map = define<StringMap>("map");

/** A text that must never be shown. */
export const secret = (
	...definition: Parameters<typeof text>
): KeyDefinition<string> => ({ ...text(...definition), secret: true });

/** A text that must be one of a few words. */
export const choice = <T extends string>(
	value: T,
	choices: readonly T[],
	effect: Effect,
	reload: Reload,
	meaning: string,
): KeyDefinition<T> => ({
	type: "string",
	default: value,
	choices,
	meaning,
	reload,
	effect,
});

const number =
	(type: "int" | "uint") =>
	(
		value: number,
		unit: Unit,
		effect: Effect,
		reload: Reload,
		meaning: string,
		reason?: string,
	): KeyDefinition<number> => ({
		...define<number>(type)(value, effect, reload, meaning, reason),
		unit,
	});

export const int = number("int");
export const uint = number("uint");

/** The reason given for a key without one of its own. */
export const reasonOf = (definition: KeyDefinition): string => {
	if (definition.reason !== undefined) return definition.reason;
	if (definition.effect === "notYet")
		return "what it controls is not part of this version";
	return definition.effect === "none" ? "nothing reads it" : "";
};
