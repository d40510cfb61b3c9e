import { z } from "zod";
import { tagPut, tagRemoved } from "../../audit/changes.ts";
import { keyMap, nameJson } from "../../compat/json/values.ts";
import { BatonError } from "../../errors.ts";
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import {
	instancesTagged,
	parseTag,
	parseTagExpression,
	type TagTerm,
	tagText,
} from "../../topology/tag-expression.ts";
import type { ApiDeps } from "../deps.ts";
import { INSTANCE } from "../fields.ts";
import type { Reading } from "../reading.ts";
import {
	bareRoutes,
	CHANGE,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

/** A tag in the query, which goes before one in the path (api.md §7.6). */
const TAG = z.object({
	tag: z.string().optional(),
	tagName: z.string().optional(),
	tagValue: z.string().optional(),
});
type TagInput = z.output<typeof TAG>;

const TAGGED_INSTANCE = INSTANCE.extend(TAG.shape);

/** @throws BatonError BadInput when there is none, or it is not to be read */
const tagOf = ({ tag, tagName, tagValue }: TagInput): TagTerm => {
	const inQuery = tag?.trim() ?? "";
	if (inQuery !== "") return parseTag(inQuery);
	if (tagName === undefined)
		throw new BatonError(
			"BadInput",
			"no tag given: add ?tag=name or name=value",
		);
	return parseTag(tagValue === undefined ? tagName : `${tagName}=${tagValue}`);
};

/** As the store takes it: without a value when any will do. */
const wantedOf = ({ name, value }: TagTerm) => ({
	name,
	...(value !== undefined && { value }),
});

const removedFrom = (names: readonly InstanceName[], term: TagTerm) =>
	success(
		names.toSorted(compareNames).map(nameJson),
		`${term.name} removed from ${names.length} instances`,
		tagRemoved(
			names,
			term.value === undefined
				? term.name
				: tagText({ name: term.name, value: term.value }),
		),
	);

const reading = (deps: ApiDeps, { nameOf }: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["tagged"],
			says: "Instances that a comma list of tags selects; `~` in front means without",
			input: TAG,
		},
		async ({ input }) =>
			keyMap(
				instancesTagged(
					parseTagExpression(input.tag ?? ""),
					await deps.store.tags.all(),
				),
			),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["tags/:host/:port"],
			says: "The tags of an instance, as `name=value`",
			input: INSTANCE,
		},
		async ({ input }) =>
			(await deps.store.tags.of(await nameOf(input))).map(tagText),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["tag-value/:host/:port", "tag-value/:host/:port/:tagName"],
			says: "The value of a tag of an instance",
			input: TAGGED_INSTANCE,
		},
		async ({ input }) => {
			const { name } = tagOf(input);
			const instance = await nameOf(input);
			const tags = await deps.store.tags.of(instance);
			const found = tags.find((tag) => tag.name === name);
			if (found === undefined)
				throw new BatonError(
					"BadInput",
					`tag ${name} not found for ${instance}`,
				);
			return found.value;
		},
	),
];

const changing = (deps: ApiDeps, { nameOf }: Reading): Route[] => [
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["tag/:host/:port", "tag/:host/:port/:tagName/:tagValue"],
			says: "Tags an instance, which need not be known",
			input: TAGGED_INSTANCE,
		},
		async ({ input }) => {
			const { name, value = "" } = tagOf(input);
			const instance = await nameOf(input);
			await deps.store.tags.put({ instance, name, value }, deps.nowMs());
			return success(
				nameJson(instance),
				`${instance} tagged with ${tagText({ name, value })}`,
				[tagPut(instance, tagText({ name, value }))],
			);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["untag/:host/:port", "untag/:host/:port/:tagName"],
			says: "Removes a tag from an instance; only with that value, where one is given",
			input: TAGGED_INSTANCE,
		},
		async ({ input }) => {
			const term = tagOf(input);
			const instance = await nameOf(input);
			return removedFrom(
				await deps.store.tags.remove({ instance, ...wantedOf(term) }),
				term,
			);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["untag-all", "untag-all/:tagName/:tagValue"],
			says: "Removes a tag with that value from all instances",
			input: TAG,
		},
		async ({ input }) => {
			const term = tagOf(input);
			if (term.value === undefined)
				throw new BatonError(
					"BadInput",
					`untag-all wants the value too: give ${term.name}=value`,
				);
			return removedFrom(await deps.store.tags.remove(wantedOf(term)), term);
		},
	),
];

/** Tags (api.md §7.6). What changes them needs write authorisation, which the reference forgot. */
export const tagRoutes = (deps: ApiDeps, names: Reading): Route[] => [
	...reading(deps, names),
	...changing(deps, names),
];
