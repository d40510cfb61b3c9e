import { tagPut, tagRemoved } from "../../audit/changes.ts";
import { nameJson } from "../../compat/json/values.ts";
import {
	compareNames,
	type InstanceName,
} from "../../topology/instance-name.ts";
import { tagText } from "../../topology/tag-expression.ts";
import { action } from "../action.ts";
import { INSTANCE } from "../arguments/instances.ts";
import { TAG, VALUED_TAG } from "../arguments/tags.ts";
import { notKnown } from "./not-known.ts";

interface Removed {
	readonly instances: readonly InstanceName[];
	readonly name: string;
	readonly value: string | undefined;
}

const REMOVAL = {
	audited: ({ instances, name, value }: Removed) =>
		tagRemoved(
			instances,
			value === undefined ? name : tagText({ name, value }),
		),
	tells: {
		would: ({ instances, name }: Removed) =>
			instances.length === 0
				? undefined
				: `take the tag ${name} from ${instances.toSorted(compareNames).join(", ")}`,
		lines: ({ instances }: Removed) => instances,
		json: ({ instances }: Removed) =>
			instances.toSorted(compareNames).map(nameJson),
		message: ({ instances, name }: Removed) =>
			`${name} removed from ${instances.length} instances`,
	},
};

const HELP =
	"A tag is a name or name=value. It is kept in the store; the server knows nothing of it.";

/** What changes them needs write authorisation, which the reference forgot. */
export const TAGS = [
	action("tag", {
		category: "tags",
		says: "Tag an instance",
		saysInApi: "Tag an instance, which need not be known",
		help: `Gives the instance in -i the tag in -tag, in place of one of the same name, and prints the instance. ${HELP}`,
		takes: { tag: TAG, instance: INSTANCE },
		routes: ["tag/:host/:port", "tag/:host/:port/:tagName/:tagValue"],
		run: async ({ store, nowMs }, { tag, instance }) => {
			const put = { instance, name: tag.name, value: tag.value ?? "" };
			await store.tags.put(put, nowMs);
			return put;
		},
		audited: (put) => [tagPut(put.instance, tagText(put))],
		tells: {
			would: (put) => `tag ${put.instance} with ${tagText(put)}`,
			lines: ({ instance }) => [instance],
			json: ({ instance }) => nameJson(instance),
			message: (put) => `${put.instance} tagged with ${tagText(put)}`,
			hints: notKnown,
		},
	}),
	action("untag", {
		category: "tags",
		says: "Take a tag from an instance",
		help: "Takes the tag in -tag from the instance in -i, and prints the instance when it had it. name=value takes it only when that is its value.",
		takes: { tag: TAG, instance: INSTANCE },
		routes: ["untag/:host/:port", "untag/:host/:port/:tagName"],
		run: async ({ store }, { tag: { name, value }, instance }) => ({
			name,
			value,
			instances: await store.tags.remove({
				instance,
				name,
				...(value === undefined ? {} : { value }),
			}),
		}),
		...REMOVAL,
	}),
	action("untag-all", {
		category: "tags",
		says: "Take a tag from every instance that has it",
		help: "Takes the tag in -tag, name=value, from every instance that has it with that value, and prints those.",
		takes: { tag: VALUED_TAG },
		routes: ["untag-all", "untag-all/:tagName/:tagValue"],
		run: async ({ store }, { tag }) => ({
			...tag,
			instances: await store.tags.remove(tag),
		}),
		...REMOVAL,
	}),
];
