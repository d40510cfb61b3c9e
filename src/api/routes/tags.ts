import { z } from "zod";
import { keyMap } from "../../compat/json/values.ts";
import { errors } from "../../errors.ts";
import { tagOfFields } from "../../surface/arguments/tags.ts";
import {
	instancesTagged,
	parseTagExpression,
	tagText,
} from "../../topology/tag-expression.ts";
import type { ReadingDeps } from "../deps.ts";
import { INSTANCE } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { bareRoutes, READ, type Route } from "../route.ts";

/** A tag in the query, which goes before one in the path. */
const TAG = z.object({
	tag: z.string().optional(),
	tagName: z.string().optional(),
	tagValue: z.string().optional(),
});

const TAGGED_INSTANCE = INSTANCE.extend(TAG.shape);

/** Tags. */
export const tagRoutes = (deps: ReadingDeps, { nameOf }: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["tagged"],
			says: "Instances that a comma list of tags selects; `~` in front means without",
			input: TAG,
			query: ["tag"],
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
			query: ["tag"],
		},
		async ({ input }) => {
			const { name } = tagOfFields(input);
			const instance = await nameOf(input);
			const tags = await deps.store.tags.of(instance);
			const found = tags.find((tag) => tag.name === name);
			if (found === undefined) throw errors.unknownTag({ tag: name, instance });
			return found.value;
		},
	),
];
