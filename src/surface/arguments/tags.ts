import { optional as maybe, string } from "zod/mini";
import { errors } from "../../errors.ts";
import { parseTag, type TagTerm } from "../../topology/tag-expression.ts";
import { argument } from "../argument.ts";
import { required } from "../flag-use.ts";

const FIELDS = {
	tag: maybe(string()),
	tagName: maybe(string()),
	tagValue: maybe(string()),
};

interface TagFields {
	readonly tag?: string | undefined;
	readonly tagName?: string | undefined;
	readonly tagValue?: string | undefined;
}

/** A tag in the query goes before one in the path. @throws BatonError BadInput when there is none, or it is not to be read */
export const tagOfFields = ({ tag, tagName, tagValue }: TagFields): TagTerm => {
	const inQuery = tag?.trim() ?? "";
	if (inQuery !== "") return parseTag(inQuery);
	if (tagName === undefined) throw errors.tagNotAsked();
	return parseTag(tagValue === undefined ? tagName : `${tagName}=${tagValue}`);
};

const tagOfFlag = ({ tag }: { readonly tag: string }): TagTerm => {
	if (tag === "") throw errors.tagNotGiven();
	return parseTag(tag);
};

/** A tag, with or without a value. */
export const TAG = argument({
	cli: { flags: [required("-tag")], read: ({ flags }) => tagOfFlag(flags) },
	api: { fields: FIELDS, query: ["tag"], read: tagOfFields },
});

const valued = (
	{ name, value }: TagTerm,
	label: string,
): { readonly name: string; readonly value: string } => {
	if (value !== undefined) return { name, value };
	throw errors.tagWithoutValue({ flag: label, tag: name });
};

/** A tag with its value, which may be empty. */
export const VALUED_TAG = argument({
	cli: {
		flags: [required("-tag")],
		read: ({ flags }) => valued(tagOfFlag(flags), "-tag "),
	},
	api: {
		fields: FIELDS,
		query: ["tag"],
		read: (fields) => valued(tagOfFields(fields), ""),
	},
});
