import { belowLine } from "../../compat/text/lines.ts";
import { BELOW, INSTANCE } from "../arguments/instances.ts";
import { operation } from "../operation.ts";
import { instanceAnew } from "./moved-instances.ts";

const relocation = (name: string, says: string) =>
	operation(name, {
		kind: "relocation",
		category: "Smart relocation",
		says,
		help: "Moves the replica in -i below the server in -d, with all that replicates from it, and prints replica<source.",
		takes: { below: BELOW, instance: INSTANCE },
		routes: [`${name}/:host/:port/:belowHost/:belowPort`],
		mustBeKnown: ({ instance, below }) => [instance, below],
		request: (asked) => asked,
		tells: {
			lines: ({ successful, instance, below }) =>
				successful ? [belowLine(instance, below)] : [],
			message: ({ instance, below }) =>
				`Instance ${instance} relocated below ${below}`,
			json: ({ args: { instance }, context }) =>
				instanceAnew(context, instance),
			failed: () => null,
		},
	});

export const RELOCATIONS = [
	relocation("relocate", "Move a replica below another server"),
	relocation("relocate-below", "Older name of relocate"),
];
