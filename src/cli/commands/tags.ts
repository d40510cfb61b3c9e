import { errors } from "../../errors.ts";
import { optional, required } from "../../surface/flag-use.ts";
import {
	instancesTagged,
	parseTag,
	parseTagExpression,
	type TagTerm,
	tagText,
} from "../../topology/tag-expression.ts";
import type { Command, CommandContext } from "../command.ts";
import { asInstanceRoute, asRoute, told } from "../told.ts";

const tagFlag = ({ flags }: CommandContext): string => {
	if (flags.tag === "") throw errors.tagNotGiven();
	return flags.tag;
};

const tagOf = (context: CommandContext): TagTerm => parseTag(tagFlag(context));

const printTags = async (context: CommandContext): Promise<void> => {
	const instance = await context.instance();
	for (const tag of await (await context.store()).tags.of(instance))
		context.print(tagText(tag));
};

const valueOfTag = async (
	context: CommandContext,
): Promise<string | undefined> => {
	const { name } = tagOf(context);
	const instance = await context.instance();
	const tags = await (await context.store()).tags.of(instance);
	return tags.find((tag) => tag.name === name)?.value;
};

const printTagged = async (context: CommandContext): Promise<void> => {
	const terms = parseTagExpression(tagFlag(context));
	const tags = await (await context.store()).tags.all();
	for (const instance of instancesTagged(terms, tags)) context.print(instance);
};

export const TAG_COMMANDS: readonly Command[] = [
	{
		name: "tags",
		category: "tags",
		flags: [optional("-i")],
		access: "reads",
		summary: "List the tags of an instance",
		help: "Lists the tags of the instance in -i as name=value, one per line, by name. A tag without a value has nothing behind the sign.",
		run: printTags,
		json: asInstanceRoute("tags"),
	},
	{
		name: "tag-value",
		category: "tags",
		flags: [optional("-i"), required("-tag")],
		access: "reads",
		summary: "Print the value of an instance's tag",
		help: "Prints the value of the tag named by -tag of the instance in -i: an empty line for a tag without a value, nothing for a tag that it does not have.",
		...told(valueOfTag, {
			lines: (value) => (value === undefined ? [] : [value]),
			json: (value) => value ?? null,
		}),
	},
	{
		name: "tagged",
		category: "tags",
		flags: [required("-tag")],
		access: "reads",
		summary: "List the instances that a tag expression selects",
		help: "Lists the instances that -tag selects: `name` with that tag, `name=value` with that value, `name=` without a value, a comma list for all of these at once. `~` or `!` in front means the contrary: `~name` tagged, but not with that name; `~name=value` with another value.",
		run: printTagged,
		json: asRoute("tagged", (context) => ({ tag: tagFlag(context) })),
	},
];
