import type { Json } from "../../compat/json/go-json.ts";
import { instanceJson } from "../../compat/json/instance.ts";
import { readInstanceContext } from "../../compat/json/instance-context.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { RowContext } from "../context.ts";

/** The instances as they are after they were moved, in that order. */
export const instancesAnew = async (
	context: RowContext,
	names: readonly InstanceName[],
): Promise<Json[]> => {
	const { store, configuration, nowMs } = context;
	const discovery = await context.discovery();
	const seen = await Promise.all(names.map((each) => discovery.discover(each)));
	const read = await readInstanceContext(store, configuration, nowMs);
	return seen.map((each) => instanceJson(each, read));
};

/** One of them. */
export const instanceAnew = async (
	context: RowContext,
	name: InstanceName,
): Promise<Json> => {
	const [json = null] = await instancesAnew(context, [name]);
	return json;
};
