/** Lists of instances as the reference's columns hold them: JSON in instance rows, comma lists in detections and recoveries. */
import {
	type InstanceName,
	instanceName,
	splitName,
} from "../../topology/instance-name.ts";
import { numberCell, textCell } from "./cell.ts";

/** A name from two columns; undefined when they name nothing. */
export const nameOf = (
	host: unknown,
	port: unknown,
): InstanceName | undefined => {
	const text = textCell(host);
	const number = numberCell(port);
	return text !== "" && Number.isInteger(number) && number > 0 && number < 65536
		? instanceName(text, number)
		: undefined;
};

const isName = (name: InstanceName | undefined): name is InstanceName =>
	name !== undefined;

/** `[{"Hostname":"db1","Port":3306}]` */
export const namesToJson = (names: readonly InstanceName[]): string =>
	JSON.stringify(
		names.map((name) => {
			const { host, port } = splitName(name);
			return { Hostname: host, Port: port };
		}),
	);

export const namesFromJson = (value: unknown): InstanceName[] => {
	if (typeof value !== "string" || !value.startsWith("[")) return [];
	try {
		return (JSON.parse(value) as unknown[])
			.map((item) => {
				if (typeof item !== "object" || item === null) return undefined;
				const key = item as Record<string, unknown>;
				return nameOf(key.Hostname, key.Port);
			})
			.filter(isName);
	} catch {
		// No JSON, no names: the cell was written by another program.
		return [];
	}
};

/** `db1:3306,db2:3306` */
export const namesToText = (names: readonly InstanceName[]): string =>
	names.join(",");

export const namesFromText = (value: unknown): InstanceName[] =>
	textCell(value)
		.split(",")
		.map((part) => {
			const at = part.lastIndexOf(":");
			return at < 0
				? undefined
				: nameOf(part.slice(0, at).trim(), part.slice(at + 1));
		})
		.filter(isName);
