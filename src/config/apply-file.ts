/** One file's members laid over a configuration: names in any case, strict types, null. */
import { errors } from "../errors.ts";
import {
	type JsonObject,
	JsonSyntaxError,
	type JsonValue,
	readJsonObject,
} from "./json.ts";
import type { KeyDefinition, KeyValue, StringMap } from "./key.ts";
import {
	type Configuration,
	configurationSchema,
	definitionOf,
	type KeyName,
	keyNamed,
	withValues,
} from "./keys.ts";

export interface AppliedFile {
	readonly configuration: Configuration;
	/** Keys to which the file gave a value, in its order. */
	readonly named: ReadonlySet<KeyName>;
	/** Names that are no key of this version, as written. */
	readonly unknown: readonly string[];
}

const isMap = ({ type }: KeyDefinition): boolean => type === "map";

/** What null makes of a key: it empties a list or map, and leaves any other as it is. */
const nullValue = (definition: KeyDefinition): KeyValue | undefined => {
	if (definition.type === "string[]") return [];
	return isMap(definition) ? {} : undefined;
};

const checked = (name: KeyName, value: JsonValue, file: string): KeyValue => {
	const result = configurationSchema.shape[name].safeParse(value);
	if (result.success) return result.data;
	throw errors.unreadableConfiguration({
		file,
		why: `"${name}" ${result.error.issues[0]?.message}`,
	});
};

/** Maps are merged: what earlier files said stays. */
const merged = (before: KeyValue, value: KeyValue): KeyValue => ({
	...(before as StringMap),
	...(value as StringMap),
});

const parse = (file: string, text: string): JsonObject => {
	try {
		return readJsonObject(text);
	} catch (error) {
		if (!(error instanceof JsonSyntaxError)) throw error;
		throw errors.unreadableConfiguration({
			file,
			why: `not valid JSON at ${error.message}`,
		});
	}
};

/** Lays a file over a configuration. Throws BatonError BadConfiguration with file, key, reason and remedy. */
export const applyFile = (
	base: Configuration,
	file: string,
	text: string,
): AppliedFile => {
	const values: Partial<Record<KeyName, KeyValue>> = {};
	const named = new Set<KeyName>();
	const unknown: string[] = [];
	for (const [written, value] of parse(file, text).members) {
		const name = keyNamed(written);
		if (name === undefined) {
			unknown.push(written);
			continue;
		}
		const definition = definitionOf(name);
		const given =
			value === null ? nullValue(definition) : checked(name, value, file);
		if (given === undefined) continue;
		values[name] =
			value !== null && isMap(definition)
				? merged(values[name] ?? base[name], given)
				: given;
		named.add(name);
	}
	return {
		// Each value was checked against the schema of its key just above.
		configuration: withValues(base, values as Partial<Configuration>),
		named,
		unknown,
	};
};
