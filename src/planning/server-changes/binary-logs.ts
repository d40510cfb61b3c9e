import { channelsOf } from "../../topology/channels.ts";
import {
	compareCoordinates,
	sameBinlogBasename,
} from "../../topology/coordinates.ts";
import {
	type Coordinates,
	type Instance,
	isLastCheckValid,
} from "../../topology/instance.ts";
import { byName } from "../members.ts";
import { phase } from "../plan.ts";
import type { ArgumentsOf, ChangePlanner, Proposed, Scene } from "./scene.ts";

const ASKED = "as it was asked for";

/** Its beginning. */
const log = (file: string): Coordinates => ({ file, position: 0 });

const numberOf = (file: string): number => Number(file.split(".").at(-1));

const noLogs = ({ name }: Instance): string => `${name} writes no binary logs`;

const otherSeries = ({ name }: Instance, file: string, own: string): string =>
	`${file} is no binary log of ${name}, which writes ${own}`;

/** So many logs at a time: each is a file, and each flush holds up commits for a moment. */
const MOST_FLUSHES = 1_000;

export const planFlush: ChangePlanner<ArgumentsOf<"flush-binary-logs">> = (
	{ instance },
	{ upTo },
) => {
	const { name: on } = instance;
	const { file: from } = instance.selfCoordinates;
	if (!instance.logBin || from === "") return noLogs(instance);
	const flushing: Proposed = {
		phases: [
			phase(
				"flush",
				[
					{
						do: "flushLogs",
						on,
						from,
						...(upTo === undefined ? {} : { upTo }),
						because: ASKED,
					},
				],
				"undo",
			),
		],
		says: `the binary logs of ${on} are flushed`,
	};
	if (upTo === undefined) return flushing;
	if (!sameBinlogBasename(log(upTo), log(from)))
		return otherSeries(instance, upTo, from);
	const flushes = numberOf(upTo) - numberOf(from);
	if (flushes < 0)
		return `${on} writes ${from}, which is behind ${upTo} already: logs are not flushed backwards`;
	if (flushes > MOST_FLUSHES)
		return `${on} writes ${from}: up to ${upTo} it would be ${flushes} flushes, and ${MOST_FLUSHES} is the most; name a nearer one`;
	return flushes === 0
		? { phases: [], says: `${on} writes ${upTo} already` }
		: flushing;
};

/** The places in the server's binary logs that its replicas have reached, those included that were detached for a time. */
const readersOf = ({ instance, snapshot }: Scene) =>
	snapshot.instances.toSorted(byName).flatMap((replica) =>
		channelsOf(replica)
			.filter(
				({ sourceHost, sourcePort }) =>
					`${sourceHost.replace(/^\/\//, "")}:${sourcePort}` === instance.name,
			)
			.map(({ execCoordinates }) => ({ replica, at: execCoordinates })),
	);

/** Why a replica may need a log before that one; undefined where none does. */
const neededBy = (scene: Scene, upTo: string): string | undefined => {
	const { instance } = scene;
	const readers = readersOf(scene);
	for (const { replica, at } of readers) {
		const behind = `${replica.name} replicates from ${instance.name}`;
		if (!isLastCheckValid(replica))
			return `${behind} and cannot be reached: what it needs of the binary logs is not known`;
		if (at.file === "" || !sameBinlogBasename(at, log(upTo)))
			return `${behind}, and does not tell which of its binary logs it has applied`;
		if (compareCoordinates(log(at.file), log(upTo)) < 0)
			return `${behind} and has applied ${at.file}:${at.position}, which is before ${upTo}: it still needs what would be deleted`;
	}
	const known = new Set(readers.map(({ replica }) => replica.name)).size;
	return instance.countedReplicas > known
		? `${instance.name} sends its binary logs to ${instance.countedReplicas} clients, of which ${known} are known replicas: what the others need is not known; discover them first`
		: undefined;
};

export const planPurge: ChangePlanner<ArgumentsOf<"purge-binary-logs">> = (
	scene,
	{ upTo: given, force },
) => {
	const { instance } = scene;
	const { name: on } = instance;
	const { file: written } = instance.selfCoordinates;
	if (!instance.logBin || written === "") return noLogs(instance);
	const upTo = given === "latest" ? written : given;
	if (!sameBinlogBasename(log(upTo), log(written)))
		return otherSeries(instance, upTo, written);
	if (compareCoordinates(log(upTo), log(written)) > 0)
		return `${on} writes ${written}, and has no ${upTo} yet`;
	const needed = neededBy(scene, upTo);
	if (needed !== undefined && force !== true)
		return `${needed}; wait for it, or move it away first`;
	return {
		phases: [
			phase("purge", [{ do: "purgeLogs", on, upTo, because: ASKED }], "undo"),
		],
		notes: [
			...(needed === undefined
				? []
				: [
						`${needed}; it is done all the same, since it was forced: such a replica has to be set up anew`,
					]),
			`what only the binary logs of ${on} before ${upTo} hold is gone: no replica can be set back to a time before, and none that lacks it can follow`,
		],
		says: `the binary logs of ${on} before ${upTo} are deleted`,
	};
};

export const planKill: ChangePlanner<ArgumentsOf<"kill-query">> = (
	{ instance: { name: on } },
	{ process },
) => ({
	phases: [
		phase("kill", [{ do: "killQuery", on, process, because: ASKED }], "undo"),
	],
	says: `ended what connection ${process} of ${on} was running`,
});
