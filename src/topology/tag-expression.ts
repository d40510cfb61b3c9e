/**
 * The language of tags: `name`, `name=`, `name=value`, with `~` or `!` in front for the contrary, and for
 * selections a comma list of these, all of which must hold.
 */
import { type BatonError, errors } from "../errors.ts";
import type { InstanceName } from "./instance-name.ts";

/** A tag that an instance has. */
export interface InstanceTag {
	readonly instance: InstanceName;
	readonly name: string;
	/** Empty for a tag without a value. */
	readonly value: string;
}

/** One term of an expression. */
export interface TagTerm {
	readonly name: string;
	/** What stands behind the `=`, perhaps nothing; undefined without one: any value. */
	readonly value: string | undefined;
	/** `~name`: tagged, but not with that name. `~name=value`: with that name and another value. */
	readonly isNegated: boolean;
}

/** As much as a name or a value may have, in characters. */
const MAX_TAG_LENGTH = 128;

const unreadable = (text: string, reason: string): BatonError =>
	errors.noTag({ text, why: reason });

const isTooLong = (text: string): boolean => [...text].length > MAX_TAG_LENGTH;

/**
 * One term. Blanks and line ends around it do not count, and each `!` means `~`, as in the reference.
 * @throws BatonError BadInput
 */
export const parseTagTerm = (text: string): TagTerm => {
	const trimmed = text.replaceAll("!", "~").trim();
	const isNegated = trimmed.startsWith("~");
	const body = isNegated ? trimmed.slice(1) : trimmed;
	const at = body.indexOf("=");
	const name = at < 0 ? body : body.slice(0, at);
	const value = at < 0 ? undefined : body.slice(at + 1);
	if (name === "") throw unreadable(text, "it has no name");
	if (isTooLong(name) || isTooLong(value ?? ""))
		throw unreadable(
			text,
			`its name or value is longer than ${MAX_TAG_LENGTH} characters`,
		);
	// A tag is a line of output and a word in a tree: a line end within would make two of one.
	if (/\p{Cc}/u.test(body))
		throw unreadable(text, "it contains a control character");
	return { name, value, isNegated };
};

/** A term that names a tag to be set, removed or read, and so cannot be negated. @throws BatonError BadInput */
export const parseTag = (text: string): TagTerm => {
	const term = parseTagTerm(text);
	if (term.isNegated)
		throw unreadable(text, "~ and ! select instances, and this names one tag");
	return term;
};

/** A comma list of terms. @throws BatonError BadInput */
export const parseTagExpression = (text: string): readonly TagTerm[] =>
	text.split(",").map(parseTagTerm);

/** `name=value`, the `=` always there, as `tags` lists it. */
export const tagText = (tag: Pick<InstanceTag, "name" | "value">): string =>
	`${tag.name}=${tag.value}`;

const holds = (
	tags: ReadonlyMap<string, string>,
	{ name, value, isNegated }: TagTerm,
): boolean => {
	const has = tags.has(name);
	if (value === undefined) return has !== isNegated;
	return has && (tags.get(name) === value) !== isNegated;
};

/** The instances that every term selects, among those that have a tag at all; in the order of their text. */
export const instancesTagged = (
	terms: readonly TagTerm[],
	tags: readonly InstanceTag[],
): InstanceName[] => {
	const byInstance = new Map<InstanceName, Map<string, string>>();
	for (const { instance, name, value } of tags) {
		const own = byInstance.get(instance);
		if (own) own.set(name, value);
		else byInstance.set(instance, new Map([[name, value]]));
	}
	return [...byInstance]
		.filter(([, own]) => terms.every((term) => holds(own, term)))
		.map(([instance]) => instance)
		.sort();
};
