import { tagPut, tagRemoved } from "../../audit/changes.ts";
import { BatonError } from "../../errors.ts";
import {
	instancesTagged,
	parseTag,
	parseTagExpression,
	type TagTerm,
	tagText,
} from "../../topology/tag-expression.ts";
import {
	type Command,
	type CommandContext,
	optional,
	required,
} from "../command.ts";

const tagFlag = ({ flags }: CommandContext): string => {
	if (flags.tag === "")
		throw new BatonError("BadInput", "no tag given: give -tag");
	return flags.tag;
};

const tagOf = (context: CommandContext): TagTerm => parseTag(tagFlag(context));

const printTags = async (context: CommandContext): Promise<void> => {
	const instance = await context.instance();
	for (const tag of await (await context.store()).tags.of(instance))
		context.print(tagText(tag));
};

const printTagValue = async (context: CommandContext): Promise<void> => {
	const { name } = tagOf(context);
	const instance = await context.instance();
	const tags = await (await context.store()).tags.of(instance);
	const found = tags.find((tag) => tag.name === name);
	if (found !== undefined) context.print(found.value);
};

const printTagged = async (context: CommandContext): Promise<void> => {
	const terms = parseTagExpression(tagFlag(context));
	const tags = await (await context.store()).tags.all();
	for (const instance of instancesTagged(terms, tags)) context.print(instance);
};

const putTag = async (context: CommandContext): Promise<void> => {
	const { name, value = "" } = tagOf(context);
	const instance = await context.instance();
	const { tags } = await context.store();
	await tags.put({ instance, name, value }, context.nowMs);
	await context.audit(tagPut(instance, tagText({ name, value })));
	context.print(instance);
};

const removeTag = async (
	context: CommandContext,
	which: Parameters<
		Awaited<ReturnType<CommandContext["store"]>>["tags"]["remove"]
	>[0],
): Promise<void> => {
	const { tags } = await context.store();
	const instances = await tags.remove(which);
	const { name, value } = which;
	await context.audit(
		...tagRemoved(
			instances,
			value === undefined ? name : tagText({ name, value }),
		),
	);
	for (const instance of instances) context.print(instance);
};

const untag = async (context: CommandContext): Promise<void> => {
	const { name, value } = tagOf(context);
	await removeTag(context, {
		instance: await context.instance(),
		name,
		...(value === undefined ? {} : { value }),
	});
};

const untagAll = async (context: CommandContext): Promise<void> => {
	const { name, value } = tagOf(context);
	if (value === undefined)
		throw new BatonError(
			"BadInput",
			`untag-all takes a tag from every instance that has it with one value: give -tag ${name}=VALUE, or ${name}= for the tag without a value`,
		);
	await removeTag(context, { name, value });
};

const TAG_HELP =
	"A tag is a name or name=value. It is kept in the store; the server knows nothing of it.";

/** cli.md §7.5 */
export const TAG_COMMANDS: readonly Command[] = [
	{
		name: "tags",
		category: "tags",
		flags: [optional("-i")],
		access: "reads",
		summary: "List the tags of an instance",
		help: "Lists the tags of the instance in -i as name=value, one per line, by name. A tag without a value has nothing behind the sign.",
		run: printTags,
	},
	{
		name: "tag-value",
		category: "tags",
		flags: [optional("-i"), required("-tag")],
		access: "reads",
		summary: "Print the value of an instance's tag",
		help: "Prints the value of the tag named by -tag of the instance in -i: an empty line for a tag without a value, nothing for a tag that it does not have.",
		run: printTagValue,
	},
	{
		name: "tagged",
		category: "tags",
		flags: [required("-tag")],
		access: "reads",
		summary: "List the instances that a tag expression selects",
		help: "Lists the instances that -tag selects: `name` with that tag, `name=value` with that value, `name=` without a value, a comma list for all of these at once. `~` or `!` in front means the contrary: `~name` tagged, but not with that name; `~name=value` with another value.",
		run: printTagged,
	},
	{
		name: "tag",
		category: "tags",
		flags: [optional("-i"), required("-tag")],
		access: "changes",
		summary: "Tag an instance",
		help: `Gives the instance in -i the tag in -tag, in place of one of the same name, and prints the instance. ${TAG_HELP}`,
		run: putTag,
	},
	{
		name: "untag",
		category: "tags",
		flags: [optional("-i"), required("-tag")],
		access: "changes",
		summary: "Take a tag from an instance",
		help: "Takes the tag in -tag from the instance in -i, and prints the instance when it had it. name=value takes it only when that is its value.",
		run: untag,
	},
	{
		name: "untag-all",
		category: "tags",
		flags: [required("-tag")],
		access: "changes",
		summary: "Take a tag from every instance that has it",
		help: "Takes the tag in -tag, name=value, from every instance that has it with that value, and prints those.",
		run: untagAll,
	},
];
